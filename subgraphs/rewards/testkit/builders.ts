import { randomBytes } from 'node:crypto';
import type { Principal } from '../../../kernel/context/principal';
import { newId, type MemberId, type PartnerId, type ProgrammeId } from '../../../kernel/values/id';

/** A key no other call uses. */
export const freshKey = (): string => randomBytes(8).toString('hex');

export const nobody: Principal = { kind: 'anonymous' };

export const anAdminOf = (programmeId: ProgrammeId): Principal => ({ kind: 'admin', programmeId, subject: 'ada' });

export const aMemberOf = (programmeId: ProgrammeId, memberId: MemberId = newId('mem')) =>
  ({ kind: 'member', programmeId, memberId }) as const satisfies Principal;

export const aKeyOf = (programmeId: ProgrammeId, partnerId: PartnerId, scopes: readonly string[] = ['points:redeem']) =>
  ({ kind: 'partner', programmeId, partnerId, keyId: newId('key'), scopes }) as const satisfies Principal;

export const aClerkOf = (programmeId: ProgrammeId, partnerId: PartnerId): Principal => ({
  kind: 'staff',
  programmeId,
  partnerId,
  subject: 'cleo',
});

/** The payload of `partners.rule_book.published.v1`, as far as rewards read it. */
export function aRuleBook(
  version: number,
  partners: readonly { id: PartnerId; canRedeem?: boolean; status?: string }[],
) {
  return {
    version: `${version}`,
    partners: partners.map((partner) => ({ canRedeem: true, status: 'ACTIVE', ...partner })),
  };
}
