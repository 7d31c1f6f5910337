import type { Principal } from '../../../../kernel/context/principal';
import { runInvariants } from '../../../../kernel/db/invariants';
import { asAdministrator } from '../../../../kernel/db/provision';
import { inTransaction } from '../../../../kernel/db/transaction';
import { isRefusal } from '../../../../kernel/errors/refusal';
import { openTestDatabase, type TestDatabase } from '../../../../kernel/testkit/database';
import { idFromUuid, newId, uuidOf } from '../../../../kernel/values/id';
import { startOfDay } from '../../../../kernel/values/instant';
import { monthAfter, vintageName } from '../../core/reports/vintage';
import type { RuleBook } from '../../core/rule-book';
import { ledgerDatabase } from '../../data/database';
import { loadVintageFlows } from '../../data/reports/vintage.store';
import { VINTAGES_ROLLED_UP } from '../../data/reports/vintage-roll-up.store';
import { aContract, aRuleBook } from '../../testkit/book';
import { dyingAt, insist, type Mortal } from '../../testkit/dying-database';
import { postEveryMovement } from '../../testkit/every-movement';
import { scanJournal, type ScannedRow } from '../../testkit/journal-scan';
import { TestBook } from '../../testkit/test-book';
import { readPointLiability } from './read-liability';

const NOW = new Date('2026-03-10T12:00:00Z');
const MONTHS = ['2026-02', '2026-03', '2026-04', '2026-05', '2026-06', '2026-07'];

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase(ledgerDatabase);
});
afterAll(() => database.drop());

/** Step by step until all is: a server that served other suites has given out more ids than a step takes. */
async function rollUp(on: Mortal = database): Promise<void> {
  for (;;)
    if ((await inTransaction({ ...database, ...on }, (tx) => VINTAGES_ROLLED_UP.some(tx)))?.isDone !== false) return;
}
const isRed = async () =>
  (await runInvariants(database, 'subgraphs/ledger/invariants')).some(
    ({ name, total }) => name === 'vintage-flows-equal-the-journal' && total > 0,
  );
const rowsRolledUp = async () => (await database.pool.query('select from vintage_flow')).rowCount;

const byName = ([a]: [string, bigint], [b]: [string, bigint]) => (a < b ? -1 : 1);

/** What a report of a month is made of, and what reading the whole journal says of the same. */
async function bothWays({ programmeId, timeZone }: RuleBook, through: string) {
  const flows = await loadVintageFlows(database.pool, { programmeId, through, issuerId: null });
  const before = startOfDay(`${monthAfter(through)}-01`, timeZone);
  const scanned = await scanJournal(database.pool, { programmeId, timeZone, before });
  const isNothing = (row: ScannedRow) =>
    ['issued', 'redeemed', 'clawed_back', 'expired', 'allocated_micros'].every((field) => row[field] === '0');
  const told = flows
    .map(({ issuerId, vintage, month, issued, redeemed, clawedBack, expired, allocatedMicros }) => ({
      ...{ issuer_id: issuerId === null ? null : uuidOf(issuerId), vintage, month, issued: `${issued}` },
      ...{ redeemed: `${redeemed}`, clawed_back: `${clawedBack}`, expired: `${expired}` },
      ...{ allocated_micros: `${allocatedMicros}` },
    }))
    .filter((row) => !isNothing(row));
  const counts = new Map<string, bigint>();
  const add = (name: string, members: bigint) => counts.set(name, (counts.get(name) ?? 0n) + members);
  for (const flow of flows) {
    add(vintageName(flow), flow.members);
    add(flow.issuerId ?? '', flow.membersOfIssuer);
  }
  const scannedCounts = scanned.members.map(({ issuer_id, vintage, members }): [string, bigint] => {
    const issuerId = issuer_id == null ? null : idFromUuid('ptr', issuer_id);
    return [vintage == null ? (issuerId ?? '') : vintageName({ issuerId, vintage }), BigInt(members ?? 0)];
  });
  return {
    told: { flows: told, members: [...counts].filter(([, members]) => members > 0n).sort(byName) },
    scanned: { flows: scanned.flows.filter((row) => !isNothing(row)), members: scannedCounts.sort(byName) },
  };
}

async function expectAgreement(rules: RuleBook): Promise<void> {
  for (const month of MONTHS) {
    const { told, scanned } = await bothWays(rules, month);
    expect(told).toEqual(scanned);
  }
}

