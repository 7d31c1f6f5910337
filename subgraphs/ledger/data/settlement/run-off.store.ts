import type { Pool } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import type { Tx } from '../../../../kernel/db/transaction';
import { idFromUuid, uuidOf, type Id, type PartnerId, type ProgrammeId } from '../../../../kernel/values/id';
import type { RunOff, RunOffLiability } from '../../core/settlement/run-off';
import { queryRows } from './query-rows';

// Of what is paid at issuance the fund holds everything but what waits; of what is paid in part the prefund holds its part. Both are
// their issuer's to pay, whoever shares their fee.
const LIABILITY = sql`/* ledger.runOff.liability */
with terms as materialized (
  select m.id, m.settlement_model, m.reserve_micros, m.issuance_micros, m.prefund_bps,
         coalesce((select sum((f ->> 'bps')::integer) from jsonb_array_elements(m.funding) f where (f ->> 'party')::uuid = $2), 0) as bps
    from lot_terms m
)
select coalesce(sum(e.open + e.pending), 0)::text as points,
       coalesce(ceil(sum(case
         when m.settlement_model = 'AT_REDEMPTION' then (e.open + e.pending) * m.reserve_micros * m.bps / 10000.0
         when l.issuer_id is distinct from $2 then 0
         when m.settlement_model = 'HYBRID'
         then e.open * m.reserve_micros * (10000 - m.prefund_bps) / 10000.0 + e.pending * m.reserve_micros
         else e.pending * m.issuance_micros end)), 0)::text as micros
  from wallet w
  join lot l on l.bucket = w.bucket and l.wallet = w.wallet
  join terms m on m.id = l.terms_id and (l.issuer_id = $2 or m.bps > 0)
 cross join lateral (
   select coalesce(sum(amount * ((credit_kind in ('AVAILABLE', 'HELD'))::int - (debit_kind in ('AVAILABLE', 'HELD'))::int)), 0) as open,
          coalesce(sum(amount * ((credit_kind = 'PENDING')::int - (debit_kind = 'PENDING')::int)), 0) as pending
     from entry o where o.bucket = l.bucket and o.wallet = l.wallet and o.lot_seq = l.lot_seq
 ) e
 where w.programme_id = $1`;

/** What a partner's outstanding points could still cost it, at the reserve prices they were issued with. */
export async function loadRunOffLiability(
  db: Tx | Pool,
  programmeId: ProgrammeId,
  partnerId: PartnerId,
): Promise<RunOffLiability> {
  const [row] = await queryRows<{ points: string; micros: string }>(db, LIABILITY, [
    ...[uuidOf(programmeId), uuidOf(partnerId)],
  ]);
  return { points: BigInt(row?.points ?? 0), micros: BigInt(row?.micros ?? 0) };
}

const UNSETTLED = sql`/* ledger.runOff.unsettled */
select (select count(*) from settlement_cycle y
         where y.programme_id = $1 and y.state not in ('SETTLED', 'LOCKED')
           and (exists (select from claim_pair p
                         where p.cycle_id = y.id and p.lines > 0 and (p.debtor_id = $2 or p.creditor_id = $2))
                or exists (select from partner_default d join default_share s on s.default_id = d.id and s.party_id = $2
                            where d.posted_cycle_id = y.id)))
     + (select count(*) from dispute d join claim_pair p on p.cycle_id = d.cycle_id and p.pair = d.pair
         where d.programme_id = $1 and d.state <> 'RESOLVED' and (p.debtor_id = $2 or p.creditor_id = $2))
     + (select count(*) from (
          select n.carry_out_minor from net_position n join settlement_cycle y on y.id = n.cycle_id
           where y.programme_id = $1 and n.party_id = $2 order by y.number desc limit 1) l
         where l.carry_out_minor <> 0) as dues`;

/** In how many places something is still to be settled with a partner. */
export async function countUnsettled(db: Tx | Pool, programmeId: ProgrammeId, partnerId: PartnerId): Promise<number> {
  const [row] = await queryRows<{ dues: string }>(db, UNSETTLED, [uuidOf(programmeId), uuidOf(partnerId)]);
  return Number(row?.dues ?? 0);
}

const INSERT = sql`/* ledger.runOff.insert */
insert into run_off as r (id, programme_id, partner_id, points, liability_micros, breakage_bps, deposit_minor, reason, content_hash,
  proposed_by, proposed_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict (programme_id, partner_id) do update
  set points = excluded.points, liability_micros = excluded.liability_micros, breakage_bps = excluded.breakage_bps,
      deposit_minor = excluded.deposit_minor, reason = excluded.reason, content_hash = excluded.content_hash,
      proposed_by = excluded.proposed_by, proposed_at = excluded.proposed_at
where r.state = 'PROPOSED' returning id`;

