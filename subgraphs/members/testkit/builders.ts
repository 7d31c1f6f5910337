import { randomBytes } from 'node:crypto';
import type { Principal } from '../../../kernel/context/principal';
import { newId, type MemberId, type PartnerId, type ProgrammeId } from '../../../kernel/values/id';
import type { Enrolment } from '../core/enrolment';

/** A key no other call uses. */
export const freshKey = (): string => randomBytes(8).toString('hex');

/** A telephone number no other call uses. */
export const freshPhone = (): string =>
  `+48${String(randomBytes(6).readUIntBE(0, 6) % 1_000_000_000).padStart(9, '1')}`;

/** A card no other call uses. */
export const freshCard = (): string => `card ${freshKey()}`;

/** Anna, by a telephone number of her own. */
export function anEnrolment(change: Partial<Enrolment> = {}): Enrolment {
  return {
    idempotencyKey: freshKey(),
    identity: { kind: 'PHONE', value: freshPhone() },
    displayName: 'Anna',
    language: 'pl',
    acceptsTerms: true,
    ...change,
  };
}

export const aProgrammeId = (): ProgrammeId => newId('prg');
export const aPartnerId = (): PartnerId => newId('ptr');

export const anAdminOf = (programmeId: ProgrammeId): Principal => ({ kind: 'admin', programmeId, subject: 'ada' });

export const aMember = (programmeId: ProgrammeId, memberId: MemberId): Principal => ({
  kind: 'member',
  programmeId,
  memberId,
});

/** A partner's key with the scopes a standard key has for members. */
export function aKeyOf(
  programmeId: ProgrammeId,
  partnerId: PartnerId = aPartnerId(),
  scopes: readonly string[] = ['members:enrol', 'members:read'],
): Extract<Principal, { kind: 'partner' }> {
  return { kind: 'partner', programmeId, partnerId, keyId: newId('key'), scopes };
}
