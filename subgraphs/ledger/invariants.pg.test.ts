import type { Client } from 'pg';
import type { Principal } from '../../kernel/context/principal';
import { readSqlFolder, runInvariants } from '../../kernel/db/invariants';
import { asAdministrator } from '../../kernel/db/provision';
import { inTransaction } from '../../kernel/db/transaction';
import { isRefusal } from '../../kernel/errors/refusal';
import { openTestDatabase, type TestDatabase } from '../../kernel/testkit/database';
import { newId } from '../../kernel/values/id';
import { advanceSettlementCycle } from './app/settlement/advance-settlement-cycle';
import { cutOffSettlementCycle } from './app/settlement/cut-off-settlement-cycle';
import { ledgerDatabase } from './data/database';
import { VINTAGES_ROLLED_UP } from './data/reports/vintage-roll-up.store';
import { aRuleBook } from './testkit/book';
import { postEveryMovement } from './testkit/every-movement';
import { aCampaign, aPurchaseRule } from './testkit/rules';
import { TestBook } from './testkit/test-book';

const FOLDER = 'subgraphs/ledger/invariants';
const FILES = readSqlFolder(FOLDER);

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase(ledgerDatabase);
  await live(database);
});
afterAll(() => database.drop());

/** What the rules can post, over a settled cycle, one cut off, and the open one; and a second book of every settlement model. */
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
  await (await postEveryMovement(at)).close();
  await liveWithACampaign(at);
  await inTransaction(at, (tx) => VINTAGES_ROLLED_UP.all(tx));
}

/** A purchase to which a campaign adds a lot of its own. */
async function liveWithACampaign(at: TestDatabase): Promise<void> {
  const rules = aRuleBook();
  const [bakery] = rules.brands;
  const purchaseRules = [
    aPurchaseRule(bakery, { effect: { kind: 'BONUS', points: 17n }, campaign: aCampaign(bakery) }),
  ];
  const book = await TestBook.open(at, { ...rules, purchaseRules }, new Date('2026-03-10T12:00:00Z'));
  await book.buy(newId('mem'), bakery, 100n);
  await book.close();
}

