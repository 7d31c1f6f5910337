import type { Principal } from '../../../../kernel/context/principal';
import { openDatabase } from '../../../../kernel/db/database';
import { runInvariants } from '../../../../kernel/db/invariants';
import { isRefusal } from '../../../../kernel/errors/refusal';
import { openTestDatabase, type TestDatabase } from '../../../../kernel/testkit/database';
import { newId, uuidOf } from '../../../../kernel/values/id';
import { SETTLEMENT_STATES, type SettlementState } from '../../core/settlement/cycle';
import { ledgerDatabase } from '../../data/database';
import { aContract, aRuleBook } from '../../testkit/book';
import { dyingAt, dyingInPieces, hangingAt, insist, type Dying, type Mortal } from '../../testkit/dying-database';
import { TestBook } from '../../testkit/test-book';
import { advanceSettlementCycle } from './advance-settlement-cycle';
import { cutOffSettlementCycle } from './cut-off-settlement-cycle';

const NOW = new Date('2026-03-10T12:00:00Z');
/** A statement of the step's own transaction: the pass of the roll-up before it has fewer. */
const WITHIN_THE_STEP = 7;

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase(ledgerDatabase);
});
afterAll(() => database.drop());

/** A month of two brands, posted afresh: the same every time, but for ids. */
async function aMonth(): Promise<TestBook> {
  const rules = aRuleBook();
  const contracts = rules.brands.map((id) => aContract(id, { reimbursementMicros: 8_013n, feeMicros: 517n }));
  const book = await TestBook.open(database, { ...rules, contracts }, NOW);
  const [bakery, books] = rules.brands;
  const [ann, ben] = [newId('mem'), newId('mem')];
  await book.buy(ann, bakery, 100n);
  await book.buy(ben, books, 77n);
  await book.redeem(ann, books, 31n);
  await book.redeem(ben, bakery, 13n);
  await book.redeem(ann, books, 7n);
  await book.redeem(ann, bakery, 5n);
  return book;
}

/** A step of the road to LOCKED, with the same key however often it is tried. */
type Step = (on: Mortal) => Promise<string>;

function roadOf(book: TestBook): Step[] {
  const admin: Principal = { kind: 'admin', programmeId: book.rules.programmeId, subject: 'ada' };
  let cycleId = '';
  const [, , ...states] = SETTLEMENT_STATES;
  const ledgerOn = (on: Parameters<Step>[0]) => ({
    ...{
      database: { ...database, ...on },
      whole: { ...database, ...on },
      clock: book.clock,
      book: async () => book.rules,
    },
  });
  const rates = [
    { currency: 'PLN', rate: '4.2575', source: 'ECB', rateId: '1', partnerIds: [book.rules.partners[0]!.id] },
  ];
  const cut: Step = async (on) => {
    const done = await cutOffSettlementCycle(ledgerOn(on), admin, { idempotencyKey: 'cut', rates });
    if (isRefusal(done)) throw new Error(done.code);
    cycleId = done.cycleId;
    return cycleId;
  };
  const take =
    (to: SettlementState): Step =>
    async (on) => {
      const done = await advanceSettlementCycle(ledgerOn(on), admin, { idempotencyKey: to, cycleId, to });
      if (isRefusal(done)) throw new Error(done.code);
      return cycleId;
    };
  return [cut, ...states.map(take)];
}

/** Everything a cycle says, with names in place of ids: bytes to compare. */
async function saidBy(book: TestBook, cycleId: string): Promise<string> {
  const nameOf = new Map(book.rules.partners.map(({ id, code }) => [uuidOf(id), code]));
  const queries = [
    'select state, version, pay_from_minor from settlement_cycle where id = $1',
    `select debtor_id, creditor_id, lines, exact_micros, suspense_micros, carry_in_micros, billed_minor, carry_micros
       from directional_total where cycle_id = $1 order by debtor_id nulls last, creditor_id nulls last`,
    `select d.debtor_id, d.creditor_id, l.n, l.kind, l.micros, l.billed_minor
       from statement_line l join directional_total d using (cycle_id, pair)
      where cycle_id = $1 order by d.debtor_id nulls last, d.creditor_id nulls last, l.n`,
    `select party_id, net_minor, pay_minor, pay_currency, pay_amount_minor, rate, fx_difference_micros from net_position
      where cycle_id = $1 order by party_id nulls last`,
    `select n, debit_kind, debit_owner, debit_counterparty, credit_kind, credit_owner, credit_counterparty, micros, currency, cause
       from settlement_entry where cycle_id = $1 order by n`,
  ];
  const answers: unknown[] = [];
  for (const query of queries) answers.push((await database.pool.query(query, [uuidOf(cycleId as never)])).rows);
  return JSON.stringify(answers, (_key, value: unknown) => nameOf.get(value as string) ?? value);
}

async function lead(book: TestBook, onDying: Dying | null): Promise<{ said: string; crashes: number }> {
  let [last, crashes] = ['', 0];
  for (const step of roadOf(book)) {
    const done = onDying === null ? { done: await step(database), crashes: 0 } : await insist(step, onDying);
    last = done.done;
    crashes += done.crashes;
  }
  return { said: await saidBy(book, last), crashes };
}

describe('a close that is interrupted again and again within every step', () => {
  let undisturbed: string;
  beforeAll(async () => {
    const book = await aMonth();
    undisturbed = (await lead(book, null)).said;
    await book.close();
  });

  it('ends, tried again with the same keys, in the very same statements', async () => {
    const book = await aMonth();
    const { said, crashes } = await lead(book, dyingAt(database));
    await book.close();
    expect(crashes).toBeGreaterThan(20);
    expect(said).toBe(undisturbed);
    const red = (await runInvariants(database, 'subgraphs/ledger/invariants')).filter(({ total }) => total > 0);
    expect(red).toEqual([]);
  });

  it('is taken over by another process while the first one hangs within every step, and after it is gone', async () => {
    const book = await aMonth();
    const other = await openDatabase({ ...ledgerDatabase, url: database.url });
    let [last, refused] = ['', 0];
    for (const step of roadOf(book)) {
      const hanging = hangingAt(database, WITHIN_THE_STEP);
      // Its promise never comes back: nobody waits for a process that hangs.
      void step(hanging).catch(() => undefined);
      const pid = await hanging.hangs;
      const early = await step(other).catch((error: Error) => error.message);
      expect(early).toBe('IDEMPOTENCY_IN_PROGRESS');
      refused += 1;
      await other.pool.query('select pg_terminate_backend($1, 5000)', [pid]);
      last = await step(other);
    }
    const said = await saidBy(book, last);
    await other.close();
    await book.close();
    expect(refused).toBe(SETTLEMENT_STATES.length - 1);
    expect(said).toBe(undisturbed);
  });

  it('would not if a step were not one transaction', async () => {
    const book = await aMonth();
    const outcome = await lead(book, dyingInPieces(database)).then(
      ({ said }) => said,
      (error: Error) => error.message,
    );
    await book.close();
    expect(outcome).not.toBe(undisturbed);
  });
});
