import { In } from 'typeorm';
import type { Database } from '../../../kernel/db/database';
import { sql } from '../../../kernel/db/sql';
import type { Tx } from '../../../kernel/db/transaction';
import type { PartnerId, ProgrammeId } from '../../../kernel/values/id';
import type { PartnerStanding } from '../core/reward';
import { PartnerStandingRow } from './partner-standing.row';

/** What is known of these partners, in no order; unknown ones are absent. */
export function partnerStandings(
  from: Database | Tx,
  programmeId: ProgrammeId,
  partnerIds: readonly PartnerId[],
): Promise<PartnerStanding[]> {
  const reading = 'pool' in from ? from.dataSource.manager : from;
  return reading.find(PartnerStandingRow, {
    where: { programmeId, partnerId: In([...partnerIds]) },
    comment: 'rewards.partnerStanding.byIds',
  });
}

const MOVE_BOOK = sql`/* rewards.recordRuleBook.moveVersion */
insert into rule_book (programme_id, version) values ($1, $2)
on conflict (programme_id) do update set version = excluded.version where rule_book.version < excluded.version
returning version`;

const WRITE_STANDINGS = sql`/* rewards.recordRuleBook.writeStandings */
insert into partner_standing (programme_id, partner_id, can_redeem, is_active)
select $1, partner_id, can_redeem, is_active
  from unnest($2::text[], $3::boolean[], $4::boolean[]) as book (partner_id, can_redeem, is_active)
on conflict (programme_id, partner_id) do update set can_redeem = excluded.can_redeem, is_active = excluded.is_active`;

/** Takes over a whole rule book; one that is not newer than ours changes nothing. */
export async function writeRuleBook(
  tx: Tx,
  programmeId: ProgrammeId,
  book: { version: bigint; partners: readonly PartnerStanding[] },
): Promise<void> {
  const moved = await tx.query<unknown[]>(MOVE_BOOK, [programmeId, book.version.toString()]);
  if (moved.length === 0) return;
  await tx.query(WRITE_STANDINGS, [
    programmeId,
    book.partners.map(({ partnerId }) => partnerId),
    book.partners.map(({ canRedeem }) => canRedeem),
    book.partners.map(({ isActive }) => isActive),
  ]);
}
