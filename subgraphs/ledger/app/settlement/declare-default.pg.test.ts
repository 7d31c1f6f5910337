import type { Principal } from '../../../../kernel/context/principal';
import { runInvariants } from '../../../../kernel/db/invariants';
import { isRefusal, type Outcome } from '../../../../kernel/errors/refusal';
import type { Tx } from '../../../../kernel/db/transaction';
import { openTestDatabase, type TestDatabase } from '../../../../kernel/testkit/database';
import { newId, uuidOf, type PartnerId } from '../../../../kernel/values/id';
import { SETTLEMENT_STATES } from '../../core/settlement/cycle';
import { ledgerDatabase } from '../../data/database';
import { lockGuarantees } from '../../data/settlement/guarantee.store';
import { aContract, aRuleBook } from '../../testkit/book';
import { dyingAt, dyingInPieces, insist, type Mortal } from '../../testkit/dying-database';
import { TestBook } from '../../testkit/test-book';
import { advanceSettlementCycle } from './advance-settlement-cycle';
import { cutOffSettlementCycle } from './cut-off-settlement-cycle';
import { approveDefaultOf, declareDefault } from './declare-default';
import { approveGuaranteePayment, recordGuaranteePayment } from './guarantee-payments';

const [NOW, LATER] = [new Date('2026-03-10T12:00:00Z'), new Date('2026-04-30T12:00:00Z')];

let database: TestDatabase;
let book: TestBook;
let [bakery, books] = ['' as PartnerId, '' as PartnerId];
let cycleId = '';
/** Set by the last test, which leaves a book that does not add up. */
let isBroken = false;
beforeAll(async () => {
  database = await openTestDatabase(ledgerDatabase);
});
afterAll(() => database.drop());

const as = (kind: 'admin' | 'finance', subject: string): Principal => ({
  ...{ kind, programmeId: book.rules.programmeId, subject },
});
const ledger = (on: Mortal = database, rules = book.rules) => ({
  ...{
    database: { ...database, ...on },
    whole: { ...database, ...on },
    clock: book.clock,
    book: async () => ({ ...rules, singleApprover: false }),
  },
});
function done<T extends object>(outcome: Outcome<T>): T {
  if (isRefusal(outcome)) throw new Error(outcome.code);
  return outcome;
}

/** A month after which the bakery owes 31 cents and the day to pay has passed; its deposit holds 10, the default fund 5. */
beforeEach(async () => {
  const rules = aRuleBook();
  const contracts = rules.brands.map((id) => aContract(id));
  book = await TestBook.open(database, { ...rules, contracts }, NOW);
  [bakery, books] = rules.brands;
  const ann = newId('mem');
  await book.buy(ann, bakery, 100n);
  await book.redeem(ann, books, 31n);
  const alone = { ...ledger(), book: async () => book.rules };
  const admin = as('admin', 'ada');
  cycleId = done(await cutOffSettlementCycle(alone, admin, { idempotencyKey: newId('req') })).cycleId;
  for (const to of SETTLEMENT_STATES.slice(2, SETTLEMENT_STATES.indexOf('SETTLED'))) {
    done(await advanceSettlementCycle(alone, admin, { idempotencyKey: newId('req'), cycleId, to }));
  }
  for (const [fund, amountMinor] of [['DEPOSIT', 10n] as const, ['DEFAULT_FUND', 5n] as const]) {
    await record({ fund, amountMinor, direction: 'PAID_IN' }, alone);
  }
  book.clock.set(LATER);
});
afterEach(async () => {
  await book.close();
  const red = (await runInvariants(database, 'subgraphs/ledger/invariants')).filter(({ total }) => total > 0);
  expect(red.length > 0).toBe(isBroken);
});

const record = async (
  change: { fund: 'DEPOSIT' | 'DEFAULT_FUND'; amountMinor: bigint; direction: 'PAID_IN' | 'PAID_OUT' },
  on = ledger(),
) => {
  const input = { idempotencyKey: newId('req'), partnerId: bakery, bankRef: newId('req'), reason: 'test' };
  return done(await recordGuaranteePayment(on, as('admin', 'ada'), { ...input, ...change }));
};
const declare = async () => {
  const input = { idempotencyKey: newId('req'), cycleId, partnerId: bakery, reason: 'test' };
  return done(await declareDefault(ledger(), as('admin', 'ada'), input));
};
const approval = (proposal: { defaultId: string; contentHash: string }) => ({
  ...{ idempotencyKey: `approve ${proposal.defaultId}`, ...proposal },
});

