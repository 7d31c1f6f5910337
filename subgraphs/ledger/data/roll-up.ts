import type { Pool } from 'pg';
import { assertNamed, sql } from '../../../kernel/db/sql';
import type { Tx } from '../../../kernel/db/transaction';

/** A statement put together of parts, under its name. */
export function named(statement: string): string {
  assertNamed(statement);
  return statement;
}

/** Transaction ids a pass takes at most: a long absence is made up for in steps that fit into memory. */
const IDS_AT_ONCE = 2_000;

/** A pass over what a long absence left takes longer than a till may wait. */
const PATIENCE = sql`/* ledger.rollUp.patience */ select set_config('statement_timeout', '600000', true)`;
/**
 * A pass is planned by somebody who cannot know how many wait and expects one: the tens of thousands there are would each be compared
 * with every pair, and sorted on disk. What belongs to one transaction is looked up by its key whatever this says. Planned each time,
 * for the ids it takes: one plan for all passes read the whole journal for each, and rolled up a third as many of a million.
 */
const PLAN_FOR_MANY = sql`/* ledger.rollUp.planForMany */
with before as materialized (select current_setting('enable_nestloop') as nestloop, current_setting('work_mem') as memory)
select nestloop, memory, set_config('enable_nestloop', 'off', true), set_config('work_mem', '64MB', true) from before`;
const PLAN_AS_BEFORE = sql`/* ledger.rollUp.planAsBefore */
select set_config('enable_nestloop', $1, true), set_config('work_mem', $2, true)`;

/** A part of a statement: `rolled_up` with one row, up to where was rolled up, as far as this server's transaction ids can tell. */
const rolledUpBy = (state: string): string => `rolled_up as materialized (
  select case when s.system_id = c.system_identifier::text and pg_snapshot_xmax(s.snapshot) <= pg_snapshot_xmax(pg_current_snapshot())
              then s.snapshot else '1:1:'::pg_snapshot end as seen
    from ${state} s, pg_control_system() c
)`;

/** Nothing was rolled up yet, or on another server. */
const NOTHING_SEEN = '1:1:';

/** A condition on transactions `t` that are not rolled up yet by `rolled_up r`; `fromXid` says where such begin. */
export const notRolledUp = (fromXid: string): string =>
  `(t.xid::text)::bigint >= ${fromXid} and not pg_visible_in_snapshot(t.xid, r.seen)`;

/** One pass over what was posted since the last one; more is left when `isDone` is not. */
export interface Pass {
  readonly transactions: number;
  readonly isDone: boolean;
}

interface RollUpState {
  readonly seen: string;
  readonly from_xid: string;
  readonly upto: string;
  readonly now: string;
}

/**
 * What is rolled up behind the postings. A pass takes what was committed since the last one by the visibility of transactions, so
 * nothing is passed over and nothing taken twice, however long a posting took; it changes no row that a posting locks, and is one
 * transaction with the note of how far it came.
 */
export class RollUp {
  /** Of its statements: `ledger.<name>.…`. */
  readonly name: string;
  /** A part of a statement: `rolled_up`, whose one row has the snapshot up to which was rolled up as `seen`. */
  readonly rolledUp: string;
  private readonly text: Readonly<Record<'lock' | 'lockIfFree' | 'load' | 'loadFrom' | 'ids' | 'pass', string>>;
  private readonly forget: string | null;

