import { In } from 'typeorm';
import { sql } from '../../../kernel/db/sql';
import type { Tx } from '../../../kernel/db/transaction';
import type { MemberId, PartnerId, ProgrammeId } from '../../../kernel/values/id';
import type { LinkState, PartnerLink } from '../core/partner-link';
import { PartnerLinkRow } from './partner-link.row';

const INSERT = sql`/* members.partnerLink.insert */
insert into partner_link (programme_id, member_id, partner_id, state, linked_at, opened_at)
values ($1, $2, $3, $4, $5, case when $4 = 'OPEN' then $5::timestamptz end)
on conflict (member_id, partner_id) do nothing
returning member_id`;

/** Writes a link; false when the two are linked already, then nothing is written. */
export async function insertPartnerLink(tx: Tx, programmeId: ProgrammeId, link: PartnerLink): Promise<boolean> {
  const { memberId, partnerId, state, linkedAt } = link;
  const inserted = await tx.query<unknown[]>(INSERT, [programmeId, memberId, partnerId, state, linkedAt]);
  return inserted.length === 1;
}

const LOCK = sql`/* members.partnerLink.lock */
select state, linked_at
  from partner_link
 where programme_id = $1 and member_id = $2 and partner_id = $3
   for update`;

/** The link of the two, its row locked until the transaction ends; null when there is none. */
export async function lockPartnerLink(
  tx: Tx,
  programmeId: ProgrammeId,
  { memberId, partnerId }: { memberId: MemberId; partnerId: PartnerId },
): Promise<PartnerLink | null> {
  const [row] = await tx.query<{ state: LinkState; linked_at: Date }[]>(LOCK, [programmeId, memberId, partnerId]);
  return row === undefined ? null : { memberId, partnerId, state: row.state, linkedAt: row.linked_at };
}

const OPEN = sql`/* members.partnerLink.open */
update partner_link
   set state = 'OPEN', opened_at = $4
 where programme_id = $1 and member_id = $2 and partner_id = $3`;

export async function openPartnerLink(
  tx: Tx,
  programmeId: ProgrammeId,
  link: PartnerLink,
  openedAt: Date,
): Promise<void> {
  await tx.query(OPEN, [programmeId, link.memberId, link.partnerId, openedAt]);
}

/** Every link of some members, oldest first. */
export async function findPartnerLinks(
  tx: Tx,
  programmeId: ProgrammeId,
  memberIds: readonly MemberId[],
): Promise<PartnerLink[]> {
  const rows = await tx.find(PartnerLinkRow, {
    where: { programmeId, memberId: In([...memberIds]) },
    order: { linkedAt: 'asc', partnerId: 'asc' },
  });
  return rows.map(({ memberId, partnerId, state, linkedAt }) => ({ memberId, partnerId, state, linkedAt }));
}
