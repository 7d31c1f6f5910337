import { openTestDatabase, type TestDatabase } from '../../../../kernel/testkit/database';
import { inTransaction } from '../../../../kernel/db/transaction';
import { openLog } from '../../../../kernel/telemetry/log';
import { FixedClock } from '../../../../kernel/values/clock';
import { newId, type MemberId } from '../../../../kernel/values/id';
import { planPurchase } from '../../core/movements/purchase';
import { ledgerDatabase } from '../../data/database';
import { TermsShelf } from '../../data/points/terms.store';
import { loadEpoch, saveRuleBook } from '../../data/programme.store';
import { announcementOf, aRuleBook } from '../../testkit/book';
import { LiveAccounts, type LiveChange, type WatchRequest } from './live-accounts';
import { NO_NEEDS, walletOf } from './posting-command';
import { PostingLanes } from './posting-lanes';

const NOW = new Date('2026-03-10T12:00:00Z');

describe('live accounts', () => {
  const book = aRuleBook();
  let database: TestDatabase;
  let live: LiveAccounts;
  let here: PostingLanes;
  let elsewhere: PostingLanes;
  let epoch: string;

  beforeAll(async () => {
    database = await openTestDatabase(ledgerDatabase);
    const { programmeId, version, isSandbox, currency, opensAt } = book;
    const payload = announcementOf(book);
    await inTransaction(database, (tx) =>
      saveRuleBook(tx, { programmeId, version, isSandbox, currency, opensAt, payload }),
    );
    epoch = await loadEpoch(database.pool);
    live = new LiveAccounts(database.pool, epoch);
    here = open((outcomes) => outcomes.forEach((one) => one.kind === 'posted' && live.posted(one.own)));
    // A second process: it commits to the same database and tells this one nothing.
    elsewhere = open(() => undefined);
  });
  afterAll(async () => {
    live.close();
    await Promise.all([here.close(), elsewhere.close()]);
    await database.drop();
  });

  function open(onPosted: ConstructorParameters<typeof PostingLanes>[0]['onPosted']): PostingLanes {
    const shelf = { book: async () => book, held: () => book };
    const log = openLog('test', 'silent');
    return new PostingLanes({
      url: database.url,
      lanes: 2,
      batchMax: 500,
      shelf,
      terms: new TermsShelf(),
      clock: new FixedClock(NOW),
      log,
      onPosted,
    });
  }
  async function earn(lanes: PostingLanes, memberId: MemberId, amount: bigint): Promise<void> {
    const purchase = {
      partnerId: book.brands[0],
      externalRef: newId('txn'),
      amountMinor: amount * 100n,
      currency: 'EUR',
      occurredAt: NOW,
      branch: null,
      channel: null,
      lines: null,
    };
    await lanes.post({
      ...walletOf(memberId),
      programmeId: book.programmeId,
      caller: 'test',
      intent: null,
      document: null,
      needs: NO_NEEDS,
      others: [],
      opensWallet: true,
      plan: (wallet, facts) => planPurchase(wallet, purchase, facts),
    });
  }
  const watch = (memberId: MemberId, rest: Partial<WatchRequest> = {}) =>
    live.watch({ programmeId: book.programmeId, memberId, after: null, epoch: null, only: 'all', ...rest });
  async function take(stream: AsyncIterator<LiveChange>, count: number): Promise<LiveChange[]> {
    const taken: LiveChange[] = [];
    while (taken.length < count) taken.push((await stream.next()).value as LiveChange);
    return taken;
  }

  it('sends a snapshot first, then every change with a gap-free version and what was last sent before it', async () => {
    const member = newId('mem');
    await earn(here, member, 10n);
    const stream = watch(member);
    const [snapshot] = await take(stream, 1);
    await earn(here, member, 5n);
    await earn(here, member, 6n);
    const changes = await take(stream, 2);
    await stream.return();
    expect(
      [snapshot, ...changes].map((one) => [
        one?.isSnapshot,
        one?.previousVersion,
        one?.version,
        one?.balances.available,
      ]),
    ).toEqual([
      [true, null, 1n, 10n],
      [false, 1n, 2n, 15n],
      [false, 2n, 3n, 21n],
    ]);
  });

  it('starts from zero for a member nothing has happened to', async () => {
    const stream = watch(newId('mem'));
    const [snapshot] = await take(stream, 1);
    await stream.return();
    expect(snapshot).toMatchObject({ isSnapshot: true, version: 0n, line: null, balances: { available: 0n } });
  });

  it('resumes after the version last seen without a snapshot, and starts anew in another epoch', async () => {
    const member = newId('mem');
    for (const amount of [1n, 2n, 3n]) await earn(here, member, amount);
    const resumed = watch(member, { after: 1n, epoch });
    expect((await take(resumed, 2)).map(({ version, isSnapshot }) => [version, isSnapshot])).toEqual([
      [2n, false],
      [3n, false],
    ]);
    const anew = watch(member, { after: 1n, epoch: 'another' });
    expect((await take(anew, 1)).map(({ version, isSnapshot }) => [version, isSnapshot])).toEqual([[3n, true]]);
    await Promise.all([resumed.return(), anew.return()]);
  });

  it('misses and reorders nothing while this process and another one commit at once', async () => {
    const member = newId('mem');
    const stream = watch(member);
    await take(stream, 1);
    const posting = Promise.all(
      Array.from({ length: 300 }, (_, n) => earn(n % 2 === 0 ? here : elsewhere, member, 1n)),
    );
    const versions = (await take(stream, 300)).map(({ version }) => version);
    await posting;
    await stream.return();
    expect(versions).toEqual(Array.from({ length: 300 }, (_, n) => BigInt(n + 1)));
  });

  it('tells of a tier only when it changes', async () => {
    const member = newId('mem');
    const stream = watch(member, { only: 'tier' });
    await take(stream, 1);
    for (const amount of [100n, 100n, 400n, 10n, 500n]) await earn(here, member, amount);
    const changes = await take(stream, 3);
    await stream.return();
    expect(changes.map(({ tierBefore, tierAfter }) => [tierBefore, tierAfter])).toEqual([
      [null, 'BASE'],
      ['BASE', 'SILVER'],
      ['SILVER', 'GOLD'],
    ]);
  });

  it('lets a reader leave while it waits', async () => {
    const stream = watch(newId('mem'));
    await take(stream, 1);
    const waiting = stream.next();
    await stream.return();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });
});