/** Keeps a proposal in place of an earlier one of the same partner; null when its run-off was approved before. */
export async function proposeRunOff(
  tx: Tx,
  programmeId: ProgrammeId,
  one: Omit<RunOff, 'state' | 'returnedMinor' | 'isTold' | 'approvedBy'> & { readonly proposedAt: Date },
): Promise<Id<'rof'> | null> {
  const { liability, breakageBps, depositMinor, reason, contentHash, proposedBy, proposedAt } = one;
  const figures = [`${liability.points}`, `${liability.micros}`, breakageBps, `${depositMinor}`];
  const values = [uuidOf(one.id), uuidOf(programmeId), uuidOf(one.partnerId), ...figures, reason, contentHash];
  const [row] = await queryRows<{ id: string }>(tx, INSERT, [...values, proposedBy, proposedAt]);
  return row === undefined ? null : idFromUuid('rof', row.id);
}

const COLUMNS = `id, partner_id, points, liability_micros::text as liability_micros, breakage_bps, deposit_minor, reason, state,
       content_hash, proposed_by, approved_by, returned_minor, told_at is not null as is_told`;
const LOCK = `/* ledger.runOff.lock */ select ${COLUMNS} from run_off where programme_id = $1 and id = $2 for update`;
const LIST = `/* ledger.runOff.list */ select ${COLUMNS} from run_off where programme_id = $1 order by id`;

interface Row {
  id: string;
  partner_id: string;
  points: string;
  liability_micros: string;
  breakage_bps: number;
  deposit_minor: string;
  reason: string;
  state: RunOff['state'];
  content_hash: string;
  proposed_by: string;
  approved_by: string | null;
  returned_minor: string | null;
  is_told: boolean;
}

function runOffFrom(row: Row): RunOff {
  return {
    ...{ id: idFromUuid('rof', row.id), partnerId: idFromUuid('ptr', row.partner_id), breakageBps: row.breakage_bps },
    liability: { points: BigInt(row.points), micros: BigInt(row.liability_micros) },
    ...{ depositMinor: BigInt(row.deposit_minor), reason: row.reason, state: row.state, contentHash: row.content_hash },
    ...{ proposedBy: row.proposed_by, approvedBy: row.approved_by, isTold: row.is_told },
    returnedMinor: row.returned_minor === null ? null : BigInt(row.returned_minor),
  };
}

/** A programme's run-off, locked until the transaction ends; null when it has none of this id. */
export async function lockRunOff(tx: Tx, programmeId: ProgrammeId, id: Id<'rof'>): Promise<RunOff | null> {
  const [row] = await queryRows<Row>(tx, LOCK, [uuidOf(programmeId), uuidOf(id)]);
  return row === undefined ? null : runOffFrom(row);
}

/** The run-offs of a programme, the oldest first. */
export async function listRunOffs(db: Tx | Pool, programmeId: ProgrammeId): Promise<RunOff[]> {
  return (await queryRows<Row>(db, LIST, [uuidOf(programmeId)])).map(runOffFrom);
}

const APPROVE = sql`/* ledger.runOff.approve */
update run_off set state = 'RUNNING', approved_by = $2, approved_at = $3 where id = $1`;
const PROPOSE_END = sql`/* ledger.runOff.proposeEnd */
update run_off set state = 'ENDING', content_hash = $2, proposed_by = $3, proposed_at = $4 where id = $1`;
const END = sql`/* ledger.runOff.end */
update run_off set state = 'ENDED', ended_by = $2, ended_at = $3, returned_minor = $4 where id = $1`;
const TELL = sql`/* ledger.runOff.told */ update run_off set told_at = $2 where id = $1 and told_at is null`;

export async function approveBegin(tx: Tx, id: Id<'rof'>, { by, at }: { by: string; at: Date }): Promise<void> {
  await tx.query(APPROVE, [uuidOf(id), by, at]);
}

export async function proposeEnd(
  tx: Tx,
  id: Id<'rof'>,
  { contentHash, by, at }: { contentHash: string; by: string; at: Date },
): Promise<void> {
  await tx.query(PROPOSE_END, [uuidOf(id), contentHash, by, at]);
}

export async function endRunOff(
  tx: Tx,
  id: Id<'rof'>,
  { by, at, returnedMinor }: { by: string; at: Date; returnedMinor: bigint },
): Promise<void> {
  await tx.query(END, [uuidOf(id), by, at, `${returnedMinor}`]);
}

/** Keeps that partners knows the run-off has ended. */
export async function markTold(pool: Pool, id: Id<'rof'>, at: Date): Promise<void> {
  await pool.query(TELL, [uuidOf(id), at]);
}

const DRAW = sql`/* ledger.runOff.draw */ insert into run_off_draw (cycle_id, partner_id, minor) values ($1, $2, $3)`;

/** Keeps what a cycle's payments took from a deposit. */
export async function saveDraw(
  tx: Tx,
  cycleId: string,
  { partnerId, minor }: { partnerId: PartnerId; minor: bigint },
): Promise<void> {
  await tx.query(DRAW, [uuidOf(cycleId as Id<'cyc'>), uuidOf(partnerId), `${minor}`]);
}