describe('reports by vintage', () => {
  it('say at the end of every month what the whole journal says, whatever of it is rolled up', async () => {
    const book = await postEveryMovement(database);
    await expectAgreement(book.rules);
    expect(await rowsRolledUp()).toBe(0);
    await rollUp();
    expect(await rowsRolledUp()).toBeGreaterThan(4);
    await expectAgreement(book.rules);
    await book.close();
    const other = await postEveryMovement(database, rollUp);
    await expectAgreement(other.rules);
    await other.buy(newId('mem'), other.rules.partners[1]!.id, 5n);
    await expectAgreement(other.rules);
    await other.close();
    expect(await isRed()).toBe(false);
  });

  it('count a member once an issuer and once a vintage, where its first points were recorded', async () => {
    const rules = aRuleBook({ timeZone: 'America/New_York' });
    const book = await TestBook.open(database, rules, new Date('2026-04-01T03:30:00Z'));
    const [bakery] = rules.brands;
    const [ann, ben] = [newId('mem'), newId('mem')];
    // In New York it is still March.
    await book.buy(ann, bakery, 10n);
    await book.buy(ann, bakery, 20n);
    await rollUp();
    book.clock.set(new Date('2026-04-01T04:00:00Z'));
    await book.buy(ann, bakery, 30n);
    await book.buy(ben, bakery, 40n);
    const counted = async () =>
      (
        await loadVintageFlows(database.pool, { programmeId: rules.programmeId, through: '2026-04', issuerId: bakery })
      ).map(({ vintage, issued, members, membersOfIssuer }) => [vintage, issued, members, membersOfIssuer]);
    const expected = [
      ['2026-03', 30n, 1n, 1n],
      ['2026-04', 70n, 2n, 1n],
    ];
    expect(await counted()).toEqual(expected);
    await rollUp();
    expect(await counted()).toEqual(expected);
    await book.close();
  });

  it('read nothing of the journal that is rolled up', async () => {
    const book = await aSmallBook();
    await rollUp();
    const admin: Principal = { kind: 'admin', programmeId: book.rules.programmeId, subject: 'ada' };
    const issued = async () => {
      const asked = { through: '2026-03', issuerId: null };
      const report = await readPointLiability(
        { database, whole: database, book: async () => book.rules },
        admin,
        asked,
      );
      if (isRefusal(report)) throw new Error(report.code);
      return report.vintages.map((one) => one.issued);
    };
    const before = await issued();
    await damageEntries('amount * 1000');
    expect(await issued()).toEqual(before);
    await startAnew();
    expect(await issued()).toEqual(before.map((points) => points * 1_000n));
    await damageEntries('amount / 1000');
    await startAnew();
    await book.close();
  });
});

/** What nobody may do: entries are for ever. */
function damageEntries(amount: string): Promise<void> {
  return asAdministrator(database.ownerUrl, async (owner) => {
    await owner.query('alter table entry disable trigger user');
    await owner.query(`update entry set amount = ${amount}`);
    await owner.query('alter table entry enable trigger user');
  });
}

async function aHolder(book: TestBook) {
  const { rows } = await database.pool.query<{ wallet: string }>(
    'select wallet from wallet where programme_id = $1 and available > 5 limit 1',
    [uuidOf(book.rules.programmeId)],
  );
  return idFromUuid('mem', rows[0]!.wallet);
}

async function aSmallBook(): Promise<TestBook> {
  const rules = aRuleBook();
  const contracts = rules.brands.map((id) => aContract(id, { reimbursementMicros: 8_013n }));
  const book = await TestBook.open(database, { ...rules, contracts }, NOW);
  const [bakery, books] = rules.brands;
  const [ann, ben] = [newId('mem'), newId('mem')];
  await book.buy(ann, bakery, 100n);
  await book.buy(ben, books, 77n);
  await book.redeem(ann, books, 31n);
  return book;
}

describe('rolling up vintages', () => {
  it('adds everything once, however often a pass is interrupted', async () => {
    await rollUp();
    const book = await aSmallBook();
    const { crashes } = await insist(rollUp, dyingAt(database));
    expect(crashes).toBeGreaterThan(1);
    await expectAgreement(book.rules);
    expect(await isRed()).toBe(false);
    expect(await inTransaction(database, (tx) => VINTAGES_ROLLED_UP.some(tx))).toMatchObject({ transactions: 0 });
    await book.close();
  });

  it('would add some twice if a pass and the note of how far it came were not one transaction', async () => {
    await rollUp();
    const book = await aSmallBook();
    const { rows } = await database.pool.query<{ snapshot: string }>(
      'select snapshot::text from vintage_roll_up_state',
    );
    await rollUp();
    // What a pass leaves that added and did not come to note it.
    await database.pool.query('update vintage_roll_up_state set snapshot = $1', [rows[0]!.snapshot]);
    const { told, scanned } = await bothWays(book.rules, '2026-03');
    expect(told).not.toEqual(scanned);
    await rollUp();
    expect(await isRed()).toBe(true);
    await startAnew();
    await book.close();
  });

  it('makes no posting wait, and passes over none that commits late', async () => {
    await rollUp();
    const book = await aSmallBook();
    const [bakery] = book.rules.partners;
    const member = await aHolder(book);
    await inTransaction(database, async (tx) => {
      await VINTAGES_ROLLED_UP.all(tx);
      // The pass still holds all it locked.
      await book.buy(member, bakery!.id, 50n);
      await expectAgreement(book.rules);
    });
    await expectAgreement(book.rules);
    await rollUp();
    await expectAgreement(book.rules);
    expect(await isRed()).toBe(false);
    await book.close();
  });

  it('would pass over a late commit if it went by the highest id it had seen, which the invariant notices', async () => {
    await rollUp();
    const book = await aSmallBook();
    await database.pool.query(
      `update vintage_roll_up_state set snapshot = format('%1$s:%1$s:', pg_snapshot_xmax(pg_current_snapshot()))::pg_snapshot`,
    );
    expect(await isRed()).toBe(true);
    await startAnew();
    await book.close();
  });

  it('begins anew on another server, and reports are right meanwhile', async () => {
    const book = await aSmallBook();
    await rollUp();
    // As in a dump that was read in elsewhere.
    await database.pool.query(`update vintage_roll_up_state set system_id = 'another'`);
    await expectAgreement(book.rules);
    await rollUp();
    await expectAgreement(book.rules);
    expect(await isRed()).toBe(false);
    await book.close();
  });
});

/** Also what the rounds do when the state says that nothing is rolled up. */
async function startAnew(): Promise<void> {
  await database.pool.query(`update vintage_roll_up_state set snapshot = '1:1:'`);
  await rollUp();
  expect(await isRed()).toBe(false);
}
