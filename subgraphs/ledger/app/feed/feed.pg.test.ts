import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Pool } from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../../../kernel/db/embedded/embedded-postgres';
import { openDatabase } from '../../../../kernel/db/database';
import { ChangeStream } from '../../../../kernel/db/change-stream/change-stream';
import { migrate } from '../../../../kernel/db/migrate';
import { asAdministrator, provisionDatabase } from '../../../../kernel/db/provision';
import type { FeedItem, FeedPosition } from '../../../../kernel/events/event';
import { openLog } from '../../../../kernel/telemetry/log';
import { openTestDatabase, type TestDatabase } from '../../../../kernel/testkit/database';
import type { MemberId } from '../../../../kernel/values/id';
import { memberScopedId } from '../../core/points/scoped-id';
import { ledgerDatabase } from '../../data/database';
import { FEED_PUBLICATION } from '../../data/feed/journal-feed.store';
import { loadEpoch } from '../../data/programme.store';
import { JournalWriters } from '../../testkit/journal-writers';
import { LiveAccounts } from '../points/live-accounts';
import { openFeed, type RunningFeed } from './open-feed';

/** One process that serves the ledger, as far as its feed goes. */
interface Serving extends RunningFeed {
  readonly live: LiveAccounts;
  end(): Promise<void>;
}

async function serve(url: string): Promise<Serving> {
  const pool = new Pool({ connectionString: url, max: 4 });
  pool.on('error', () => undefined);
  const live = new LiveAccounts(pool, await loadEpoch(pool));
  const feed = openFeed({ pool, url, live, log: openLog('test', 'silent') });
  feed.start();
  const end = async () => {
    live.close();
    await feed.stop();
    await pool.end();
  };
  return { ...feed, live, end };
}

/** A reader that keeps its place and survives whatever its feed does, as a consumer of another subgraph. */
class Reader {
  readonly events: string[] = [];
  readonly places: FeedPosition[] = [];
  private isStopped = false;
  private running: Promise<void> = Promise.resolve();
  private static readonly started = new Set<Reader>();

  constructor(private readonly feed: RunningFeed['feed']) {}

  /** For what a test that fails leaves behind. */
  static async stopAll(): Promise<void> {
    for (const reader of Reader.started) await reader.stop();
  }

  start(): this {
    Reader.started.add(this);
    this.running = this.follow();
    return this;
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.running;
    Reader.started.delete(this);
  }

  private async follow(): Promise<void> {
    while (!this.isStopped) {
      const items = await this.feed.read(this.places.at(-1) ?? null, 100, 50).catch(() => [] as FeedItem[]);
      for (const { event, position } of items) {
        this.events.push(event.id);
        this.places.push(position);
      }
    }
  }
}

/** Follows one member's account, live. */
function watchOf(live: LiveAccounts, { wallets, programmeId }: JournalWriters, at: number) {
  const wallet = wallets[at]!;
  const memberId = memberScopedId('mem', wallet.wallet) as MemberId;
  const stream = live.watch({ programmeId, memberId, after: null, epoch: null, only: 'all', mayStillRead: null });
  const versions: bigint[] = [];
  let isLeaving = false;
  const following = (async () => {
    while (!isLeaving) {
      // A look at the journal fails while the server is away; the reader asks again.
      const next = await stream.next().catch(() => null);
      // An ended stream answers at once and for ever: asking on would leave no turn for anything else.
      if (next?.done === true) break;
      if (next !== null) versions.push(next.value.version);
    }
  })();
  const isDone = async () => {
    isLeaving = true;
    await stream.return();
    await following;
  };
  return { wallet, versions, isDone };
}

/** Waits for a state. It gives up before the test's own time limit, so that a test that fails ends and says what it waited for. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = Date.now() + 50_000;
  while (!(await isSo())) {
    if (Date.now() > giveUpAt) throw new Error(`never came: ${isSo.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function journalOf(url: string): Promise<string[]> {
  const { rows } = await asAdministrator(url, (client) =>
    client.query<{ wallet: string; seq: string }>('select wallet, seq from journal_transaction order by wallet, seq'),
  );
  return rows.map(({ wallet, seq }) => `${memberScopedId('txn', wallet, BigInt(seq))}.0`);
}

/** Whether each member's versions come in their order; ids of one member sort by version. */
function isInOrder(events: readonly string[]): boolean {
  const last = new Map<string, string>();
  return events.every((id) => {
    const member = id.slice(0, 36);
    const before = last.get(member);
    last.set(member, id);
    return before === undefined || before < id;
  });
}

