import type { Pool } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import type { Tx } from '../../../../kernel/db/transaction';
import { idFromUuid, uuidOf, type Id, type ProgrammeId } from '../../../../kernel/values/id';
import type { SettlementCycle, SettlementState } from '../../core/settlement/cycle';
import { termsFrom, termsText, type CutOffTerms } from './cycle-terms.store';

interface Row {
  id: string;
  programme_id: string;
  number: number;
  state: SettlementState;
  currency: string;
  opens_at: Date;
  cut_off_at: Date | null;
  issued_at: Date | null;
  pay_from_minor: string;
  version: string;
}

function cycleFrom(row: Row): SettlementCycle {
  return {
    id: idFromUuid('cyc', row.id),
    programmeId: idFromUuid('prg', row.programme_id),
    number: row.number,
    state: row.state,
    currency: row.currency,
    opensAt: row.opens_at,
    cutOffAt: row.cut_off_at,
    issuedAt: row.issued_at,
    payFromMinor: BigInt(row.pay_from_minor),
    version: BigInt(row.version),
  };
}

const LOCK_CYCLE = sql`/* ledger.settlementStep.lockCycle */
select id, programme_id, number, state, currency, opens_at, cut_off_at, issued_at, pay_from_minor, version
  from settlement_cycle where programme_id = $1 and (id = $2 or ($2 is null and state = 'OPEN')) for update`;

/** The programme's cycle of this id, or its open one when null, locked until the transaction ends. */
export async function lockCycle(
  tx: Tx,
  programmeId: ProgrammeId,
  id: Id<'cyc'> | null,
): Promise<SettlementCycle | null> {
  const rows = (await tx.query(LOCK_CYCLE, [uuidOf(programmeId), id === null ? null : uuidOf(id)])) as Row[];
  return rows[0] === undefined ? null : cycleFrom(rows[0]);
}

const FIND_CYCLES = sql`/* ledger.settlementCycle.find */
select id, programme_id, number, state, currency, opens_at, cut_off_at, issued_at, pay_from_minor, version
  from settlement_cycle where programme_id = $1 and id = any($2::uuid[])`;

/** Cycles of a programme by id. */
export async function findCycles(
  pool: Pool,
  programmeId: ProgrammeId,
  ids: readonly Id<'cyc'>[],
): Promise<SettlementCycle[]> {
  const { rows } = await pool.query<Row>(FIND_CYCLES, [uuidOf(programmeId), ids.map(uuidOf)]);
  return rows.map(cycleFrom);
}

const FIND_BY_ID = sql`/* ledger.liveCycle.findById */
select id, programme_id, number, state, currency, opens_at, cut_off_at, issued_at, pay_from_minor, version
  from settlement_cycle where id = any($1::uuid[])`;

/** Cycles by id, of whichever programme: for readers who were shown them. */
export async function findCyclesById(pool: Pool, ids: readonly Id<'cyc'>[]): Promise<SettlementCycle[]> {
  const { rows } = await pool.query<Row>(FIND_BY_ID, [ids.map(uuidOf)]);
  return rows.map(cycleFrom);
}

const LIST_CYCLES = sql`/* ledger.settlementCycle.list */
select id, programme_id, number, state, currency, opens_at, cut_off_at, issued_at, pay_from_minor, version
  from settlement_cycle where programme_id = $1 and number < $2 order by number desc limit $3`;

/** Cycles of a programme, newest first. */
export async function listCycles(
  pool: Pool,
  programmeId: ProgrammeId,
  page: { beforeNumber: number; limit: number },
): Promise<SettlementCycle[]> {
  const { rows } = await pool.query<Row>(LIST_CYCLES, [uuidOf(programmeId), page.beforeNumber, page.limit]);
  return rows.map(cycleFrom);
}

const PREVIOUS_STATE = sql`/* ledger.settlementStep.previousState */
select state from settlement_cycle where programme_id = $1 and number = $2`;

/** The state of the cycle before; null for a programme's first. */
export async function previousState(tx: Tx, cycle: SettlementCycle): Promise<SettlementState | null> {
  const values = [uuidOf(cycle.programmeId), cycle.number - 1];
  const rows = (await tx.query(PREVIOUS_STATE, values)) as { state: SettlementState }[];
  return rows[0]?.state ?? null;
}

const SET_STATE = sql`/* ledger.settlementStep.setState */
update settlement_cycle
   set state = $2, version = version + 1, cut_off_at = coalesce(cut_off_at, $3), issued_at = coalesce(issued_at, $4),
       opens_at = least(opens_at, cut_off_at, $3), pay_from_minor = coalesce($5, pay_from_minor)
 where id = $1`;

