import type { Client } from 'pg';
import type { Principal } from '../../kernel/context/principal';
import { readSqlFolder, runInvariants } from '../../kernel/db/invariants';
import { asAdministrator } from '../../kernel/db/provision';
import { isRefusal } from '../../kernel/errors/refusal';
import { openTestDatabase, type TestDatabase } from '../../kernel/testkit/database';
import { newId } from '../../kernel/values/id';
import { advanceSettlementCycle } from './app/settlement/advance-settlement-cycle';
import { cutOffSettlementCycle } from './app/settlement/cut-off-settlement-cycle';
import { ledgerDatabase } from './data/database';
import { aRuleBook } from './testkit/book';
import { TestBook } from './testkit/test-book';

const FOLDER = 'subgraphs/ledger/invariants';
const FILES = readSqlFolder(FOLDER);

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase(ledgerDatabase);
  await live(database);
});
afterAll(() => database.drop());

/** Everything this version can post, over a settled cycle, one cut off, and the open one. */
async function live(at: TestDatabase): Promise<void> {
  const rules = aRuleBook({ pointsValidityDays: 30 });
  const contracts = rules.contracts.map((one) => ({ ...one, reimbursementMicros: 8_013n, feeMicros: 500n }));
  const book = await TestBook.open(at, { ...rules, contracts }, new Date('2026-03-10T12:00:00Z'));
  const [bakery, books] = rules.brands;
  const [ann, ben, cai] = [newId('mem'), newId('mem'), newId('mem')];
  await book.buy(ann, bakery, 100n);
  await book.buy(ann, books, 0n);
  await book.redeem(ann, bakery, 10n);
  await book.redeem(ann, books, 3n);
  await book.redeem(ann, books, 4n);
  await book.buy(ben, books, 600n);
  await book.capture(ben, bakery, { holdSeq: await book.hold(ben, bakery, 20n), amount: 15n });
  await book.release(ben, bakery, await book.hold(ben, bakery, 7n));
  await close(book, at, ['DRAFT', 'ISSUED', 'AGREED', 'NETTED']);
  await book.buy(cai, bakery, 9n);
  book.clock.set(new Date('2026-05-10T12:00:00Z'));
  await book.expire(cai);
  await close(book, at, []);
  await book.buy(ann, books, 50n);
  await book.redeem(ann, bakery, 8n);
  await book.hold(ann, bakery, 5n);
  await book.close();
}

async function close(book: TestBook, at: TestDatabase, steps: readonly ('DRAFT' | 'ISSUED' | 'AGREED' | 'NETTED')[]) {
  const ledger = { database: at, clock: book.clock, book: async () => book.rules };
  const admin: Principal = { kind: 'admin', programmeId: book.rules.programmeId, subject: 'ada' };
  const cut = await cutOffSettlementCycle(ledger, admin, { idempotencyKey: newId('req') });
  if (isRefusal(cut)) throw new Error(cut.code);
  for (const to of steps) {
    const step = await advanceSettlementCycle(ledger, admin, {
      idempotencyKey: newId('req'),
      cycleId: cut.cycleId,
      to,
    });
    if (isRefusal(step)) throw new Error(step.code);
  }
}

/** The names of the invariants that are red after some damage, which the owner does, and which is undone with its connection. */
function redAfter(damage: readonly string[]): Promise<string[]> {
  return asAdministrator(database.ownerUrl, async (client) => {
    await client.query('begin');
    for (const table of ['journal_transaction', 'entry', 'lot', 'claim', 'purchase', 'document']) {
      await client.query(`alter table ${table} disable trigger user`);
    }
    for (const statement of damage) {
      const { rowCount } = await client.query(statement);
      expect(rowCount).toBeGreaterThan(0);
    }
    return redNow(client);
  });
}

async function redNow(client: Client): Promise<string[]> {
  const red: string[] = [];
  for (const { name, sql } of FILES) if ((await client.query(sql)).rows.length > 0) red.push(name);
  return red;
}

const OPEN_CYCLE = `(select id from settlement_cycle where state = 'OPEN')`;
const LAST = `(t.bucket, t.wallet, t.seq) = (w.bucket, w.wallet, w.seq)`;

