import type { Pool, PoolClient } from 'pg';
import type { Principal } from '../../../../kernel/context/principal';
import { isRefusal } from '../../../../kernel/errors/refusal';
import { openTestDatabase, type TestDatabase } from '../../../../kernel/testkit/database';
import { idFromUuid, newId, uuidOf, type Id } from '../../../../kernel/values/id';
import { points } from '../../../../kernel/values/points';
import { planBuyOut } from '../../core/movements/buy-out';
import { planClawback } from '../../core/movements/clawback';
import { planReversal } from '../../core/movements/reversal';
import type { Contract } from '../../core/rule-book';
import { ledgerDatabase } from '../../data/database';
import { aContract, aRuleBook } from '../../testkit/book';
import { OF_EVERY_MODEL, postEveryMovement } from '../../testkit/every-movement';
import { TestBook } from '../../testkit/test-book';
import { cutOffSettlementCycle } from '../settlement/cut-off-settlement-cycle';
import { simulateClose, type PartnerTrial } from './simulate-close';

type Terms = Omit<PartnerTrial, 'partnerId'> & Partial<Contract>;

const NOW = new Date('2026-03-10T12:00:00Z');
let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase(ledgerDatabase);
});
afterAll(() => database.drop());

const adminOf = ({ rules }: TestBook): Principal => ({
  ...{ kind: 'admin', programmeId: rules.programmeId, subject: 'ada' },
});
const ledgerOf = (book: TestBook, pool: Pool = database.pool) => ({
  ...{ database: { ...database, pool }, whole: { ...database, pool }, clock: book.clock, book: async () => book.rules },
  catchUpRules: async () => undefined,
});

async function openCycle({ rules }: TestBook): Promise<Id<'cyc'>> {
  const { rows } = await database.pool.query<{ id: string }>(
    `select id from settlement_cycle where programme_id = $1 and state = 'OPEN'`,
    [uuidOf(rules.programmeId)],
  );
  return idFromUuid('cyc', rows[0]!.id);
}

/** Parties by their place among the partners, so that books with other ids can be compared; `H` is the operator. */
const placeIn = ({ rules }: TestBook, party: string | null): string =>
  party === null ? 'H' : String(rules.partners.findIndex(({ id }) => id === party));

async function simulated(book: TestBook, cycleId: string, terms: readonly PartnerTrial[], pool?: Pool) {
  const answer = await simulateClose(ledgerOf(book, pool), adminOf(book), { cycleId, terms });
  if (isRefusal(answer)) throw new Error(answer.code);
  const by = (of: 'asItIsMicros' | 'simulatedMicros') =>
    Object.fromEntries(answer.nets.map((net) => [placeIn(book, net.partyId), net[of]]));
  return { asItIs: by('asItIsMicros'), would: by('simulatedMicros') };
}

/** What a cycle's claims come to by party, read from the table and not from what moved. */
async function claimedIn(book: TestBook, cycleId: Id<'cyc'>): Promise<Record<string, bigint>> {
  const { rows } = await database.pool.query<{ party: string | null; micros: string }>(
    `select party, sum(micros)::text as micros
       from (select creditor_id as party, micros from claim where cycle_id = $1
             union all select debtor_id, -micros from claim where cycle_id = $1) one
      group by party`,
    [uuidOf(cycleId)],
  );
  return Object.fromEntries(
    rows.map(({ party, micros }) => [placeIn(book, party === null ? null : idFromUuid('ptr', party)), BigInt(micros)]),
  );
}

/** Bit by bit a draw that comes back is rounded more often than it is simulated: by a micro-unit for each of the four reversals. */
const ROUNDED_MICROS = 4n;
function expectClose(actual: Record<string, bigint>, expected: Record<string, bigint>): void {
  for (const party of new Set([...Object.keys(actual), ...Object.keys(expected)])) {
    const apart = (actual[party] ?? 0n) - (expected[party] ?? 0n);
    if (apart > ROUNDED_MICROS || apart < -ROUNDED_MICROS) expect(actual).toEqual(expected);
  }
}
const totalOf = (nets: Record<string, bigint>) => Object.values(nets).reduce((sum, net) => sum + net, 0n);