/** What a default left behind, with names in place of ids. */
async function said(): Promise<string> {
  const programme = uuidOf(book.rules.programmeId);
  const nameOf = new Map(book.rules.partners.map(({ id, code }) => [uuidOf(id), code]));
  const queries = [
    'select fund, partner_id, held_minor from guarantee where programme_id = $1 order by fund',
    `select d.owed_minor, d.deposit_minor, d.fund_minor, d.approved_by, s.party_id, s.minor
       from partner_default d left join default_share s on s.default_id = d.id where d.programme_id = $1 order by s.party_id`,
    `select debit_kind, debit_owner, credit_kind, credit_owner, micros from settlement_entry
      where programme_id = $1 and cause like 'DEFAULT %' order by n`,
  ];
  const answers: unknown[] = [];
  for (const query of queries) answers.push((await database.pool.query(query, [programme])).rows);
  return JSON.stringify(answers, (_key, value: unknown) => nameOf.get(value as string) ?? value);
}

describe('a default whose approval is interrupted again and again', () => {
  let undisturbed = '';
  const step = (proposal: Parameters<typeof approval>[0]) => async (on: Mortal) =>
    done(await approveDefaultOf(ledger(on), as('finance', 'fay'), approval(proposal)));

  it('is performed, tried again with the same key, all of it and once', async () => {
    await step(await declare())(database);
    undisturbed = await said();
    expect(undisturbed).toContain('"minor":"16"');
    await book.close();
  });

  it('whichever statement it was interrupted at', async () => {
    const { crashes } = await insist(step(await declare()), dyingAt(database));
    expect(crashes).toBeGreaterThan(4);
    expect(await said()).toBe(undisturbed);
  });
});

it('never spends the default fund twice: a payment out of it at the same moment is decided after it or before it', async () => {
  const out = await record({ fund: 'DEFAULT_FUND', amountMinor: 3n, direction: 'PAID_OUT' });
  const proposal = await declare();
  const { paymentId, contentHash } = out;
  const outcomes = await Promise.all([
    approveDefaultOf(ledger(), as('finance', 'fay'), approval(proposal)),
    approveGuaranteePayment(ledger(), as('finance', 'fin'), { idempotencyKey: 'out', paymentId, contentHash }),
  ]);
  const codes = outcomes.map((outcome) => (isRefusal(outcome) ? outcome.code : 'done'));
  // Who comes second finds the fund changed.
  expect([['LEDGER_CYCLE_CONTENT_CHANGED', 'done'].join(), ['done', 'LEDGER_GUARANTEE_TOO_SMALL'].join()]).toContain(
    codes.join(),
  );
});

it('would spend it twice if what it holds were read without its lock', async () => {
  const read = async (tx: Tx) =>
    (await tx.query('select held_minor from guarantee where programme_id = $1 and fund = $2', [
      ...[uuidOf(book.rules.programmeId), 'DEFAULT_FUND'],
    ])) as { held_minor: string }[];
  const seen: string[] = [];
  await database.dataSource.transaction(async (one) => {
    await lockGuarantees(one, book.rules.programmeId, bakery);
    await database.dataSource
      .transaction(async (other) => {
        for (const tx of [one, other]) seen.push((await read(tx))[0]!.held_minor);
        // With the lock the second waits; it says so within a tenth of a second.
        await other.query("set local lock_timeout = '100ms'");
        await expect(lockGuarantees(other, book.rules.programmeId, bakery)).rejects.toThrow('lock timeout');
        await other.query('rollback');
      })
      .catch(() => undefined);
  });
  expect(seen).toEqual(['5', '5']);
});

it('would be performed in part if it were not one transaction, which the invariants notice', async () => {
  const proposal = await declare();
  const outcome = await insist(async (on) => {
    const again = { ...approval(proposal), idempotencyKey: newId('req') };
    return done(await approveDefaultOf(ledger(on), as('finance', 'fay'), again));
  }, dyingInPieces(database)).then(
    () => said(),
    (error: Error) => error.message,
  );
  expect(outcome).not.toContain('"minor":"16"');
  const red = (await runInvariants(database, 'subgraphs/ledger/invariants')).filter(({ total }) => total > 0);
  expect(red.map(({ name }) => name)).toContain('guarantees-equal-their-entries');
  isBroken = true;
});