/** Damage that no constraint of the tables notices, and the invariants that do. */
const DAMAGE: readonly (readonly [what: string, red: readonly string[], damage: readonly string[]])[] = [
  [
    'a wallet, its hold and its last transaction agree on a point that no entry put on hold',
    ['wallet-balances-equal-entries'],
    [
      `update hold set points = points + 1 where state = 'OPEN'`,
      `update journal_transaction t set held_after = held_after + 1 from wallet w where ${LAST} and w.held > 0`,
      `update wallet set held = held + 1 where held > 0`,
    ],
  ],
  [
    'an open lot holds a point more',
    ['available-equals-open-lots', 'open-lots-rebuild-from-entries'],
    [`update open_lot set remaining = remaining + 1`],
  ],
  [
    'an open lot is kept as another issuer’s',
    ['open-lots-rebuild-from-entries'],
    [`update open_lot set issuer_id = gen_random_uuid()`],
  ],
  [
    'a spent lot is open again',
    ['available-equals-open-lots', 'open-lots-rebuild-from-entries'],
    [
      `insert into open_lot (bucket, wallet, lot_seq, programme_id, issuer_id, remaining, earned_at)
       select bucket, wallet, lot_seq, programme_id, issuer_id, 9, earned_at from lot join wallet using (bucket, wallet)
        where quantity = 9`,
    ],
  ],
  [
    'a lot was issued with one point less than its entries say',
    ['lots-are-never-overdrawn'],
    [`update lot set quantity = quantity - 1`, `update purchase set points = points - 1 where points > 0`],
  ],
  [
    'points expired in favour of somebody who did not issue them',
    ['entries-have-their-owners'],
    [`update entry set credit_owner = gen_random_uuid() where credit_kind = 'EXPIRED'`],
  ],
  [
    'a wallet counts a transaction that is not there',
    ['journal-versions-without-gaps'],
    [`update wallet set seq = seq + 1`],
  ],
  [
    'the feed believes it is complete and is not',
    ['feed-numbers-the-journal'],
    [`update journal_feed_state set snapshot = pg_current_snapshot()`],
  ],
  [
    'the feed numbers a version before the one it follows',
    ['feed-numbers-the-journal'],
    [
      `insert into journal_feed (batch, buckets, wallets, seqs)
       select 1, array[bucket, bucket], array[wallet, wallet], array[2, 1] from journal_transaction where seq = 2 limit 1`,
    ],
  ],
  [
    'a transaction tells another balance than it left',
    ['balances-follow-one-another'],
    [`update journal_transaction set available_after = available_after + 1 where seq = 1`],
  ],
  [
    'a member stands on a rung no transaction led to',
    ['tiers-follow-the-journal'],
    [`update wallet set tier_code = 'PLATINUM'`],
  ],
  [
    'a transaction begins on another rung than the one before left',
    ['tiers-follow-the-journal'],
    [`update journal_transaction set tier_before = 'PLATINUM' where seq = 2`],
  ],
  [
    'a hold sets aside more than the wallet has on hold',
    ['held-equals-open-holds'],
    [`update hold set points = points + 1 where state = 'OPEN'`],
  ],
  [
    'a purchase claims to have earned more than its lot',
    ['purchases-have-their-lots'],
    [`update purchase set points = points + 1 where points > 0`],
  ],
  [
    'a purchase that earned nothing says it earned',
    ['purchases-have-their-lots'],
    [`update purchase set points = 1 where points = 0`],
  ],
  [
    'a redemption is missing from the directory of documents',
    ['documents-match-the-journal'],
    [`delete from document where kind = 'REDEMPTION'`],
  ],
  [
    'nobody owes the redeemer of another brand’s points',
    ['claims-match-their-entries'],
    [`delete from claim where kind = 'REDEMPTION' and cycle_id = ${OPEN_CYCLE}`],
  ],
  [
    'a claim arose from points on hold',
    ['claims-match-their-entries'],
    [
      `insert into claim (bucket, wallet, seq, n, cycle_id, debtor_id, creditor_id, kind, micros, lot_seq, points,
         contract_version, currency)
       select c.bucket, c.wallet, h.seq, 0, c.cycle_id, c.debtor_id, c.creditor_id, c.kind, c.micros, c.lot_seq, c.points,
              c.contract_version, c.currency
         from claim c join hold h on h.bucket = c.bucket and h.wallet = c.wallet and h.state = 'OPEN'
        where c.kind = 'REDEMPTION' and c.cycle_id = ${OPEN_CYCLE}`,
    ],
  ],
  [
    'a claim is a millionth more than its points at the agreed price',
    ['claims-have-their-price'],
    [`update claim set micros = micros + 1 where cycle_id = ${OPEN_CYCLE}`],
  ],
  [
    'a claim is settled in another cycle than its transaction',
    ['claims-share-their-transactions-cycle'],
    [
      `update claim set cycle_id = (select id from settlement_cycle where state = 'CUT_OFF') where cycle_id = ${OPEN_CYCLE}`,
    ],
  ],
  [
    'time between two cycles belongs to neither',
    ['cycles-follow-one-another'],
    [`update settlement_cycle set opens_at = opens_at + interval '1 second' where state = 'OPEN'`],
  ],
  [
    'the clock posts into a cycle that was cut off',
    ['cycles-follow-one-another'],
    [`update programme_clock set open_cycle_id = (select id from settlement_cycle where state = 'CUT_OFF')`],
  ],
  [
    'a total begins with a carry nobody left',
    ['totals-equal-their-claims'],
    [
      `update directional_total set carry_in_micros = carry_in_micros + 1, carry_micros = carry_micros + 1
        where abs(carry_micros) < 4999`,
    ],
  ],
  [
    'a total carries a millionth that nothing left over',
    ['totals-are-rounded-once'],
    [`update directional_total set carry_micros = carry_micros + 1`],
  ],
  [
    'the lines of a pair add up to a cent more than is billed',
    ['lines-add-up-to-totals'],
    [`update statement_line set billed_minor = billed_minor + 1 where n = 1`],
  ],
  ['a claim has no line', ['lines-add-up-to-totals'], [`delete from statement_line where n = 1`]],
  [
    'the nets of two parties are a cent off, though their sum is zero',
    ['nets-sum-to-zero'],
    [
      `update net_position set net_minor = net_minor + 1 where party_id is null`,
      `update net_position set net_minor = net_minor - 1
        where party_id = (select min(party_id::text)::uuid from net_position)`,
    ],
  ],
];

describe('the invariants of the ledger', () => {
  it('are all green over a book that was posted and settled', async () => {
    const findings = await runInvariants(database, FOLDER);
    expect(findings.filter(({ total }) => total > 0)).toEqual([]);
    expect(findings).toHaveLength(FILES.length);
  });

  it.each(DAMAGE)('notice that %s', async (_, red, damage) => {
    expect(await redAfter(damage)).toEqual([...red].sort());
  });

  it('have each been seen red', () => {
    expect([...new Set(DAMAGE.flatMap(([, red]) => red))].sort()).toEqual(FILES.map(({ name }) => name));
  });
});