const PRICES = { reimbursementMicros: 8_013n, feeMicros: 501n };
const OTHERS: readonly [string, readonly [Terms, Terms]][] = [
  ['AT_REDEMPTION', [{ settlementModel: 'AT_REDEMPTION' }, { settlementModel: 'AT_REDEMPTION', prefundBps: 0 }]],
  [
    'AT_ISSUANCE',
    [{}, { settlementModel: 'AT_ISSUANCE', issuanceMicros: 9_001n, prefundBps: 0, breakageShareBps: 2_500 }],
  ],
  ['HYBRID', [{ settlementModel: 'HYBRID', prefundBps: 6_667 }, { prefundBps: 1_234 }]],
  ['other prices', [{ reimbursementMicros: 8_207n, feeMicros: 703n }, { reimbursementMicros: 7_909n }]],
  ['another share of breakage', [{ breakageShareBps: 7_777 }, {}]],
];

describe('a close under other terms', () => {
  let book: TestBook;
  beforeAll(async () => {
    book = await postEveryMovement(database);
  });
  afterAll(() => book.close());

  it.each(OTHERS)('comes to what the same month comes to when it is posted under them: %s', async (_, [one, other]) => {
    const cycleId = await openCycle(book);
    const [first, second] = book.rules.partners.map(({ id }) => id);
    const terms = [
      { partnerId: first!, ...one },
      { partnerId: second!, ...other },
    ];
    const { asItIs, would } = await simulated(book, cycleId, terms);
    expect(asItIs).toEqual(await claimedIn(book, cycleId));
    const posted = await postEveryMovement(database, undefined, [
      { ...OF_EVERY_MODEL[0], ...(one as Partial<Contract>) },
      { ...OF_EVERY_MODEL[1], ...(other as Partial<Contract>) },
    ]);
    const really = await claimedIn(posted, await openCycle(posted));
    expect(really).not.toEqual(asItIs);
    expectClose(would, really);
    expect(totalOf(would)).toBe(0n);
    await posted.close();
  });

  it('says of a closed cycle what it said while it was open, whatever is posted after', async () => {
    const mine = await postEveryMovement(database);
    const cycleId = await openCycle(mine);
    const terms = [{ partnerId: mine.rules.partners[0]!.id, settlementModel: 'AT_REDEMPTION' }];
    const before = await simulated(mine, cycleId, terms);
    const cut = await cutOffSettlementCycle(ledgerOf(mine), adminOf(mine), { idempotencyKey: newId('req') });
    if (isRefusal(cut)) throw new Error(cut.code);
    await mine.buy(newId('mem'), mine.rules.partners[0]!.id, 500n);
    expect(await simulated(mine, cycleId, terms)).toEqual(before);
    expect((await simulated(mine, await openCycle(mine), [])).asItIs).not.toEqual(before.asItIs);
    await mine.close();
  });

  it('takes points that come back at the price they were redeemed at', async () => {
    const rules = aRuleBook();
    const [a, b] = rules.brands;
    const dearer = aContract(b, {
      ...PRICES,
      version: 2,
      reimbursementMicros: 9_000n,
      validFrom: new Date('2026-03-20T00:00:00Z'),
    });
    const contracts = [aContract(a, PRICES), aContract(b, PRICES), dearer];
    const mine = await TestBook.open(database, { ...rules, contracts }, NOW);
    const member = newId('mem');
    await mine.buy(member, a, 100n);
    const spent = await mine.redeem(member, b, 70n);
    mine.clock.set(new Date('2026-03-25T12:00:00Z'));
    const undo = { redemptionSeq: spent, partnerId: b, points: null, reason: 'test' };
    await mine.post(member, (wallet, facts) => planReversal(wallet, undo, facts), { needs: { redemptions: [spent] } });
    const { asItIs, would } = await simulated(mine, await openCycle(mine), [{ partnerId: a, feeMicros: 0n }]);
    expect(asItIs).toEqual({ 0: -50_100n, 1: 0n, H: 50_100n });
    expect(would).toEqual({ 0: 0n, 1: 0n, H: 0n });
    const free = { partnerId: a, settlementModel: 'AT_ISSUANCE', issuanceMicros: 9_000n };
    // Nothing was spent in the end, so the fund has paid nobody.
    expect((await simulated(mine, await openCycle(mine), [free])).would).toEqual({ 0: -900_000n, 1: 0n, H: 900_000n });
    await mine.close();
  });

  it('leaves bought out what was bought out, and has it in both figures', async () => {
    const rules = aRuleBook();
    const [a, b] = rules.brands;
    const fund = aContract(a, { ...PRICES, version: 2, settlementModel: 'AT_ISSUANCE', issuanceMicros: 9_000n });
    const book = await TestBook.open(
      database,
      { ...rules, contracts: [aContract(a, PRICES), aContract(b, PRICES)] },
      NOW,
    );
    const member = newId('mem');
    await book.buy(member, a, 100n);
    const buyOut = { issuerId: a, contract: fund, breakageBps: 1_000 };
    await book.post(member, (wallet, facts) => planBuyOut(wallet, buyOut, facts));
    const { asItIs, would } = await simulated(book, await openCycle(book), [{ partnerId: a, feeMicros: 0n }]);
    // 100 points at 0.008013 less a tenth, and the fee of 0.0501.
    expect(asItIs).toEqual({ 0: -771_270n, H: 771_270n });
    expect(would).toEqual({ 0: -721_170n, H: 721_170n });
    // Half of them is taken back: its fee, and what was paid for it when it was bought out, whatever is paid for others.
    const taken = { lotSeq: 2n, points: points(50n), issuerId: a, isGift: false, reason: 'test' };
    const needs = { lots: true, pastLots: [2n] };
    await book.post(member, (wallet, facts) => planClawback(wallet, taken, facts), { needs });
    const trial = { partnerId: a, feeMicros: 0n, issuanceMicros: 9_500n };
    const half = await simulated(book, await openCycle(book), [trial]);
    const [paid, back, fee] = [721_170n, 50n * 7_211n, 25_050n];
    expect(half.asItIs).toEqual({ 0: back - paid - fee, H: paid - back + fee });
    expect(half.would).toEqual({ 0: back - paid, H: paid - back });
    await book.close();
  });
});