  /**
   * @param name   of its statements: `ledger.<name>.…`
   * @param state  the table of its one row: up to where was rolled up
   * @param pass   what a pass does: `$1` the snapshot rolled up to, `$2` where ids it does not know begin, `$3` the snapshot to roll
   *               up to, `$4` where ids that does not know begin; answers `transactions`
   * @param forget what is done before everything is rolled up anew
   */
  constructor({ name, state, pass, forget }: { name: string; state: string; pass: string; forget?: string }) {
    this.name = name;
    this.rolledUp = rolledUpBy(state);
    this.forget = forget === undefined ? null : named(forget);
    const text = {
      // The lock is a statement of its own: one that waits answers the row as it stands when it gets it, beside a snapshot of when it
      // was sent. Of two that wait, the one let in last would take for new what the other has rolled up meanwhile.
      lock: `/* ledger.${name}.lockState */ select 1 as one from ${state} for update`,
      lockIfFree: `/* ledger.${name}.lockStateIfFree */ select 1 as one from ${state} for update skip locked`,
      load: `/* ledger.${name}.loadState */
with ${this.rolledUp}
select r.seen::text as seen, pg_snapshot_xmin(r.seen)::text as from_xid,
       case when (pg_snapshot_xmax(r.seen)::text)::bigint + $1::bigint <= (pg_snapshot_xmin(r.now)::text)::bigint
            then format('%1$s:%1$s:', (pg_snapshot_xmax(r.seen)::text)::bigint + $1::bigint)
            else r.now::text end as upto,
       r.now::text as now
  from (select seen, pg_current_snapshot() as now from rolled_up) r`,
      loadFrom: `/* ledger.${name}.loadFrom */
with ${this.rolledUp} select pg_snapshot_xmin(seen)::text as from_xid from rolled_up`,
      ids: `/* ledger.${name}.ids */
with ${this.rolledUp}
select (pg_snapshot_xmax(pg_current_snapshot())::text)::bigint as given_out, (pg_snapshot_xmax(seen)::text)::bigint as rolled_up
  from rolled_up`,
      pass,
    };
    Object.values(text).forEach(assertNamed);
    this.text = text;
  }

  /** Waits for its turn; until the transaction ends nobody else rolls up. */
  async lock(tx: Tx): Promise<void> {
    await tx.query(this.text.lock);
  }

  /** Rolls up everything committed by now, within the caller's transaction. */
  async all(tx: Tx): Promise<void> {
    await tx.query(PATIENCE);
    await this.lock(tx);
    for (;;) if ((await this.step(tx)).isDone) return;
  }

  /** Rolls up one step of what waits; null when somebody else is at it. */
  async some(tx: Tx): Promise<Pass | null> {
    await tx.query(PATIENCE);
    const isFree = ((await tx.query(this.text.lockIfFree)) as object[]).length > 0;
    return isFree ? this.step(tx) : null;
  }

  private async step(tx: Tx): Promise<Pass> {
    const [state] = (await tx.query(this.text.load, [IDS_AT_ONCE])) as RollUpState[];
    if (state === undefined) throw new Error('rollUp: there is no state');
    const { seen, from_xid, upto, now } = state;
    if (seen === NOTHING_SEEN && this.forget !== null) await tx.query(this.forget);
    // Named though the snapshot says as much: a step of many looks at its own rows, not at all that still wait.
    const [before] = (await tx.query(PLAN_FOR_MANY)) as { nestloop: string; memory: string }[];
    const span = [seen, from_xid, upto, upto.split(':')[1]];
    const [row] = (await tx.query(this.text.pass, span)) as { transactions: number }[];
    await tx.query(PLAN_AS_BEFORE, [before?.nestloop, before?.memory]);
    return { transactions: row?.transactions ?? 0, isDone: upto === now };
  }

  /** How many transaction ids were ever given out, and how many of them the last pass had seen: the rest may be postings that wait. */
  async idsGivenOut(pool: Pool): Promise<{ givenOut: number; rolledUp: number }> {
    const { rows } = await pool.query<{ given_out: string; rolled_up: string }>(this.text.ids);
    return { givenOut: Number(rows[0]?.given_out ?? 0), rolledUp: Number(rows[0]?.rolled_up ?? 0) };
  }

  /** Where transaction ids begin that the last pass may not have seen. It never moves back: also what a later statement may begin at. */
  async fromXid(pool: Pool): Promise<string> {
    const { rows } = await pool.query<{ from_xid: string }>(this.text.loadFrom);
    return rows[0]?.from_xid ?? '1';
  }
}