/** How one would read an outbox if numbers were committed in their order. */
async function pollNaively({ pool }: TestDatabase, isWriting: () => boolean): Promise<string[]> {
  const found: string[] = [];
  for (let isLast = false; !isLast;) {
    isLast = !isWriting();
    const { rows } = await pool.query<{ id: string }>('select id from naive_outbox where id > $1 order by id', [
      found.at(-1) ?? 0,
    ]);
    found.push(...rows.map(({ id }) => id));
  }
  return found;
}

const FEED_SESSIONS = `select pg_terminate_backend(pid) from pg_stat_activity
  where datname = current_database() and (application_name like '%ledger-stream' or application_name like '%ledger-feed')`;

describe('the feed of the ledger', () => {
  jest.setTimeout(60_000);
  const servings: Serving[] = [];
  let database: TestDatabase;
  /** The owner has no right to replication: through it the feed falls back to looking. */
  const ways = { 'the change stream': 'url', 'looking at the journal': 'ownerUrl' } as const;

  beforeEach(async () => {
    database = await openTestDatabase(ledgerDatabase);
  });
  afterEach(async () => {
    JournalWriters.stopAll();
    await Reader.stopAll();
    for (const serving of servings.splice(0)) await serving.end();
    await database.drop();
  });
  async function open(url: string): Promise<Serving> {
    const serving = await serve(url);
    servings.push(serving);
    return serving;
  }

  describe.each(Object.entries(ways))('by %s', (way, role) => {
    const mode = way === 'the change stream' ? 'following' : 'looking';

    it('gives everything once and each member’s versions in order, to all processes alike, from any place', async () => {
      const leader = await open(database[role]);
      await until(() => leader.metrics.numbering.mode === mode);
      const other = await open(database[role]);
      const readers = [leader, other].map((one) => new Reader(one.feed).start());
      const writers = new JournalWriters(database.ownerUrl, 30);
      await writers.run(8, 50);
      const journal = await journalOf(database.ownerUrl);
      await until(() => readers.every(({ events }) => events.length >= journal.length));
      await Promise.all(readers.map((reader) => reader.stop()));
      const [first, second] = readers;
      expect(first!.events.toSorted()).toEqual(journal);
      expect(isInOrder(first!.events)).toBe(true);
      expect(second!.events).toEqual(first!.events);
      for (const at of [0, 1, 57, 399, journal.length - 2]) {
        for (const one of [leader, other]) {
          const rest = await one.feed.read(first!.places[at]!, 1_000, 0);
          expect(rest.map(({ event }) => event.id)).toEqual(first!.events.slice(at + 1));
        }
      }
    });

    it('does not hold anybody’s events back for a transaction that takes long, and gives those when it ends', async () => {
      const serving = await open(database[role]);
      await until(() => serving.metrics.numbering.mode === mode);
      const writers = new JournalWriters(database.ownerUrl, 2);
      const [early, late] = writers.wallets;
      await asAdministrator(database.ownerUrl, async (slow) => {
        await slow.query('begin');
        // It has the smaller id, and commits after the other.
        await slow.query('select pg_current_xact_id()');
        await asAdministrator(database.ownerUrl, (quick) => writers.commitOnce(quick, [early!]));
        const [first] = await serving.feed.read(null, 10, 20_000);
        expect(first?.event.aggregateId).toBe(memberScopedId('mem', early!.wallet));
        await slow.query('savepoint before_the_rest');
        await writers.commitOnce(slow, [late!]);
        const [second] = await serving.feed.read(first!.position, 10, 20_000);
        expect(second?.event.aggregateId).toBe(memberScopedId('mem', late!.wallet));
      });
    });

    it('numbers what was committed while nobody did, before what comes after', async () => {
      const writers = new JournalWriters(database.ownerUrl, 5);
      await writers.run(4, 20);
      const serving = await open(database[role]);
      const reader = new Reader(serving.feed).start();
      await writers.run(4, 20);
      const journal = await journalOf(database.ownerUrl);
      await until(() => reader.events.length >= journal.length);
      await reader.stop();
      expect(reader.events.toSorted()).toEqual(journal);
      expect(isInOrder(reader.events)).toBe(true);
    });
  });

  it('goes on in another process when the one that numbers ends', async () => {
    const leader = await open(database.url);
    await until(() => leader.metrics.numbering.mode === 'following');
    const other = await open(database.url);
    const reader = new Reader(other.feed).start();
    const writers = new JournalWriters(database.ownerUrl, 10);
    const writing = writers.run(4, 60);
    await until(() => reader.events.length > 50);
    await servings.splice(servings.indexOf(leader), 1)[0]!.end();
    await writing;
    const journal = await journalOf(database.ownerUrl);
    await until(() => reader.events.length >= journal.length);
    await reader.stop();
    expect(reader.events.toSorted()).toEqual(journal);
    expect(isInOrder(reader.events)).toBe(true);
    expect(other.metrics.numbering.mode).not.toBe('waiting');
  });

  it('gets to follow the stream while commits never pause', async () => {
    const writers = new JournalWriters(database.ownerUrl, 20);
    const writing = writers.run(8, Number.MAX_SAFE_INTEGER).catch(() => undefined);
    const serving = await open(database.url);
    const reader = new Reader(serving.feed).start();
    await until(() => serving.metrics.numbering.mode === 'following');
    const heard = reader.events.length;
    await until(() => reader.events.length > heard + 200);
    writers.stop();
    await writing;
    const journal = await journalOf(database.ownerUrl);
    await until(() => reader.events.length >= journal.length);
    await reader.stop();
    expect(reader.events.toSorted()).toEqual(journal);
    expect(isInOrder(reader.events)).toBe(true);
  });

  it('would lose events by a serial number, and by the stream without a look at the journal (negative control)', async () => {
    await database.asOwner(`
      create table naive_outbox (id bigserial primary key, wallet uuid not null, seq bigint not null);
      grant select on naive_outbox to public;
      create function note_naively() returns trigger language plpgsql as
        'begin insert into naive_outbox (wallet, seq) values (new.wallet, new.seq); return null; end';
      create trigger naively after insert on journal_transaction for each row execute function note_naively();`);
    const serving = await open(database.url);
    const reader = new Reader(serving.feed).start();
    const streamed: string[] = [];
    const stream = new ChangeStream({
      url: database.url,
      publication: FEED_PUBLICATION,
      purpose: 'ledger-stream',
      log: openLog('test', 'silent'),
      onConnected: () => undefined,
      onDisconnected: () => undefined,
      onCommit: ({ added }) => {
        for (const { table, row } of added) if (table === 'journal_transaction') streamed.push(String(row.seq));
      },
    });
    stream.start();
    await until(() => stream.metrics.isConnected && serving.metrics.numbering.mode === 'following');
    const writers = new JournalWriters(database.ownerUrl, 30);
    let isWriting = true;
    const writing = writers.run(8, 50).finally(() => (isWriting = false));
    const polling = pollNaively(database, () => isWriting);
    await until(() => reader.events.length > 100);
    await database.pool.query(FEED_SESSIONS);
    await writing;
    const journal = await journalOf(database.ownerUrl);
    await until(() => reader.events.length >= journal.length && stream.metrics.isConnected);
    await reader.stop();
    await stream.stop();
    expect(reader.events.toSorted()).toEqual(journal);
    expect((await polling).length).toBeLessThan(journal.length);
    expect(streamed.length).toBeLessThan(journal.length);
  });

  it('numbers a book anew that was copied into another cluster, where transaction ids mean nothing', async () => {
    const writers = new JournalWriters(database.ownerUrl, 3);
    await writers.run(2, 5);
    const before = await open(database.url);
    const read = await before.feed.read(null, 100, 20_000);
    expect(read).toHaveLength(20);
    await servings.splice(0)[0]!.end();
    await database.asOwner(`update journal_feed_state set snapshot = '999999999:999999999:', base_batch = 0`);
    await writers.run(2, 5);
    const after = await open(database.url);
    const rest = await after.feed.read(read.at(-1)!.position, 100, 20_000);
    const journal = await journalOf(database.ownerUrl);
    expect([...read, ...rest].map(({ event }) => event.id).toSorted()).toEqual(journal);
  });
});

