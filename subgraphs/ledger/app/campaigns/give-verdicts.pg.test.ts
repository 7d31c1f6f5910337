import { Client, type Pool } from 'pg';
import { inTransaction } from '../../../../kernel/db/transaction';
import { openTestDatabase, type TestDatabase } from '../../../../kernel/testkit/database';
import { FixedClock } from '../../../../kernel/values/clock';
import { uuidOf } from '../../../../kernel/values/id';
import type { RuleBook } from '../../core/rule-book';
import { ledgerDatabase } from '../../data/database';
import { saveRuleBook } from '../../data/programme.store';
import { announcementOf, aRuleBook } from '../../testkit/book';
import { aCampaign, aPurchaseRule } from '../../testkit/rules';
import { openLedger } from '../open-ledger';
import { nextVerdictDue, giveVerdicts } from './give-verdicts';

const NOW = new Date('2026-04-10T12:00:00Z');
const secrets = { internal: 'i'.repeat(32), identity: 'd'.repeat(32), cursor: 'c'.repeat(32) };

let database: TestDatabase;
beforeEach(async () => (database = await openTestDatabase(ledgerDatabase)));
afterEach(() => database.drop());

/** A programme with as many campaigns, that all run from January to the end of March. */
function aProgrammeWith(campaigns: number, change: Partial<RuleBook> = {}): RuleBook {
  const plain = aRuleBook(change);
  const [shop] = plain.brands;
  const window = { from: new Date('2026-01-10T00:00:00Z'), until: new Date('2026-03-31T12:00:00Z') };
  const rule = () => aPurchaseRule(shop, { ...window, segments: ['few'], campaign: aCampaign(shop) });
  return { ...plain, purchaseRules: Array.from({ length: campaigns }, rule) };
}

/** Verdicts of a programme by month. */
async function monthsOf({ programmeId }: RuleBook): Promise<Record<string, number>> {
  const { rows } = await database.pool.query<{ month: string; n: number }>(
    `/* test.months */ select month, count(*)::int as n from campaign_verdict where programme_id = $1 group by month order by month`,
    [uuidOf(programmeId)],
  );
  return Object.fromEntries(rows.map(({ month, n }) => [month, n]));
}

it('judges every month of every campaign that is over, and then nothing more', async () => {
  const book = aProgrammeWith(20);
  expect(await nextVerdictDue({ database }, book, NOW)).toEqual(new Date('2026-01-31T23:00:00Z'));
  await giveVerdicts({ database }, book, { now: new Date('2026-03-05T00:00:00Z') });
  expect(await monthsOf(book)).toEqual({ '2026-01': 20, '2026-02': 20 });
  await giveVerdicts({ database }, book, { now: NOW });
  expect(await monthsOf(book)).toEqual({ '2026-01': 20, '2026-02': 20, '2026-03': 20 });
  expect(await nextVerdictDue({ database }, book, new Date('2030-01-01T00:00:00Z'))).toBeNull();
});

it('stops where it is told to, and goes on from there', async () => {
  const book = aProgrammeWith(1);
  const stopping = AbortSignal.abort();
  await giveVerdicts({ database }, book, { now: NOW, stopping });
  expect(await monthsOf(book)).toEqual({});
  await giveVerdicts({ database }, book, { now: NOW });
  expect(await monthsOf(book)).toEqual({ '2026-01': 1, '2026-02': 1, '2026-03': 1 });
});

it('asks the database nothing for a programme without campaigns', async () => {
  const asked: string[] = [];
  const pool = { query: (text: string) => Promise.reject(new Error(asked[asked.push(text) - 1])) };
  const nowhere = { database: { ...database, pool } as unknown as TestDatabase };
  expect(await nextVerdictDue(nowhere, aRuleBook(), NOW)).toBeNull();
  await giveVerdicts(nowhere, aRuleBook(), { now: NOW });
  expect(asked).toEqual([]);
});

it('is done in a live programme by the job of the minute', async () => {
  const book = aProgrammeWith(2, { isSandbox: false });
  const { programmeId, version, isSandbox, currency, opensAt } = book;
  const saved = { programmeId, version, isSandbox, currency, opensAt, payload: announcementOf(book) };
  await inTransaction(database, (tx) => saveRuleBook(tx, saved));
  const peers = { link: () => ({}) as never, feed: () => ({ read: () => Promise.resolve([]) }) };
  const surroundings = { database, clock: new FixedClock(NOW), secrets, peers };
  const running = await openLedger(surroundings, { lanes: 1, batchMax: 500, reactions: {} });
  try {
    await running.start();
    const end = Date.now() + 60_000;
    while (Object.values(await monthsOf(book)).reduce((sum, n) => sum + n, 0) < 6) {
      if (Date.now() > end) throw new Error('never judged');
      await new Promise((resolve) => setImmediate(resolve));
    }
  } finally {
    await running.stop();
  }
  expect(await monthsOf(book)).toEqual({ '2026-01': 2, '2026-02': 2, '2026-03': 2 });
});

describe('two that judge at once', () => {
  /** Runs two at once, each of which has counted the first month before any of them can record it. */
  async function twoAtOnce(book: RuleBook, pool: Pick<Pool, 'query'> = database.pool): Promise<void> {
    const judging = { database: { ...database, pool: pool as Pool } };
    const gate = new Client({ connectionString: database.url });
    await gate.connect();
    try {
      await gate.query('begin');
      await gate.query('lock table campaign_verdict in share mode');
      const both = [1, 2].map(() => giveVerdicts(judging, book, { now: NOW }));
      const waiting = `/* test.waiting */ select count(*)::int as n from pg_locks
        where not granted and relation = 'campaign_verdict'::regclass`;
      while (((await gate.query<{ n: number }>(waiting)).rows[0]?.n ?? 0) < 2) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      await gate.query('commit');
      await Promise.all(both);
    } finally {
      await gate.end();
    }
  }

  it('record each verdict once', async () => {
    const book = aProgrammeWith(3);
    await twoAtOnce(book);
    expect(await monthsOf(book)).toEqual({ '2026-01': 3, '2026-02': 3, '2026-03': 3 });
  });

  // Negative control: looking for what is open is not enough, because both look before one of them records.
  it('would record them twice if campaign and month were no key', async () => {
    const owner = new Client({ connectionString: database.ownerUrl });
    await owner.connect();
    await owner.query('alter table campaign_verdict drop constraint campaign_verdict_pkey cascade');
    await owner.end();
    const book = aProgrammeWith(3);
    const keyless = (text: string, values: unknown[]) =>
      database.pool.query(text.replace(/on conflict \(.*\) do nothing/u, ''), values);
    await twoAtOnce(book, { query: keyless as Pool['query'] });
    expect((await monthsOf(book))['2026-01']).toBe(6);
  });
});
