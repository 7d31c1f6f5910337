import { sqlStateOf } from '../../../../kernel/db/transaction';
import { openTestDatabase, type TestDatabase } from '../../../../kernel/testkit/database';
import { newId, newOpaqueId, uuidOf, type MemberId } from '../../../../kernel/values/id';
import { walletKeyOf } from '../../core/points/wallet';
import { ledgerDatabase } from '../../data/database';
import { freezeAccounts } from '../../data/verify/freeze.store';
import { aContract, aRuleBook } from '../../testkit/book';
import { TestBook } from '../../testkit/test-book';

const NOW = new Date('2026-03-10T12:00:00Z');
const plain = aRuleBook();
const [issuer, redeemer] = plain.brands;
const rules = {
  ...plain,
  contracts: [aContract(issuer, { settlementModel: 'AT_ISSUANCE', issuanceMicros: 12_000n }), aContract(redeemer)],
};

let database: TestDatabase;
let book: TestBook;
beforeAll(async () => {
  database = await openTestDatabase(ledgerDatabase);
  book = await TestBook.open(database, rules, NOW);
});
afterAll(async () => {
  await book.close();
  await database.drop();
});

/** A member who earned 100 points at version 1 and spent 30 at version 2. */
async function aMember(): Promise<string> {
  const member: MemberId = newOpaqueId('mem');
  await book.buy(member, issuer, 100n);
  await book.redeem(member, redeemer, 30n);
  return uuidOf(member);
}

const asApplication = (statement: string) =>
  database.pool.query(statement).then(
    ({ rowCount }) => `${rowCount} done`,
    (error: unknown) => `${sqlStateOf(error)} ${String(error)}`,
  );

/** A row of the wallet's once more, with something else in it. */
const again = (table: string, change: object) => (wallet: string) =>
  `insert into ${table} select (jsonb_populate_record(r, '${JSON.stringify(change)}')).* from ${table} r
    where wallet = '${wallet}' and seq = 1 limit 1`;
const changing = (table: string, change: string) => (wallet: string) =>
  `update ${table} set ${change} where wallet = '${wallet}'`;

const NOT_POSTED = 'LEDGER_WALLET_NOT_POSTED';
const LATE = 'LEDGER_VERSION_POSTED';
type Case = readonly [code: string, table: string, what: string, statement: (wallet: string) => string];
const CASES: readonly Case[] = [
  [NOT_POSTED, 'wallet', 'available raised', changing('wallet', 'available = available + 1000')],
  [NOT_POSTED, 'wallet', 'pending raised', changing('wallet', 'pending = pending + 1')],
  [NOT_POSTED, 'wallet', 'held raised', changing('wallet', 'held = held + 1')],
  [NOT_POSTED, 'wallet', 'what counts towards the tier raised', changing('wallet', 'qualifying = qualifying + 1')],
  [NOT_POSTED, 'wallet', 'another tier', changing('wallet', `tier_code = 'GIVEN'`)],
  [NOT_POSTED, 'wallet', 'an older version', changing('wallet', 'seq = 1, available = 100')],
  [
    ...([NOT_POSTED, 'wallet', 'one made with points'] as const),
    () => `insert into wallet (bucket, wallet, programme_id, available) values (1, '${uuidOf(newId('mem'))}',
      '${uuidOf(rules.programmeId)}', 1000)`,
  ],
  [LATE, 'entry', 'one more', again('entry', { n: 99 })],
  [LATE, 'claim', 'one more', again('claim', { n: 99 })],
  [LATE, 'money_entry', 'one more', again('money_entry', { n: 99 })],
  [
    ...([LATE, 'lot_extension', 'of a version that was none'] as const),
    (wallet) => `insert into lot_extension (bucket, wallet, lot_seq, seq, expires_at)
      select bucket, wallet, 1, seq, '2030-01-01' from journal_transaction where wallet = '${wallet}' and seq = 2`,
  ],
  [
    ...([LATE, 'redemption_reversal', 'of a version that is not there'] as const),
    (wallet) => `insert into redemption_reversal (bucket, wallet, redemption_seq, seq, points)
      select bucket, wallet, seq, 3, 10 from journal_transaction where wallet = '${wallet}' and seq = 2`,
  ],
];

describe('the database, though the application may write there', () => {
  it.each(CASES)(
    'refuses with %s in %s: %s; without its guard it is written',
    async (code, table, _what, statement) => {
      const wallet = await aMember();
      expect(await asApplication(statement(wallet))).toMatch(new RegExp(`^23514 .*${code}`, 'u'));
      await database.asOwner(`alter table ${table} disable trigger user`);
      try {
        expect(await asApplication(statement(wallet))).toBe('1 done');
      } finally {
        await database.asOwner(`alter table ${table} enable trigger user`);
      }
    },
  );

  it('stops an account that is wrong, and lets it go, as it is', async () => {
    const [wallet, member] = await aMember().then(
      (uuid) => [uuid, walletKeyOf(`mem_${uuid.replaceAll('-', '')}` as MemberId)] as const,
    );
    await database.asOwner(`alter table wallet disable trigger user; update wallet set available = available + 1 where wallet = '${wallet}';
      alter table wallet enable trigger user`);
    expect(await freezeAccounts(database.pool, [{ key: member, found: 'test', seq: null }])).toEqual([wallet]);
    expect(await asApplication(changing('wallet', 'frozen_at = null')(wallet))).toBe('1 done');
    expect(await asApplication(changing('wallet', 'available = available + 1')(wallet))).toContain(NOT_POSTED);
  });
});
