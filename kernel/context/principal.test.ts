import { newId } from '../values/id';
import { callerOf, programmeOf, type Principal } from './principal';

const [programmeId, other, partnerId, memberId] = [newId('prg'), newId('prg'), newId('ptr'), newId('mem')] as const;

describe('a caller, as idempotency sees it', () => {
  it('is the same after a key was rotated or its scopes changed', () => {
    const key = (keyId: string, scopes: string[]): Principal => ({
      kind: 'partner',
      programmeId,
      partnerId,
      keyId,
      scopes,
    });
    expect(callerOf(key('key_1', []))).toBe(callerOf(key('key_2', ['points:earn'])));
  });

  it('is another for the same subject in another programme, or in another role', () => {
    const callers: Principal[] = [
      { kind: 'admin', programmeId, subject: 'ada' },
      { kind: 'admin', programmeId: other, subject: 'ada' },
      { kind: 'finance', programmeId, subject: 'ada' },
      { kind: 'staff', programmeId, partnerId, subject: 'ada' },
      { kind: 'host', subject: 'ada' },
      { kind: 'member', programmeId, memberId },
      { kind: 'service', name: 'rewards', programmeId },
      { kind: 'service', name: 'rewards', programmeId: other },
      { kind: 'service', name: 'rewards', programmeId, actingFor: { partnerId } },
      { kind: 'service', name: 'rewards', programmeId, actingFor: { memberId } },
    ];
    expect(new Set(callers.map(callerOf)).size).toBe(callers.length);
  });
});

it('belongs to no programme when anonymous or host', () => {
  expect(programmeOf({ kind: 'anonymous' })).toBeNull();
  expect(programmeOf({ kind: 'host', subject: 'ops' })).toBeNull();
});
