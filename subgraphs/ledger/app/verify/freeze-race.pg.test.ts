import { openLog } from '../../../../kernel/telemetry/log';
import { openTestDatabase, type TestDatabase } from '../../../../kernel/testkit/database';
import { FixedClock } from '../../../../kernel/values/clock';
import { newOpaqueId, uuidOf, type MemberId } from '../../../../kernel/values/id';
import { planPurchase } from '../../core/movements/purchase';
import { walletKeyOf } from '../../core/points/wallet';
import { refuse } from '../../core/refusals';
import { ledgerDatabase } from '../../data/database';
import { TermsShelf } from '../../data/points/terms.store';
import { purchase } from '../../testkit/asked';
import { aRuleBook } from '../../testkit/book';
import { RecklessBook } from '../../testkit/reckless-book';
import { TestBook } from '../../testkit/test-book';
import { PostingLanes } from '../points/posting-lanes';
import { intentOf, NO_NEEDS, walletOf } from '../points/posting-command';
import { stopAccounts } from './stop-wrong-accounts';

const NOW = new Date('2026-03-10T12:00:00Z');
const log = openLog('test', 'silent');
const rules = aRuleBook();
const [issuer] = rules.brands;

let database: TestDatabase;
let lanes: PostingLanes;
let victim: MemberId;
let neighbour: MemberId;
beforeEach(async () => {
  database = await openTestDatabase(ledgerDatabase);
  [victim, neighbour] = [newOpaqueId('mem'), newOpaqueId('mem')];
  const book = await TestBook.open(database, rules, NOW);
  for (const member of [victim, neighbour]) await book.buy(member, issuer, 100n);
  await book.close();
  lanes = new PostingLanes({
    ...{ url: database.url, lanes: 2, batchMax: 10, terms: new TermsShelf(), clock: new FixedClock(NOW), log },
    shelf: { book: async () => rules, held: () => rules },
    onPosted: () => undefined,
  });
});
afterEach(async () => {
  await lanes.close();
  await database.drop();
});

const stop = () => stopAccounts({ database, log }, [{ key: walletKeyOf(victim), found: 'chain', seq: null }]);
const versionOf = async (member: MemberId): Promise<bigint> => {
  const read = '/* test.version */ select max(seq) as seq from journal_transaction where wallet = $1';
  return BigInt((await database.pool.query<{ seq: string }>(read, [uuidOf(member)])).rows[0]?.seq ?? 0);
};

async function earn(key: string): Promise<string> {
  const sale = { partnerId: issuer, externalRef: key, amountMinor: 500n, currency: 'EUR', occurredAt: NOW };
  const outcome = await lanes.post({
    ...walletOf(victim),
    programmeId: rules.programmeId,
    caller: 'test',
    intent: intentOf('test', { operation: 'earn', idempotencyKey: key, body: key }),
    document: null,
    needs: NO_NEEDS,
    others: [],
    opensWallet: true,
    plan: (wallet, facts) => planPurchase(wallet, { ...sale, branch: null, channel: null, lines: null }, facts),
  });
  return outcome.kind === 'refused' ? outcome.refusal.code : outcome.kind;
}

/** An outsider who keeps an account locked until told. */
async function holding(member: MemberId): Promise<() => Promise<void>> {
  const holder = await database.pool.connect();
  await holder.query('begin');
  await holder.query('/* test.hold */ select 1 from wallet where wallet = $1 for update', [uuidOf(member)]);
  return async () => {
    await holder.query('commit');
    holder.release();
  };
}
async function waiting(count: number): Promise<void> {
  const look = `/* test.waiting */ select count(distinct pid)::integer as count from pg_locks
    where not granted and pid in (select pid from pg_stat_activity where datname = current_database())`;
  while ((await database.pool.query<{ count: number }>(look)).rows[0]!.count < count) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('a stop of an account', () => {
  it('that waits before a posting refuses it: the posting judges the row as it is under the lock', async () => {
    const before = await versionOf(victim);
    const release = await holding(victim);
    const stopping = stop();
    await waiting(1);
    const earning = earn('behind');
    await waiting(2);
    await release();
    await stopping;
    expect([await earning, await versionOf(victim)]).toEqual(['LEDGER_ACCOUNT_FROZEN', before]);
  });

  it('is the last that is seen of an account on which many post at that moment', async () => {
    const before = await versionOf(victim);
    let stopped = false;
    const tills = Array.from({ length: 8 }, async (_, till) => {
      const told: string[] = [];
      // Each goes on for a while after the stop, so that there is something to refuse.
      for (let n = 0, after = 0; after < 3; n += 1) {
        if (stopped) after += 1;
        told.push(await earn(`${till}.${n}`));
      }
      return told;
    });
    while ((await versionOf(victim)) < before + 20n) await new Promise((resolve) => setImmediate(resolve));
    await stop();
    const last = await versionOf(victim);
    stopped = true;
    const told = (await Promise.all(tills)).flat();
    expect(await versionOf(victim)).toBe(last);
    expect(new Set(told)).toEqual(new Set(['posted', 'LEDGER_ACCOUNT_FROZEN']));
    expect(BigInt(told.filter((one) => one === 'posted').length)).toBe(last - before);
  });

  it('negative control: a posting decided by the row as it was before the lock is written after the stop', async () => {
    const reckless = await RecklessBook.open(database, rules, NOW);
    const before = await versionOf(victim);
    const release = await holding(neighbour);
    const sale = purchase({ memberId: victim, partnerId: issuer, occurredAt: NOW }, 'reckless', 500n);
    const other = purchase({ memberId: neighbour, partnerId: issuer, occurredAt: NOW }, 'neighbour', 500n);
    const judged: typeof sale = {
      ...sale,
      plan: (wallet, facts, others) =>
        wallet.isFrozen ? refuse('LEDGER_ACCOUNT_FROZEN', 'Posting is stopped.') : sale.plan(wallet, facts, others),
    };
    // The second is read, and the first written, only when its account is let go.
    const racing = reckless.race([judged, other]);
    await waiting(1);
    await stop();
    await release();
    expect(await racing).toEqual(['posted', 'posted']);
    expect(await versionOf(victim)).toBe(before + 1n);
    await reckless.close();
  });
});
