import type { Pool } from 'pg';
import { sql } from '../../../kernel/db/sql';
import type { Tx } from '../../../kernel/db/transaction';
import { newId, uuidOf, type ProgrammeId } from '../../../kernel/values/id';

/** What is kept of a rule book: its version, and the announcement as it came. */
export interface NewRuleBook {
  readonly programmeId: ProgrammeId;
  readonly version: bigint;
  readonly isSandbox: boolean;
  readonly currency: string;
  readonly opensAt: Date;
  readonly payload: unknown;
}

const SAVE_BOOK = sql`/* ledger.onRuleBookPublished.saveBook */
insert into rule_book (programme_id, version, is_sandbox, book) values ($1, $2, $3, $4)
on conflict (programme_id) do update set version = excluded.version, book = excluded.book, is_sandbox = excluded.is_sandbox
where rule_book.version < excluded.version`;

const OPEN_FIRST_CYCLE = sql`/* ledger.onRuleBookPublished.openFirstCycle */
insert into settlement_cycle (id, programme_id, number, state, currency, opens_at)
select $1, $2, 1, 'OPEN', $3, $4 where not exists (select from settlement_cycle where programme_id = $2)
on conflict do nothing`;

const START_CLOCK = sql`/* ledger.onRuleBookPublished.startClock */
insert into programme_clock (programme_id, open_cycle_id)
select programme_id, id from settlement_cycle where programme_id = $1 and state = 'OPEN'
on conflict (programme_id) do nothing`;

/** Replaces the programme's rule book at once; an older version than the one held is passed over. */
export async function saveRuleBook(tx: Tx, book: NewRuleBook): Promise<void> {
  const programme = uuidOf(book.programmeId);
  await tx.query(SAVE_BOOK, [programme, book.version.toString(), book.isSandbox, JSON.stringify(book.payload)]);
  await tx.query(OPEN_FIRST_CYCLE, [uuidOf(newId('cyc')), programme, book.currency, book.opensAt]);
  await tx.query(START_CLOCK, [programme]);
}

const LOAD_BOOK = sql`/* ledger.ruleBook.load */
select version, book, (select test_now from programme_clock where programme_clock.programme_id = rule_book.programme_id) as test_now
  from rule_book
 where programme_id = $1`;

interface BookRow {
  version: string;
  book: unknown;
  test_now: Date | null;
}

/** The rule book held now and the programme's test clock; null when partners has announced none that reached us. */
export async function loadRuleBook(
  pool: Pool,
  programmeId: ProgrammeId,
): Promise<{ version: bigint; payload: unknown; testNow: Date | null } | null> {
  const { rows } = await pool.query<BookRow>(LOAD_BOOK, [uuidOf(programmeId)]);
  const [row] = rows;
  return row === undefined ? null : { version: BigInt(row.version), payload: row.book, testNow: row.test_now };
}

const LOAD_CLOCK = sql`/* ledger.programmeClock.load */
select test_now from programme_clock where programme_id = $1`;

/** The test clock; null when none was set, undefined when the programme is unknown. */
export async function loadTestClock(pool: Pool, programmeId: ProgrammeId): Promise<Date | null | undefined> {
  const { rows } = await pool.query<{ test_now: Date | null }>(LOAD_CLOCK, [uuidOf(programmeId)]);
  return rows[0]?.test_now;
}

const LOAD_NOW = sql`/* ledger.programme.loadNow */
select test_now from programme_clock where programme_id = $1`;

/** The test clock within a transaction; null when wall time rules. */
export async function loadProgrammeNow(tx: Tx, programmeId: ProgrammeId): Promise<Date | null> {
  const rows = (await tx.query(LOAD_NOW, [uuidOf(programmeId)])) as { test_now: Date | null }[];
  return rows[0]?.test_now ?? null;
}

const LOCK_PROGRAMME = sql`/* ledger.programme.lock */
select pg_advisory_xact_lock(hashtextextended($1, 0))`;

/** Waits for postings under way in the programme and keeps new ones out until the transaction ends. */
export async function lockProgramme(tx: Tx, programmeId: ProgrammeId): Promise<void> {
  await tx.query(LOCK_PROGRAMME, [programmeId]);
}

const SET_CLOCK = sql`/* ledger.setTestClock.set */
update programme_clock set test_now = $2
 where programme_id = $1
   and (test_now <= $2 or (test_now is null and not exists (
         select from journal_transaction t join settlement_cycle c on c.id = t.cycle_id
          where c.programme_id = $1 and t.recorded_at > $2)))
returning test_now`;

/** Moves the test clock; false when it already stands later, or something was recorded later by the wall's time. */
export async function moveTestClock(tx: Tx, programmeId: ProgrammeId, now: Date): Promise<boolean> {
  const [rows] = (await tx.query(SET_CLOCK, [uuidOf(programmeId), now])) as [unknown[], number];
  return rows.length === 1;
}

const LIVE_PROGRAMMES = sql`/* ledger.expiry.programmesOnWallTime */
select c.programme_id from programme_clock c where c.test_now is null`;

/** Programmes whose time is the wall's: their lots are swept as time passes. */
export async function programmesOnWallTime(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ programme_id: string }>(LIVE_PROGRAMMES);
  return rows.map((row) => row.programme_id);
}

const LOAD_EPOCH = sql`/* ledger.epoch.load */ select epoch from ledger_epoch`;

/** The book's epoch: another one after a restore, which tells live readers to start from a snapshot. */
export async function loadEpoch(pool: Pool): Promise<string> {
  const { rows } = await pool.query<{ epoch: string }>(LOAD_EPOCH);
  return rows[0]?.epoch ?? '';
}
