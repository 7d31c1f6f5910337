import type { Pool } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import type { Tx } from '../../../../kernel/db/transaction';
import { idFromUuid, uuidOf, type Id, type ProgrammeId } from '../../../../kernel/values/id';
import type { Dispute, DisputeOutcome, DisputeState } from '../../core/settlement/dispute';
import { partyFrom } from './total.store';

/** The place of a line. */
export interface LinePlace {
  readonly cycleId: string;
  readonly pair: number;
  readonly n: number;
}

const INSERT = sql`/* ledger.disputeLine.insert */
insert into dispute (id, programme_id, cycle_id, pair, n, micros, remainder, tie, reason, raised_by, raised_at)
select $1, y.programme_id, l.cycle_id, l.pair, l.n, l.micros, l.remainder, l.tie, $5, $6, $7
  from claim_line l join settlement_cycle y on y.id = l.cycle_id
 where l.cycle_id = $2 and l.pair = $3 and l.n = $4
on conflict (cycle_id, pair, n) do nothing returning id`;

/** Puts a line into suspense; false when it is there already. */
export async function insertDispute(
  tx: Tx,
  line: LinePlace,
  one: { id: Id<'dsp'>; reason: string; raisedBy: string; raisedAt: Date },
): Promise<boolean> {
  const rows = (await tx.query(INSERT, [
    uuidOf(one.id),
    uuidOf(line.cycleId as Id<'cyc'>),
    line.pair,
    line.n,
    one.reason,
    one.raisedBy,
    one.raisedAt,
  ])) as unknown[];
  return rows.length === 1;
}

const TIES = sql`/* ledger.disputeLine.tiesInSuspense */
select tie from dispute where cycle_id = $1 and pair = $2 and remainder = $3`;

/** Places of a pair's suspended lines among those of one remainder. */
export async function tiesInSuspense(
  tx: Tx,
  { cycleId, pair }: Omit<LinePlace, 'n'>,
  remainder: bigint,
): Promise<bigint[]> {
  const values = [uuidOf(cycleId as Id<'cyc'>), pair, remainder.toString()];
  return ((await tx.query(TIES, values)) as { tie: number }[]).map(({ tie }) => BigInt(tie));
}

interface Row {
  id: string;
  programme_id: string;
  cycle_id: string;
  pair: number;
  n: number;
  debtor_id: string | null;
  creditor_id: string | null;
  micros: string;
  reason: string;
  raised_by: string;
  raised_at: Date;
  state: DisputeState;
  outcome: DisputeOutcome | null;
  owed_micros: string | null;
  answer: string | null;
  content_hash: string | null;
  proposed_by: string | null;
  approved_by: string | null;
  posted_cycle_id: string | null;
}

function disputeFrom(row: Row): Dispute {
  return {
    id: idFromUuid('dsp', row.id),
    programmeId: idFromUuid('prg', row.programme_id),
    cycleId: idFromUuid('cyc', row.cycle_id),
    pair: row.pair,
    n: row.n,
    debtorId: partyFrom(row.debtor_id),
    creditorId: partyFrom(row.creditor_id),
    micros: BigInt(row.micros),
    reason: row.reason,
    raisedBy: row.raised_by,
    raisedAt: row.raised_at,
    state: row.state,
    outcome: row.outcome,
    owedMicros: row.owed_micros === null ? null : BigInt(row.owed_micros),
    answer: row.answer,
    contentHash: row.content_hash,
    proposedBy: row.proposed_by,
    approvedBy: row.approved_by,
    postedCycleId: row.posted_cycle_id === null ? null : idFromUuid('cyc', row.posted_cycle_id),
  };
}

const LOCK = sql`/* ledger.resolveDispute.lock */
select d.id, d.programme_id, d.cycle_id, d.pair, d.n, p.debtor_id, p.creditor_id, d.micros, d.reason, d.raised_by, d.raised_at, d.state,
       d.outcome, d.owed_micros, d.answer, d.content_hash, d.proposed_by, d.approved_by, d.posted_cycle_id
  from dispute d join claim_pair p on p.cycle_id = d.cycle_id and p.pair = d.pair
 where d.programme_id = $1 and d.id = $2 for update of d`;

/** A programme's dispute, locked until the transaction ends; null when it has none of this id. */
export async function lockDispute(tx: Tx, programmeId: ProgrammeId, id: Id<'dsp'>): Promise<Dispute | null> {
  const [row] = (await tx.query(LOCK, [uuidOf(programmeId), uuidOf(id)])) as Row[];
  return row === undefined ? null : disputeFrom(row);
}

const FIND = sql`/* ledger.settlementCycle.loadDisputes */
select d.id, d.programme_id, d.cycle_id, d.pair, d.n, p.debtor_id, p.creditor_id, d.micros, d.reason, d.raised_by, d.raised_at, d.state,
       d.outcome, d.owed_micros, d.answer, d.content_hash, d.proposed_by, d.approved_by, d.posted_cycle_id
  from dispute d join claim_pair p on p.cycle_id = d.cycle_id and p.pair = d.pair
 where d.programme_id = $1 and (d.cycle_id = any($2::uuid[]) or d.id = any($3::uuid[])) order by d.id`;

/** Disputes of cycles, and those of given ids, in the order they were raised. */
export async function findDisputes(
  pool: Pool,
  programmeId: ProgrammeId,
  of: { cycleIds?: readonly string[]; ids?: readonly Id<'dsp'>[] },
): Promise<Dispute[]> {
  const cycles = (of.cycleIds ?? []).map((id) => uuidOf(id as Id<'cyc'>));
  const { rows } = await pool.query<Row>(FIND, [uuidOf(programmeId), cycles, (of.ids ?? []).map(uuidOf)]);
  return rows.map(disputeFrom);
}

const PROPOSE = sql`/* ledger.resolveDispute.propose */
update dispute set state = 'PROPOSED', outcome = $2, owed_micros = $3, answer = $4, content_hash = $5, proposed_by = $6, proposed_at = $7
 where id = $1`;

export async function proposeOutcome(
  tx: Tx,
  id: Id<'dsp'>,
  one: { outcome: DisputeOutcome; owedMicros: bigint; answer: string; contentHash: string; by: string; at: Date },
): Promise<void> {
  const { outcome, owedMicros, answer, contentHash, by, at } = one;
  await tx.query(PROPOSE, [uuidOf(id), outcome, owedMicros.toString(), answer, contentHash, by, at]);
}

const APPROVE = sql`/* ledger.resolveDispute.approve */
update dispute set state = 'RESOLVED', approved_by = $2, approved_at = $3, posted_cycle_id = $4 where id = $1`;

export async function approveOutcome(
  tx: Tx,
  id: Id<'dsp'>,
  one: { by: string; at: Date; cycleId: string },
): Promise<void> {
  await tx.query(APPROVE, [uuidOf(id), one.by, one.at, uuidOf(one.cycleId as Id<'cyc'>)]);
}
