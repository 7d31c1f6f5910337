import type { PoolClient } from 'pg';
import { inTransaction } from '../../../../kernel/db/transaction';
import { openTestDatabase, type TestDatabase } from '../../../../kernel/testkit/database';
import { newId, uuidOf, type MemberId, type PartnerId } from '../../../../kernel/values/id';
import { runInvariants } from '../../../../kernel/db/invariants';
import type { Principal } from '../../../../kernel/context/principal';
import { isRefusal } from '../../../../kernel/errors/refusal';
import { directionalTotal } from '../../core/settlement/directional-total';
import { ledgerDatabase } from '../../data/database';
import { CLAIMS_ROLLED_UP } from '../../data/settlement/roll-up.store';
import { aContract, aRuleBook } from '../../testkit/book';
import { TestBook } from '../../testkit/test-book';
import { advanceSettlementCycle } from './advance-settlement-cycle';
import { cutOffSettlementCycle } from './cut-off-settlement-cycle';

const NOW = new Date('2026-03-10T12:00:00Z');
let database: TestDatabase;
let book: TestBook;
let [bakery, books] = ['' as PartnerId, '' as PartnerId];
beforeAll(async () => {
  database = await openTestDatabase(ledgerDatabase);
});
beforeEach(async () => {
  const rules = aRuleBook();
  const contracts = rules.brands.map((id) => aContract(id, { reimbursementMicros: 8_013n, feeMicros: 517n }));
  book = await TestBook.open(database, { ...rules, contracts }, NOW);
  [bakery, books] = rules.brands;
});
afterEach(() => book.close());
afterAll(() => database.drop());

const admin = (): Principal => ({ kind: 'admin', programmeId: book.rules.programmeId, subject: 'ada' });
const ledger = () => ({ database, whole: database, clock: book.clock, book: async () => book.rules });
const rollUp = () => inTransaction(database, (tx) => CLAIMS_ROLLED_UP.all(tx));
const rollUpSome = () => inTransaction(database, (tx) => CLAIMS_ROLLED_UP.some(tx));
const red = async () =>
  (await runInvariants(database, 'subgraphs/ledger/invariants'))
    .filter(({ total }) => total > 0)
    .map(({ name }) => name);
async function draw(): Promise<string> {
  const cut = await cutOffSettlementCycle(ledger(), admin(), { idempotencyKey: newId('req') });
  if (isRefusal(cut)) throw new Error(cut.code);
  const { cycleId } = cut;
  const drawn = await advanceSettlementCycle(ledger(), admin(), { idempotencyKey: newId('req'), cycleId, to: 'DRAFT' });
  if (isRefusal(drawn)) throw new Error(drawn.code);
  return cycleId;
}
async function linesOf(cycleId: string) {
  const { rows } = await database.pool.query<{ pair: number; n: number; micros: string; billed_minor: string }>(
    'select pair, n, micros, billed_minor from statement_line where cycle_id = $1 order by pair, n',
    [uuidOf(cycleId as never)],
  );
  return rows;
}

it('bills line by line exactly what rounding all lines of a pair together would, however often it was rolled up', async () => {
  const members = Array.from({ length: 6 }, () => newId('mem'));
  let drawn = 1n;
  for (const member of members) await book.buy(member, bakery, 997n);
  for (let round = 0; round < 30; round += 1) {
    drawn = (drawn * 7n + 3n) % 31n;
    await book.redeem(members[round % members.length]!, round % 3 === 0 ? bakery : books, 1n + drawn);
    if (round % 4 === 0) await rollUp();
  }
  const cycleId = await draw();
  const lines = await linesOf(cycleId);
  const pairs = [...new Set(lines.map(({ pair }) => pair))];
  expect(pairs).toHaveLength(2);
  for (const pair of pairs) {
    const own = lines.filter((line) => line.pair === pair);
    const byHand = directionalTotal(
      own.map(({ micros }) => ({ micros: BigInt(micros) })),
      { carryInMicros: 0n, microsPerMinor: 10_000n },
    );
    expect(own.map(({ billed_minor }) => BigInt(billed_minor))).toEqual(byHand.lineMinors);
    expect(own.map(({ n }) => n)).toEqual(own.map((_, n) => n + 1));
  }
  expect(await red()).toEqual([]);
});