/** Moves a cycle on by one state and one version. */
export async function setCycleState(
  tx: Tx,
  cycleId: string,
  step: { to: SettlementState; cutOffAt?: Date; issuedAt?: Date; payFromMinor?: bigint },
): Promise<void> {
  const { to, cutOffAt = null, issuedAt = null, payFromMinor } = step;
  await tx.query(SET_STATE, [uuidOf(cycleId as Id<'cyc'>), to, cutOffAt, issuedAt, payFromMinor?.toString() ?? null]);
}

const CHANGE_FIGURES = sql`/* ledger.disputeLine.changeFigures */ update settlement_cycle set version = version + 1 where id = $1`;

/** Figures changed without a step: whoever looked at the version before has looked at something else. */
export async function changeFigures(tx: Tx, cycleId: string): Promise<void> {
  await tx.query(CHANGE_FIGURES, [uuidOf(cycleId as Id<'cyc'>)]);
}

const OPEN_NEXT = sql`/* ledger.cutOff.openNext */
insert into settlement_cycle (id, programme_id, number, state, currency, opens_at) values ($1, $2, $3, 'OPEN', $4, $5)`;
const POINT_CLOCK = sql`/* ledger.cutOff.pointClock */
update programme_clock set open_cycle_id = $2 where programme_id = $1`;

/** Opens the cycle that follows; postings from here on belong to it. */
export async function openNextCycle(
  tx: Tx,
  closed: SettlementCycle,
  next: { id: Id<'cyc'>; opensAt: Date },
): Promise<void> {
  const programme = uuidOf(closed.programmeId);
  await tx.query(OPEN_NEXT, [uuidOf(next.id), programme, closed.number + 1, closed.currency, next.opensAt]);
  await tx.query(POINT_CLOCK, [programme, uuidOf(next.id)]);
}

/** A step somebody has proposed and nobody has approved. */
export interface ProposedStep {
  readonly to: SettlementState;
  readonly cutOffAt: Date | null;
  /** Of a cut-off: what it is to be settled by. */
  readonly terms: CutOffTerms | null;
  readonly contentHash: string;
  /** The person, whatever role they proposed it in. */
  readonly proposedBy: string;
}

const PROPOSE = sql`/* ledger.settlementStep.propose */
insert into cycle_step (cycle_id, to_state, cut_off_at, content_hash, proposed_by, proposed_at, terms)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (cycle_id, to_state) do update set cut_off_at = excluded.cut_off_at, content_hash = excluded.content_hash,
  proposed_by = excluded.proposed_by, proposed_at = excluded.proposed_at, terms = excluded.terms
where cycle_step.approved_by is null`;

export async function proposeStep(tx: Tx, cycleId: string, step: ProposedStep & { proposedAt: Date }): Promise<void> {
  const { to, cutOffAt, contentHash, proposedBy, proposedAt } = step;
  const terms = step.terms === null ? null : termsText(step.terms);
  await tx.query(PROPOSE, [uuidOf(cycleId as Id<'cyc'>), to, cutOffAt, contentHash, proposedBy, proposedAt, terms]);
}

const FIND_PROPOSED = sql`/* ledger.settlementStep.findProposed */
select to_state, cut_off_at, content_hash, proposed_by, terms from cycle_step where cycle_id = $1 and approved_by is null`;

/** The step that waits for approval; the lock on its cycle keeps it from changing. */
export async function findProposedStep(tx: Tx, cycleId: string): Promise<ProposedStep | null> {
  const rows = (await tx.query(FIND_PROPOSED, [uuidOf(cycleId as Id<'cyc'>)])) as {
    to_state: SettlementState;
    cut_off_at: Date | null;
    content_hash: string;
    proposed_by: string;
    terms: unknown;
  }[];
  const [row] = rows;
  if (row === undefined) return null;
  const { to_state: to, cut_off_at: cutOffAt, content_hash: contentHash, proposed_by: proposedBy } = row;
  return { to, cutOffAt, contentHash, proposedBy, terms: row.terms === null ? null : termsFrom(row.terms) };
}

const APPROVE = sql`/* ledger.settlementStep.approve */
update cycle_step set approved_by = $3, approved_at = $4 where cycle_id = $1 and to_state = $2`;

export async function approveStep(
  tx: Tx,
  cycleId: string,
  approval: { to: SettlementState; approvedBy: string; approvedAt: Date },
): Promise<void> {
  await tx.query(APPROVE, [uuidOf(cycleId as Id<'cyc'>), approval.to, approval.approvedBy, approval.approvedAt]);
}

const FORGET_PROPOSED = sql`/* ledger.settleCycle.forgetProposed */
delete from cycle_step where cycle_id = $1 and approved_by is null`;

/** Drops a proposal that events have overtaken. */
export async function forgetProposedStep(tx: Tx, cycleId: string): Promise<void> {
  await tx.query(FORGET_PROPOSED, [uuidOf(cycleId as Id<'cyc'>)]);
}