async function close(book: TestBook, at: TestDatabase, steps: readonly ('DRAFT' | 'ISSUED' | 'AGREED' | 'NETTED')[]) {
  const ledger = { database: at, whole: at, clock: book.clock, book: async () => book.rules };
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
    for (const table of [
      'wallet',
      'journal_transaction',
      'entry',
      'lot',
      'campaign_lot',
      'claim',
      'money_entry',
      'purchase',
      'purchase_return',
      'redemption_reversal',
      'redemption_money',
      'document',
      'settlement_entry',
    ]) {
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

/** The open cycle of the programme that has closed others. */
const OPEN_CYCLE = `(select id from settlement_cycle where state = 'OPEN' and number > 1)`;
const LAST = `(t.bucket, t.wallet, t.seq) = (w.bucket, w.wallet, w.seq)`;

/** Damage that no constraint of the tables notices, and the invariants that do. */
const DAMAGE: readonly (readonly [what: string, red: readonly string[], damage: readonly string[]])[] = [
  [
    'a wallet, its hold and its last transaction agree on a point that no entry put on hold',
    ['balances-follow-one-another', 'wallet-balances-equal-entries'],
    [
      `update hold set points = points + 1 where state = 'OPEN'`,
      `update journal_transaction t set held_after = held_after + 1 from wallet w where ${LAST} and w.held > 0`,
      `update wallet set held = held + 1 where held > 0`,
    ],
  ],
  [
    'a campaign is said to have given a point more',
    ['campaign-lots-are-lots'],
    [`update campaign_lot set points = points + 1`],
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
      `insert into open_lot (bucket, wallet, lot_seq, programme_id, issuer_id, terms_id, remaining, earned_at)
       select bucket, wallet, lot_seq, programme_id, issuer_id, terms_id, 9, earned_at from lot join wallet using (bucket, wallet)
        where quantity = 9`,
    ],
  ],
  [
    'a lot was issued with one point less than its entries say',
    ['lots-are-never-overdrawn'],
    [
      `update lot set quantity = quantity - 1`,
      `update campaign_lot set points = points - 1`,
      `update purchase p set points = points - (select count(*) from lot l
        where (l.bucket, l.wallet, l.seq) = (p.bucket, p.wallet, p.seq)) where points > 0`,
    ],
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
    ['claims-rederive-from-entries'],
    [`delete from claim where kind = 'REDEMPTION' and cycle_id = ${OPEN_CYCLE}`],
  ],
  [
    'a claim arose from points on hold',
    ['claims-rederive-from-entries'],
    [
      `insert into claim (bucket, wallet, seq, n, entry_n, cycle_id, debtor_id, creditor_id, kind, micros, lot_seq, points,
         contract_version, currency)
       select c.bucket, c.wallet, h.seq, 0, 0, c.cycle_id, c.debtor_id, c.creditor_id, c.kind, c.micros, c.lot_seq, c.points,
              c.contract_version, c.currency
         from claim c join hold h on h.bucket = c.bucket and h.wallet = c.wallet and h.state = 'OPEN'
        where c.kind = 'REDEMPTION' and c.cycle_id = ${OPEN_CYCLE}`,
    ],
  ],
  [
    'a claim is a millionth more than its points at the agreed price',
    ['claims-rederive-from-entries'],
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
    'a fund is short of a millionth',
    ['funds-equal-outstanding-points'],
    [`update money_entry set micros = micros + 1 where debit_kind = 'POINT_FUND' or credit_kind = 'POINT_FUND'`],
  ],
  [
    'a prefund holds what was paid for no points',
    ['prefunds-equal-outstanding-points'],
    [
      `insert into money_entry (bucket, wallet, seq, n, entry_n, programme_id, cycle_id, debit_kind, debit_owner, credit_kind, credit_owner,
         micros, lot_seq, currency)
       select c.bucket, c.wallet, c.seq, 99, c.entry_n, t.programme_id, c.cycle_id, 'SETTLEMENT_BANK', null, c.hub_account, c.hub_owner,
              1000, c.lot_seq, c.currency
         from claim c join journal_transaction t using (bucket, wallet, seq) where c.hub_account = 'PREFUND' limit 1`,
    ],
  ],
  [
    'a member owes another than the entries say',
    ['owed-points-equal-entries'],
    [
      `update wallet set owed = jsonb_set(owed, '{0,creditor}', to_jsonb(gen_random_uuid()::text)) where owed is not null`,
    ],
  ],
  [
    'a point more is waiting than was put there',
    ['pending-lots-rebuild-from-entries'],
    [`update pending_lot set remaining = remaining + 1`],
  ],
  [
    'a lot continues one that is not there',
    ['claims-rederive-from-entries', 'lots-are-never-overdrawn', 'transfers-have-two-ends'],
    [`update lot set parent_wallet = wallet, parent_lot_seq = 99 where lot_seq = 1`],
  ],
  [
    'more of a redemption was reversed than came back',
    ['what-came-back-was-there'],
    [`update redemption_reversal set points = points + 1`],
  ],
  [
    'what was paid beside points is in another currency',
    ['money-beside-points-is-of-redemptions'],
    [`update redemption_money set currency = 'USD'`],
  ],
  [
    'money was paid beside a purchase',
    ['money-beside-points-is-of-redemptions'],
    [
      `insert into redemption_money (bucket, wallet, seq, amount_minor, currency)
       select bucket, wallet, seq, 1, 'EUR' from journal_transaction where kind = 'EARN' limit 1`,
    ],
  ],
  [
    'more goods were returned than were bought',
    ['what-came-back-was-there'],
    [`update purchase_return set amount_minor = 1000000`],
  ],
  [
    'an intent that was posted was refused as well',
    ['intents-are-decided-once'],
    [
      `update journal_transaction set command_hash = gen_random_uuid(), body_hash = '' where seq = 1`,
      `insert into command_refusal (bucket, wallet, command_hash, body_hash, refusal)
       select bucket, wallet, command_hash, body_hash, '{}' from journal_transaction where seq = 1`,
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
    'the lines of a pair add up to a cent less than is billed',
    ['lines-add-up-to-totals'],
    [`update directional_total set cut_remainder = null where cut_remainder is not null`],
  ],
  [
    'a claim has no line',
    ['lines-add-up-to-totals', 'roll-up-equals-the-claims'],
    [`delete from claim_line where n = 1`],
  ],
  [
    'a vintage has a point more than the journal gave it',
    ['vintage-flows-equal-the-journal'],
    [`update vintage_flow set issued = issued + 1 where issued > 0`],
  ],
  [
    'a member is counted where its first points were not recorded',
    ['vintage-flows-equal-the-journal'],
    [`update vintage_flow set members_of_issuer = members_of_issuer + 1 where members_of_issuer > 0`],
  ],
  [
    'the sums of a pair are not those of its lines',
    ['roll-up-equals-the-claims'],
    [`update claim_pair set micros = micros + 1`],
  ],
  [
    'a clearing account was moved by more than was billed',
    ['settlement-money-adds-up'],
    [`update settlement_entry set micros = micros + 1`],
  ],
  [
    'the nets of two parties are a cent off, though their sum is zero',
    ['nets-sum-to-zero'],
    [
      `update net_position set net_minor = net_minor + 1 where party_id is null`,
      `update net_position set net_minor = net_minor - 1
        where party_id = (select min(party_id::text)::uuid from net_position)`,
    ],
  ],
  [
    'a deposit holds what nobody paid in',
    ['guarantees-equal-their-entries'],
    [
      `insert into guarantee (programme_id, fund, partner_id, held_minor)
       select n.programme_id, 'DEPOSIT', n.debit_owner, 100 from settlement_entry n where n.debit_owner is not null limit 1`,
    ],
  ],
  [
    'the bank is said to have confirmed a payment nobody instructed',
    ['confirmed-payments-are-what-was-instructed'],
    [
      `insert into bank_entry (programme_id, end_to_end_id, cycle_id, partner_id, identity, amount_minor, currency, imported_by,
         imported_at)
       select c.programme_id, 'STL-1-P01', c.id, n.party_id, 'once', abs(n.pay_amount_minor), c.currency, 'fay', now()
         from settlement_cycle c join net_position n on n.cycle_id = c.id and n.party_id is not null
        where c.state = 'NETTED' limit 1`,
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