describe('a close simulated while claims come in', () => {
  /** A pool whose connections post something between two questions of a simulation. */
  function poolThatPosts(book: TestBook, begin: string): Pool {
    const connect = async () => {
      const client = await database.pool.connect();
      let isFirst = true;
      const query = async (text: string, values?: unknown[]) => {
        if (text.startsWith('begin')) return client.query(begin);
        const answer = await client.query(text, values);
        if (isFirst) {
          isFirst = false;
          await sell(book);
        }
        return answer;
      };
      return new Proxy(client, {
        get: (target, name) => (name === 'query' ? query : bound(target, name)),
      });
    };
    return new Proxy(database.pool, { get: (target, name) => (name === 'connect' ? connect : bound(target, name)) });
  }
  const bound = (target: Pool | PoolClient, name: string | symbol): unknown => {
    const value: unknown = Reflect.get(target, name);
    return typeof value === 'function' ? (value.bind(target) as unknown) : value;
  };
  /** 100 points of A's spent at B. */
  async function sell(book: TestBook): Promise<void> {
    const [a, b] = book.rules.partners;
    const member = newId('mem');
    await book.buy(member, a!.id, 100n);
    await book.redeem(member, b!.id, 100n);
  }
  async function aBook(): Promise<TestBook> {
    const rules = aRuleBook();
    const contracts = rules.brands.map((id) => aContract(id, { reimbursementMicros: 8_000n }));
    const book = await TestBook.open(database, { ...rules, contracts }, NOW);
    await sell(book);
    return book;
  }
  const dearer = (book: TestBook) => [{ partnerId: book.rules.partners[1]!.id, reimbursementMicros: 9_000n }];

  it('is of one instant: what was posted meanwhile is in neither figure, and in both the next time', async () => {
    const book = await aBook();
    const cycleId = await openCycle(book);
    const pool = poolThatPosts(book, 'begin isolation level repeatable read read only');
    expect(await simulated(book, cycleId, dearer(book), pool)).toEqual({
      ...{ asItIs: { 0: -800_000n, 1: 800_000n }, would: { 0: -900_000n, 1: 900_000n } },
    });
    expect(await simulated(book, cycleId, dearer(book))).toEqual({
      ...{ asItIs: { 0: -1_600_000n, 1: 1_600_000n }, would: { 0: -1_800_000n, 1: 1_800_000n } },
    });
    await book.close();
  });

  it('would mix two instants if each question were answered as of its own', async () => {
    const book = await aBook();
    const { asItIs, would } = await simulated(book, await openCycle(book), dearer(book), poolThatPosts(book, 'begin'));
    expect(would[1]! * 8n).not.toBe(asItIs[1]! * 9n);
    await book.close();
  });
});