/** Copies what one posting wrote to another wallet, in a transaction of its own that began before. */
async function copyPosting(slow: PoolClient, from: MemberId): Promise<void> {
  const [wallet, copy] = [uuidOf(from), `${uuidOf(newId('mem')).slice(0, -2)}${uuidOf(from).slice(-2)}`];
  const change: Record<string, string> = {
    journal_transaction: `jsonb_build_object('wallet', $2::text, 'xid', pg_current_xact_id()::text)`,
    document: `jsonb_build_object('wallet', $2::text, 'hash', gen_random_uuid()::text, 'external_ref', 'copy')`,
    purchase: `jsonb_build_object('wallet', $2::text, 'external_ref', 'copy')`,
  };
  const tables = ['wallet', 'entry', 'lot', 'open_lot', 'claim', 'purchase', 'document', 'journal_transaction'];
  const inserts = tables.map((table) => {
    const values = change[table] ?? `jsonb_build_object('wallet', $2::text)`;
    return `in_${table} as (insert into ${table} select (jsonb_populate_record(null::${table}, to_jsonb(t) || ${values})).*
      from ${table} t where t.wallet = $1::uuid)`;
  });
  // One statement, as a posting is: the guards look at all tables after it.
  await slow.query(`/* test.rollUp.copy */ with ${inserts.join(', ')} select`, [wallet, copy]);
}

it('passes over nothing that commits late, and takes nothing twice', async () => {
  const slow = await database.pool.connect();
  try {
    const [early, late] = [newId('mem'), newId('mem')];
    await book.buy(early, bakery, 10n);
    await slow.query('begin');
    await copyPosting(slow, early);
    // It has an id by now; this one gets a later id and commits before it.
    await book.buy(late, bakery, 20n);
    const lines = async () => {
      await rollUp();
      const { rows } = await database.pool.query<{ lines: number }>(
        'select count(*)::int as lines from claim_line l join settlement_cycle y on y.id = l.cycle_id where y.programme_id = $1',
        [uuidOf(book.rules.programmeId)],
      );
      return rows[0]?.lines;
    };
    expect([await lines(), await lines()]).toEqual([2, 2]);
    await slow.query('commit');
    expect([await lines(), await lines()]).toEqual([3, 3]);
    // The copy is no posting of its own in every respect; what is rolled up of it is.
    expect(await red()).not.toContain('roll-up-equals-the-claims');
  } finally {
    slow.release();
  }
});

it('leaves a pass to whoever is at it', async () => {
  await book.buy(newId('mem'), bakery, 10n);
  await inTransaction(database, async (tx) => {
    await CLAIMS_ROLLED_UP.all(tx);
    expect(await rollUpSome()).toBeNull();
  });
  expect(await rollUpSome()).toMatchObject({ isDone: true });
});

async function untilOneWaits(): Promise<void> {
  for (;;) {
    const { rows } = await database.pool.query<{ waiting: number }>(
      `select count(*)::int as waiting from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query like '%roll_up_state%'`,
    );
    if (rows[0]?.waiting === 1) return;
  }
}

/** Somebody asks for the state while a pass is under way that goes on to see more than they could when they asked. */
async function askedDuringALongPass<T>(ask: () => Promise<T>): Promise<T> {
  let asked = Promise.resolve() as Promise<unknown>;
  await inTransaction(database, async (tx) => {
    await CLAIMS_ROLLED_UP.all(tx);
    asked = ask();
    await untilOneWaits();
    await book.buy(newId('mem'), bakery, 30n);
    await CLAIMS_ROLLED_UP.all(tx);
  });
  return (await asked) as T;
}

it('takes nothing twice that was rolled up while it waited for its turn', async () => {
  await book.buy(newId('mem'), bakery, 10n);
  await askedDuringALongPass(rollUp);
  expect(await red()).not.toContain('roll-up-equals-the-claims');
});

it('would see less than is rolled up if it looked in the statement that waits', async () => {
  await book.buy(newId('mem'), bakery, 10n);
  const { rows } = await askedDuringALongPass(() =>
    database.pool.query<{ is_older: boolean }>(
      `select pg_snapshot_xmax(s.snapshot) > pg_snapshot_xmax(pg_current_snapshot()) as is_older from roll_up_state s for update`,
    ),
  );
  expect(rows).toEqual([{ is_older: true }]);
});

it('would pass over a late commit if it went by the highest id it had seen, which the invariant notices', async () => {
  await rollUp();
  expect(await red()).not.toContain('roll-up-equals-the-claims');
  await book.buy(newId('mem'), bakery, 10n);
  // The careless pass: everything below the newest id counts as seen, whether or not it had committed.
  await database.pool.query(
    `update roll_up_state set snapshot = format('%1$s:%1$s:', pg_snapshot_xmax(pg_current_snapshot()))::pg_snapshot`,
  );
  expect(await red()).toContain('roll-up-equals-the-claims');
});
