import { randomBytes } from 'node:crypto';
import type { Principal } from '../../../kernel/context/principal';
import type { HubEvent } from '../../../kernel/events/event';
import { newId, newOpaqueId, type MemberId, type PartnerId, type ProgrammeId } from '../../../kernel/values/id';
import type { SurveyPlan } from '../core/survey';

/** A key no other call uses. */
export const freshKey = (): string => randomBytes(8).toString('hex');

export const aProgrammeId = (): ProgrammeId => newId('prg');
export const aPartnerId = (): PartnerId => newId('ptr');
export const aMemberId = (): MemberId => newOpaqueId('mem');

export const anAdminOf = (programmeId: ProgrammeId): Principal => ({ kind: 'admin', programmeId, subject: 'ada' });

export const aMember = (programmeId: ProgrammeId, memberId: MemberId = aMemberId()) =>
  ({ kind: 'member', programmeId, memberId }) as const satisfies Principal;

/** A partner's key with every scope that has to do with members. */
export const aKeyOf = (programmeId: ProgrammeId): Principal => ({
  ...{ kind: 'partner', programmeId, partnerId: aPartnerId(), keyId: newId('key') },
  scopes: ['members:enrol', 'members:read', 'points:earn'],
});

/** Would you recommend us, and why. */
export function aSurvey(change: Partial<SurveyPlan> = {}): SurveyPlan {
  return {
    ...{ idempotencyKey: freshKey(), question: 'Would you recommend us?', followUp: 'Why?' },
    ...{ quietDays: 90, invitationDays: 30 },
    ...change,
  };
}

/** The ledger's word that a member bought something. */
export function aPurchase(
  { programmeId, memberId }: { programmeId: ProgrammeId; memberId: MemberId },
  recordedAt = '2026-03-01T10:00:00.000Z',
): HubEvent {
  const purchaseId = newId('txn');
  const payload = { memberId, partnerId: aPartnerId(), purchaseId, externalRef: freshKey(), points: '49' };
  return {
    ...{ id: `${purchaseId}.0`, type: 'ledger.purchase.recorded.v1', programmeId, aggregateId: memberId, recordedAt },
    payload: { ...payload, occurredAt: recordedAt },
  };
}
