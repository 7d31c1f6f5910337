import { sql } from '../../../kernel/db/sql';
import type { Tx } from '../../../kernel/db/transaction';
import type { IdentityKindName } from '../../../kernel/values/identity';
import { newId, type MemberId, type PartnerId, type ProgrammeId } from '../../../kernel/values/id';
import { IdentityLinkRow } from './identity-link.row';

/** An identity that is to belong to a member. */
export interface IdentityClaim {
  readonly kind: IdentityKindName;
  /** Whose customer number it is; null for other kinds. */
  readonly partnerId: PartnerId | null;
  readonly blindIndex: string;
  readonly memberId: MemberId;
}

const CLAIM = sql`/* members.enrolMember.claimIdentity */
insert into identity_link (id, programme_id, kind, partner_id, blind_index, member_id, linked_at)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (programme_id, blind_index) do nothing
returning member_id`;

/**
 * Claims an identity for a member who may not be written yet. Of several who claim it at once one wins; the others wait for
 * that one's transaction and are then given its member.
 *
 * @returns whose identity it is now
 */
export async function claimIdentity(
  tx: Tx,
  programmeId: ProgrammeId,
  claim: IdentityClaim,
  linkedAt: Date,
): Promise<MemberId> {
  const { kind, partnerId, blindIndex, memberId } = claim;
  const values = [newId('idl'), programmeId, kind, partnerId ?? '', blindIndex, memberId, linkedAt];
  const claimed = await tx.query<unknown[]>(CLAIM, values);
  if (claimed.length === 1) return memberId;
  const owner = await findMemberByIdentity(tx, programmeId, blindIndex);
  if (owner === null) throw new Error('claimIdentity: the identity was neither free nor taken');
  return owner;
}

/** Whose identity it is; null when nobody's. */
export async function findMemberByIdentity(
  tx: Tx,
  programmeId: ProgrammeId,
  blindIndex: string,
): Promise<MemberId | null> {
  const row = await tx.findOneBy(IdentityLinkRow, { programmeId, blindIndex });
  return row?.memberId ?? null;
}
