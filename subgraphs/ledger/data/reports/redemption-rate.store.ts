import type { Pool } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import type { Tx } from '../../../../kernel/db/transaction';
import { idFromUuid, uuidOf, type Id, type ProgrammeId } from '../../../../kernel/values/id';
import type { RedemptionRate } from '../../core/reports/redemption-rate';
import { uuidOrNull } from '../points/journal-rows';

interface Row {
  id: string;
  issuer_id: string | null;
  vintage: string;
  rate_bps: number;
  reason: string;
  proposed_by: string;
  proposed_at: Date;
  approved_by: string | null;
  approved_at: Date | null;
}

const rateFrom = (row: Row): RedemptionRate => ({
  id: idFromUuid('rdr', row.id),
  issuerId: row.issuer_id === null ? null : idFromUuid('ptr', row.issuer_id),
  vintage: row.vintage,
  rateBps: row.rate_bps,
  reason: row.reason,
  proposedBy: row.proposed_by,
  proposedAt: row.proposed_at,
  approvedBy: row.approved_by,
  approvedAt: row.approved_at,
});

const INSERT = sql`/* ledger.redemptionRate.propose */
insert into redemption_rate (id, programme_id, issuer_id, vintage, rate_bps, reason, proposed_by, proposed_at)
values ($1, $2, $3, $4, $5, $6, $7, $8)`;

export async function insertRedemptionRate(tx: Tx, programmeId: ProgrammeId, rate: RedemptionRate): Promise<void> {
  const { id, issuerId, vintage, rateBps, reason, proposedBy, proposedAt } = rate;
  const terms = [uuidOrNull(issuerId), vintage, rateBps, reason, proposedBy, proposedAt];
  await tx.query(INSERT, [uuidOf(id), uuidOf(programmeId), ...terms]);
}

const LOCK = sql`/* ledger.redemptionRate.lock */
select id, issuer_id, vintage, rate_bps, reason, proposed_by, proposed_at, approved_by, approved_at
  from redemption_rate where programme_id = $1 and id = $2 for update`;

/** A proposed or approved rate, locked until the transaction ends; null when the programme has none of this id. */
export async function lockRedemptionRate(
  tx: Tx,
  programmeId: ProgrammeId,
  id: Id<'rdr'>,
): Promise<RedemptionRate | null> {
  const [row] = (await tx.query(LOCK, [uuidOf(programmeId), uuidOf(id)])) as Row[];
  return row === undefined ? null : rateFrom(row);
}

const APPROVE = sql`/* ledger.redemptionRate.approve */
update redemption_rate set approved_by = $2, approved_at = $3 where id = $1 and approved_by is null`;

export async function approveRate(tx: Tx, id: Id<'rdr'>, by: { person: string; at: Date }): Promise<void> {
  await tx.query(APPROVE, [uuidOf(id), by.person, by.at]);
}

const LIST = sql`/* ledger.redemptionRates.list */
select id, issuer_id, vintage, rate_bps, reason, proposed_by, proposed_at, approved_by, approved_at
  from redemption_rate where programme_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3`;

/** Rates of a programme, newest first. */
export async function listRedemptionRates(
  pool: Pool,
  programmeId: ProgrammeId,
  { before, limit }: { before: Id<'rdr'> | null; limit: number },
): Promise<RedemptionRate[]> {
  const { rows } = await pool.query<Row>(LIST, [uuidOf(programmeId), uuidOrNull(before), limit]);
  return rows.map(rateFrom);
}

const LOAD_APPROVED = sql`/* ledger.redemptionRates.loadApproved */
select distinct on (issuer_id, vintage, date_trunc('month', approved_at at time zone $2))
       id, issuer_id, vintage, rate_bps, reason, proposed_by, proposed_at, approved_by, approved_at
  from redemption_rate where programme_id = $1 and approved_at is not null
 order by issuer_id, vintage, date_trunc('month', approved_at at time zone $2), approved_at desc, id desc`;

/** Approved rates, oldest first; of several in a month the last. */
export async function loadApprovedRates(
  pool: Pool,
  programmeId: ProgrammeId,
  timeZone: string,
): Promise<RedemptionRate[]> {
  const { rows } = await pool.query<Row>(LOAD_APPROVED, [uuidOf(programmeId), timeZone]);
  return rows.map(rateFrom);
}
