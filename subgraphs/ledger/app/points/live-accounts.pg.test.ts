import { asAdministrator } from '../../../../kernel/db/provision';
import { openTestDatabase, type TestDatabase } from '../../../../kernel/testkit/database';
import { inTransaction } from '../../../../kernel/db/transaction';
import { openLog } from '../../../../kernel/telemetry/log';
import { FixedClock } from '../../../../kernel/values/clock';
import { newId, type MemberId } from '../../../../kernel/values/id';
import { planPurchase } from '../../core/movements/purchase';
import { ledgerDatabase } from '../../data/database';
import type { PlannedTransaction } from '../../data/points/apply.store';
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
  let lastPosted: PlannedTransaction | null = null;

  beforeAll(async () => {
    database = await openTestDatabase(ledgerDatabase);
    const { programmeId, version, isSandbox, currency, opensAt } = book;
    const payload = announcementOf(book);
    await inTransaction(database, (tx) =>
      saveRuleBook(tx, { programmeId, version, isSandbox, currency, opensAt, payload }),
    );
    epoch = await loadEpoch(database.pool);
    live = new LiveAccounts(database.pool, epoch);
    here = open((outcomes) => {
      for (const one of outcomes) {
        if (one.kind !== 'posted') continue;
        lastPosted = one.own;
        live.posted(one.own);
      }
    });
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
    live.watch({
      programmeId: book.programmeId,
      memberId,
      after: null,
      epoch: null,
      only: 'all',
      mayStillRead: null,
      ...rest,
    });
  const asOwner = (sql: string) => asAdministrator(database.ownerUrl, (client) => client.query(sql));
  const allowCommits = () => asOwner('drop trigger if exists refuse on journal_transaction');
  /** Postings go through, and fail in the very commit, as with a full disk. */
  async function whileCommitsFail(work: () => Promise<void>): Promise<void> {
    await asOwner(`/* test.refuse */ create or replace function refuse_commit() returns trigger language plpgsql as
      $$ begin raise exception 'refused in the commit'; end $$`);
    await asOwner(`/* test.refuse */ create constraint trigger refuse after insert on journal_transaction
      deferrable initially deferred for each row execute function refuse_commit()`);
    try {
      await work();
    } finally {
      await allowCommits();
    }
  }
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

  it.each(['all', 'tier'] as const)(
    'begins anew with a snapshot for a reader of %s whose version is from the future, as of a book that was restored',
    async (only) => {
      const member = newId('mem');
      await earn(here, member, 10n);
      const stream = watch(member, { after: 7n, epoch, only });
      const [snapshot] = await take(stream, 1);
      await stream.return();
      expect(snapshot).toMatchObject({ isSnapshot: true, previousVersion: null, version: 1n });
      const empty = watch(newId('mem'), { after: 1n, epoch, only });
      expect(await take(empty, 1)).toMatchObject([{ isSnapshot: true, previousVersion: null, version: 0n }]);
      await empty.return();
    },
  );

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

  it('tells a reader of the account only the latest of more than a thousand it missed, one of the ladder every move', async () => {
    const member = newId('mem');
    await earn(here, member, 1n);
    await Promise.all(Array.from({ length: 1_101 }, () => earn(elsewhere, member, 1n)));
    const state = watch(member, { after: 1n, epoch });
    const [latest] = await take(state, 1);
    expect(latest).toMatchObject({
      version: 1_102n,
      previousVersion: 1n,
      isSnapshot: false,
      balances: { available: 1_102n },
    });
    await earn(here, member, 1n);
    expect((await take(state, 1))[0]).toMatchObject({ version: 1_103n, previousVersion: 1_102n });
    const ladder = watch(member, { after: 0n, epoch, only: 'tier' });
    const moves = await take(ladder, 3);
    expect(moves.map(({ tierAfter }) => tierAfter)).toEqual(['BASE', 'SILVER', 'GOLD']);
    // The control: with fewer missed each is told.
    const near = watch(member, { after: 1_000n, epoch });
    expect((await take(near, 2)).map(({ version }) => version)).toEqual([1_001n, 1_002n]);
    await Promise.all([state.return(), ladder.return(), near.return()]);
  });

  it('reads for a thousand readers that come back at once in a handful of statements', async () => {
    const members = Array.from({ length: 1_000 }, () => newId('mem'));
    await Promise.all(members.flatMap((member) => [earn(here, member, 1n), earn(here, member, 2n)]));
    const query = jest.spyOn(database.pool, 'query');
    const startedAt = Date.now();
    const streams = members.map((member) => watch(member, { after: 1n, epoch }));
    const told = await Promise.all(streams.map((stream) => take(stream, 1)));
    expect(Date.now() - startedAt).toBeLessThan(5_000);
    const reads = query.mock.calls.filter(([text]) => String(text).includes('ledger.live.load'));
    query.mockRestore();
    expect(told.flat().map(({ version }) => version)).toEqual(members.map(() => 2n));
    expect(reads.length).toBeLessThanOrEqual(5);
    await Promise.all(streams.map((stream) => stream.return()));
  });

  it('ends with FORBIDDEN within five seconds when its reader may not read any longer', async () => {
    let may = true;
    const stream = watch(newId('mem'), { mayStillRead: async () => may });
    await take(stream, 1);
    const waiting = stream.next();
    may = false;
    const withdrawnAt = Date.now();
    await expect(waiting).rejects.toMatchObject({ extensions: { code: 'FORBIDDEN' } });
    expect(Date.now() - withdrawnAt).toBeLessThan(5_000);
    expect((await stream.next()).done).toBe(true);
  });

  it('goes on while nobody can say whether its reader may still read', async () => {
    let asked = 0;
    const away = async () => {
      asked += 1;
      throw new Error('the database is away');
    };
    const member = newId('mem');
    const stream = watch(member, { mayStillRead: away });
    await take(stream, 1);
    const waiting = take(stream, 1);
    while (asked === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await earn(here, member, 1n);
    expect((await waiting)[0]!.version).toBe(1n);
    await stream.return();
  });

  describe('and a transaction that fails in its commit', () => {
    /** What was told although it never came to be. */
    const untrue = async (member: MemberId, changes: readonly LiveChange[]) => {
      const [snapshot] = await take(watch(member), 1);
      return changes.filter(({ version }) => version > snapshot!.version);
    };

    it('are told nothing of it, and of the next one under the same version', async () => {
      const member = newId('mem');
      await earn(here, member, 1n);
      await whileCommitsFail(async () => {
        const stream = watch(member);
        await take(stream, 1);
        const told: LiveChange[] = [];
        const reading = stream.next().then(({ value }) => told.push(value as LiveChange));
        await expect(earn(here, member, 2n)).rejects.toThrow('refused in the commit');
        expect(await untrue(member, told)).toEqual([]);
        await allowCommits();
        await earn(here, member, 3n);
        await reading;
        expect(told).toMatchObject([{ version: 2n, balances: { available: 4n } }]);
        await stream.return();
      });
    });

    it('would have told it, had it been announced before the commit (control)', async () => {
      const member = newId('mem');
      await earn(here, member, 1n);
      const stream = watch(member);
      await take(stream, 1);
      const { after } = lastPosted!;
      const early = { ...lastPosted!, after: { ...after, seq: after.seq + 1n } } as PlannedTransaction;
      let told: LiveChange[] | null = null;
      void take(stream, 1).then((changes) => (told = changes));
      // Taken from the announcement once the reader has found nothing more in the journal.
      while (told === null) {
        live.posted(early);
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(await untrue(member, told)).toHaveLength(1);
      await stream.return();
    });
  });

  it('lets a reader leave while it waits', async () => {
    const stream = watch(newId('mem'));
    await take(stream, 1);
    const waiting = stream.next();
    await stream.return();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });
});
