import { randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import { openDatabase, type Database } from '../kernel/db/database';
import { startEmbeddedPostgres } from '../kernel/db/embedded/embedded-postgres';
import { migrate } from '../kernel/db/migrate';
import { asAdministrator, provisionDatabase } from '../kernel/db/provision';
import type { FeedPosition } from '../kernel/events/event';
import type { OpenSubgraph, Peers } from '../kernel/graph/subgraph';
import { systemClock } from '../kernel/values/clock';
import { ledgerDefinition } from '../subgraphs/ledger/main';
import type { Bench, Measured } from './benches';
import { median, percentile, rounded } from './coalition';
import { clusterOf } from './private-folder';
import { serverVersion } from './server-facts';

const RATE_PER_SECOND = 1_000;
const PACED_MS = 6_000;
const FLAT_OUT_MS = 1_500;
const ROUNDS = 3;
const CONNECTIONS = 16;
/** The role of the feed's databases; it is left behind with them removed. */
const ACCOUNT = { role: 'hub_bench_feed', password: randomUUID() };
const OWNER = { role: 'hub_bench_feed_owner', password: randomUUID() };

/**
 * How long after a commit a reader of the ledger's feed has its event, at a steady thousand commits a second: by the change
 * stream, and by looking, as where the server gives no logical log. Each commit is one journal transaction in a database of
 * this bench's own; writers and reader share this process, so they disturb each other as they would on one small machine.
 *
 * `from_send` counts from the sending of the statement and holds the commit itself; `from_answer` counts from the server's
 * answer, and is zero when the event was quicker; `commit_itself` is from sending to answer. Besides: commits a second flat
 * out with the feed and without it.
 */
export const benchFeed: Bench = async ({ folder, settings, tell }) => {
  const embedded = await startEmbeddedPostgres({ dataDir: clusterOf(folder), onProgress: tell, settings });
  try {
    return await measureFeed(embedded.superuserUrl, tell);
  } finally {
    await embedded.stop();
  }
};

async function measureFeed(server: string, tell: (line: string) => void): Promise<Measured> {
  const streaming = await measureWay({ server, name: 'hub_bench_feed_stream', replication: true, tell });
  const looking = await measureWay({ server, name: 'hub_bench_feed_look', replication: false, tell });
  return {
    postgres: await serverVersion(server),
    figures: {
      commits_per_second: rounded(streaming.rate),
      commit_itself_p50_ms: rounded(percentile(streaming.commitItself, 0.5)),
      stream_from_answer_p50_ms: rounded(percentile(streaming.fromAnswer, 0.5)),
      stream_from_answer_p99_ms: rounded(percentile(streaming.fromAnswer, 0.99)),
      stream_from_send_p50_ms: rounded(percentile(streaming.fromSend, 0.5)),
      stream_from_send_p99_ms: rounded(percentile(streaming.fromSend, 0.99)),
      look_from_answer_p50_ms: rounded(percentile(looking.fromAnswer, 0.5)),
      look_from_answer_p99_ms: rounded(percentile(looking.fromAnswer, 0.99)),
      flat_out_per_second_without_feed: rounded(streaming.flatOutWithout),
      flat_out_per_second_with_stream: rounded(streaming.flatOutWith),
      flat_out_per_second_with_looking: rounded(looking.flatOutWith),
    },
    ratios: {
      stream_over_no_feed: rounded(streaming.flatOutWith / streaming.flatOutWithout),
      looking_over_no_feed: rounded(looking.flatOutWith / looking.flatOutWithout),
    },
  };
}

interface WayMeasured {
  readonly rate: number;
  readonly fromSend: number[];
  readonly fromAnswer: number[];
  readonly commitItself: number[];
  readonly flatOutWith: number;
  readonly flatOutWithout: number;
}

interface Way {
  readonly server: string;
  readonly name: string;
  readonly replication: boolean;
  readonly tell: (line: string) => void;
}

async function measureWay({ server, name, replication, tell }: Way): Promise<WayMeasured> {
  const drop = (how = '') => asAdministrator(server, (it) => it.query(`drop database if exists "${name}" ${how}`));
  await drop('with (force)'); // a run that was broken off left it
  const urls = await provisionDatabase(server, { name, owner: OWNER, application: ACCOUNT, replication });
  const owned = await openDatabase({ ...ledgerDefinition, url: urls.owner });
  await migrate(owned, { applicationRole: ACCOUNT.role });
  await owned.close();
  const database = await openDatabase({ ...ledgerDefinition, url: urls.application });
  const pool = new Pool({ connectionString: urls.application, max: CONNECTIONS });
  try {
    const paced = await withLedger(database, (ledger) => paceCommits(pool, ledger));
    tell(`${name}: p50 ${percentile(paced.fromAnswer, 0.5).toFixed(2)} ms after the answer`);
    const [without, withFeed]: [number[], number[]] = [[], []];
    for (let round = 0; round < ROUNDS; round += 1) {
      without.push(await flatOut(pool));
      withFeed.push(await withLedger(database, () => flatOut(pool)));
      tell(`${name}: ${Math.round(without.at(-1)!)} commits a second without, ${Math.round(withFeed.at(-1)!)} with`);
    }
    return { ...paced, flatOutWithout: median(without), flatOutWith: median(withFeed) };
  } finally {
    await pool.end();
    await database.close();
    await drop();
  }
}

/** Opens a ledger that follows nobody, and lets its feed get going. */
async function withLedger<T>(database: Database, work: (ledger: OpenSubgraph) => Promise<T>): Promise<T> {
  const silent = { read: async () => new Promise<never[]>((resolve) => setTimeout(() => resolve([]), 1_000)) };
  const peers = { link: () => undefined as never, feed: () => silent } satisfies Peers;
  const secrets = { internal: 'bench', identity: 'bench', cursor: 'bench' };
  const ledger = await ledgerDefinition.open({ database, peers, secrets, clock: systemClock });
  await ledger.start();
  try {
    return await work(ledger);
  } finally {
    await ledger.stop();
  }
}

/** Commits at a steady rate while one reader follows the feed. */
async function paceCommits(
  pool: Pool,
  { feed }: OpenSubgraph,
): Promise<Omit<WayMeasured, 'flatOutWith' | 'flatOutWithout'>> {
  const heardAt = new Map<string, number>();
  let isReading = true;
  const reading = (async () => {
    let place: FeedPosition | null = null;
    while (isReading) {
      const items = await feed.read(place, 500, 200);
      const now = performance.now();
      for (const { event, position } of items) {
        heardAt.set(event.aggregateId, now);
        place = position;
      }
    }
  })();
  // The first commits open connections and fill caches; they do not count.
  await commitAtRate(pool, 1_000);
  const commits = await commitAtRate(pool, PACED_MS);
  while (commits.some(({ memberId }) => !heardAt.has(memberId))) await new Promise((r) => setTimeout(r, 10));
  isReading = false;
  await reading;
  const since = (at: (commit: Commit) => number) =>
    commits.map((commit) => Math.max(0, heardAt.get(commit.memberId)! - at(commit)));
  return {
    rate: rateOf(commits),
    fromSend: since(({ sentAt }) => sentAt),
    fromAnswer: since(({ answeredAt }) => answeredAt),
    commitItself: commits.map(({ sentAt, answeredAt }) => answeredAt - sentAt),
  };
}

/** What the machine kept up with: below the rate asked for, the delays are those of a queue and say nothing of the feed. */
function rateOf(commits: readonly Commit[]): number {
  const [from, to] = [commits[0]!.sentAt, Math.max(...commits.map(({ answeredAt }) => answeredAt))];
  return (commits.length * 1_000) / (to - from);
}

interface Commit {
  readonly memberId: string;
  readonly sentAt: number;
  readonly answeredAt: number;
}

async function commitAtRate(pool: Pool, forMs: number): Promise<Commit[]> {
  const startedAt = performance.now();
  const commits: Promise<Commit>[] = [];
  for (;;) {
    const elapsed = performance.now() - startedAt;
    while (commits.length < (Math.min(elapsed, forMs) * RATE_PER_SECOND) / 1_000) commits.push(commitOne(pool));
    if (elapsed >= forMs) return Promise.all(commits);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

async function commitOne(pool: Pool): Promise<Commit> {
  const wallet = randomUUID();
  const sentAt = performance.now();
  await pool.query({
    name: 'bench.feed.commit',
    text: COMMIT,
    values: [Number.parseInt(wallet.slice(-2), 16), wallet],
  });
  return { memberId: `mem_${wallet.replaceAll('-', '')}`, sentAt, answeredAt: performance.now() };
}

async function flatOut(pool: Pool): Promise<number> {
  const startedAt = performance.now();
  let commits = 0;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (performance.now() - startedAt < FLAT_OUT_MS) {
        await commitOne(pool);
        commits += 1;
      }
    }),
  );
  return (commits * 1_000) / (performance.now() - startedAt);
}

/** A first journal transaction of a wallet, that moves no points. */
const COMMIT = `/* bench.feed.commit */
insert into journal_transaction (bucket, wallet, seq, programme_id, kind, cycle_id, rule_book_version, points, available_after,
  pending_after, held_after, arrears_after, qualifying_after, caller, occurred_at, recorded_at, chain)
values ($1, $2, 1, $2, 'NOTICE', $2, 1, 0, 0, 0, 0, 0, 0, 'bench', now(), clock_timestamp(), '')`;