describe('the migration to the feed', () => {
  it('numbers the journal of an older version at the places readers already keep', async () => {
    const [book] = ledgerDatabase.migrations;
    const { tenancy: _, ...rest } = ledgerDatabase;
    const older = { ...rest, migrations: [book!], appendOnly: [] };
    const database = await openTestDatabase(older);
    const writers = new JournalWriters(database.ownerUrl, 4);
    await writers.run(3, 10);
    // How places were made before: by transaction id, and within one by the order of wallets.
    const { rows } = await database.asOwner(`select wallet, seq,
      xid::text || ':' || 2 * (row_number() over (partition by xid order by bucket, wallet, seq) - 1) + 1 as place
        from journal_transaction order by xid, bucket, wallet, seq`);
    const upToDate = await openDatabase({ ...ledgerDatabase, url: database.ownerUrl });
    await migrate(upToDate, { applicationRole: decodeURIComponent(new URL(database.url).username) });
    await upToDate.close();
    const serving = await serve(database.url);
    const items = await serving.feed.read(null, 100, 20_000);
    await serving.end();
    await database.drop();
    const expected = rows.map(({ wallet, seq, place }) => [place, `${memberScopedId('txn', wallet, BigInt(seq))}.0`]);
    expect(expected).toHaveLength(60);
    expect(items.map(({ position, event }) => [position, event.id])).toEqual(expected);
  });
});

describe('the feed of the ledger on a server that fails', () => {
  jest.setTimeout(120_000);
  let folder: string;
  let server: EmbeddedPostgres;
  let urls: { owner: string; application: string };
  const servings: Serving[] = [];
  const start = () =>
    startEmbeddedPostgres({
      dataDir: join(folder, 'cluster'),
      throwaway: true,
      // A restart is no power cut: what was committed outlives it without waiting for the disk.
      settings: { fsync: 'off', shared_buffers: '32MB', max_slot_wal_keep_size: '32MB', max_wal_size: '64MB' },
    });

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hub-feed-'));
    server = await start();
  });
  beforeEach(async () => {
    urls = await provisionDatabase(server.superuserUrl, {
      name: `feed_${Date.now()}`,
      owner: { role: 'feed_owner', password: 'owner' },
      application: { role: 'feed_application', password: 'application' },
      replication: true,
    });
    const database = await openDatabase({ ...ledgerDatabase, url: urls.owner });
    await migrate(database, { applicationRole: 'feed_application' });
    await database.close();
  });
  afterEach(async () => {
    JournalWriters.stopAll();
    await Reader.stopAll();
    for (const serving of servings.splice(0)) await serving.end();
  });
  afterAll(async () => {
    await server.stop({ evenIfShared: true });
    rmSync(folder, { recursive: true, force: true });
  });
  async function open(): Promise<Serving> {
    const serving = await serve(urls.application);
    servings.push(serving);
    return serving;
  }

  it('loses, doubles and reorders nothing while its connections are killed again and again and the server restarts', async () => {
    const [leader, other] = [await open(), await open()];
    const readers = [leader, other].map((one) => new Reader(one.feed).start());
    const writers = new JournalWriters(urls.owner, 40);
    const watches = [leader, other].flatMap(({ live }) => [0, 1, 2].map((at) => watchOf(live, writers, at)));
    const writing = writers.run(8, 120);
    for (const [turn, heard] of [50, 150, 300, 500, 700, 900, 1_100].entries()) {
      await until(() => readers.every(({ events }) => events.length >= heard));
      // Events come by the journal as well: a kill before the stream is back would hit nothing.
      await until(() => leader.metrics.stream.connections > turn);
      if (turn === 3) {
        await server.stop({ evenIfShared: true });
        server = await start();
      } else
        await asAdministrator(server.superuserUrl.replace(/postgres$/, nameOf(urls.owner)), (it) =>
          it.query(FEED_SESSIONS),
        );
    }
    await writing;
    const journal = await journalOf(urls.owner);
    await until(() => readers.every(({ events }) => events.length >= journal.length));
    await Promise.all(readers.map((reader) => reader.stop()));
    expect(readers[0]!.events.toSorted()).toEqual(journal);
    expect(isInOrder(readers[0]!.events)).toBe(true);
    expect(readers[1]!.events).toEqual(readers[0]!.events);
    expect(leader.metrics.stream.connections).toBeGreaterThan(5);
    for (const { wallet, versions, isDone } of watches) {
      const { length } = journal.filter((id) => id.startsWith(memberScopedId('txn', wallet.wallet)));
      await until(() => versions.at(-1) === BigInt(length));
      await isDone();
      // The snapshot, then every version.
      const first = versions[0]!;
      expect(versions).toEqual(Array.from({ length: versions.length }, (_, after) => first + BigInt(after)));
    }
    expect(leader.metrics.numbering.gaps + other.metrics.numbering.gaps).toBe(0);
  });

  describe('while a commit is in the log and cannot be seen yet', () => {
    let writers: JournalWriters;
    let committing: Promise<void>;

    beforeEach(async () => {
      await asAdministrator(server.superuserUrl, (it) =>
        it.query('alter role feed_application set synchronous_commit = local'),
      );
      writers = new JournalWriters(urls.owner, 2);
    });
    const setStandby = (name: string) =>
      asAdministrator(server.superuserUrl, async (it) => {
        await it.query(`alter system set synchronous_standby_names = '${name}'`);
        await it.query('select pg_reload_conf()');
      });
    /** A commit that a standby must confirm which does not exist: the stream tells it, and nobody sees it. */
    async function hang(): Promise<void> {
      await setStandby('nobody');
      committing = asAdministrator(urls.owner, (it) => writers.commitOnce(it, writers.wallets.slice(0, 1)));
    }
    afterEach(async () => {
      await setStandby('');
      await committing;
    });

    it('gives no event of it, and then gives it in its place', async () => {
      const serving = await open();
      await until(() => serving.metrics.numbering.mode === 'following');
      await hang();
      await until(() => serving.metrics.numbering.tooEarly > 0);
      await asAdministrator(urls.application, (it) => writers.commitOnce(it, writers.wallets.slice(1)));
      await until(() => serving.metrics.stream.rows >= 2);
      expect(await serving.feed.read(null, 10, 0)).toEqual([]);
      await setStandby('');
      const reader = new Reader(serving.feed).start();
      await until(() => reader.events.length >= 2);
      expect(reader.events).toEqual(writers.wallets.map(({ wallet }) => `${memberScopedId('txn', wallet, 1n)}.0`));
    });

    it('does not rely on the stream when it takes over the lead: what that told before it listened must end first', async () => {
      const [leader, other] = [await open(), await open()];
      await until(() => [leader, other].some((one) => one.metrics.numbering.mode === 'following'));
      await until(() => [leader, other].every((one) => one.metrics.stream.isConnected));
      const [first, next] = leader.metrics.numbering.mode === 'following' ? [leader, other] : [other, leader];
      await hang();
      await until(() => next.metrics.stream.rows >= 1);
      await servings.splice(servings.indexOf(first), 1)[0]!.end();
      await until(() => next.metrics.numbering.looks > 10);
      expect(next.metrics.numbering.mode).toBe('looking');
      await setStandby('');
      const [item] = await next.feed.read(null, 10, 20_000);
      expect(item?.event.id).toBe(`${memberScopedId('txn', writers.wallets[0]!.wallet, 1n)}.0`);
      await until(() => next.metrics.numbering.mode === 'following');
    });
  });

  it('makes another slot when the server dropped the log of a slow one, and reads what that one missed', async () => {
    const serving = await open();
    await until(() => serving.metrics.numbering.mode === 'following');
    const stuck = new Client({ connectionString: urls.owner });
    await stuck.connect();
    // Nothing can be numbered, so nothing is taken, so nothing is confirmed.
    await stuck.query('begin; lock table journal_feed in access exclusive mode');
    const writers = new JournalWriters(urls.owner, 3);
    await stuckCommits(writers);
    await asAdministrator(server.superuserUrl, async (it) => {
      const slot = `select wal_status from pg_replication_slots where database = $1 and wal_status is distinct from 'lost'`;
      await until(async () => {
        await it.query('create table filler as select repeat(md5(n::text), 30) from generate_series(1, 20000) n');
        await it.query('drop table filler; checkpoint');
        return (await it.query(slot, [nameOf(urls.owner)])).rows.length === 0;
      });
    });
    await stuck.query('rollback');
    await stuck.end();
    await writers.run(2, 10);
    const journal = await journalOf(urls.owner);
    const reader = new Reader(serving.feed).start();
    await until(() => reader.events.length >= journal.length);
    await reader.stop();
    expect(reader.events.toSorted()).toEqual(journal);
    expect(isInOrder(reader.events)).toBe(true);
    await until(() => serving.metrics.stream.connections > 1 && serving.metrics.stream.isConnected);
  });

  /** More rows than numbering lets wait, of two transactions. */
  async function stuckCommits(writers: JournalWriters): Promise<void> {
    await writers.run(1, 5);
    await asAdministrator(urls.owner, (it) =>
      it.query(`insert into journal_transaction (bucket, wallet, seq, programme_id, kind, cycle_id, rule_book_version, points,
        available_after, pending_after, held_after, arrears_after, qualifying_after, caller, occurred_at, recorded_at, chain)
        select 1, uuid_of, 1, uuid_of, 'NOTICE', uuid_of, 1, 0, 0, 0, 0, 0, 0, 'test', now(), now(), ''
          from (select gen_random_uuid() as uuid_of from generate_series(1, 25000)) t`),
    );
  }
});

function nameOf(url: string): string {
  return new URL(url).pathname.slice(1);
}
