import { statfsSync } from 'node:fs';
import type { Principal } from '../../kernel/context/principal';
import { startEmbeddedPostgres } from '../../kernel/db/embedded/embedded-postgres';
import { Fault } from '../../kernel/errors/fault';
import { idFromUuid, type MemberId, type PartnerId } from '../../kernel/values/id';
import { readAccounts } from '../../subgraphs/ledger/app/points/read-account';
import type { Bench, BenchRun } from '../benches';
import { clusterOf } from '../private-folder';
import { askOnce, deadlocks, serverVersion } from '../server-facts';
import { makeBook, openBook, urlOfDatabase, type BenchBook, type BookPlace } from './book';
import { alternate, figuresOf, ratiosOf, wanted, type Case, type Ratios } from './measure';
import { multiplyBook } from './multiply';
import { sizesOf } from './sizes';

/** How many times the small book each book is. */
const BOOKS: Readonly<Record<string, number>> = { '10k': 1, '1m': 100, '10m': 1_000 };
const MEMBERS = 1_000;
/** What each member of the small book does: ten postings, eight of them earns. Six lots are left open. */
const HABIT = ['earn', 'earn', 'earn', 'earn', 'earn', 'redeem', 'earn', 'earn', 'redeem', 'earn'] as const;
const CALLERS = 64;
/** A bench touches each member about once: only so many are known to it. */
const KNOWN_MAX = 200_000;
const ROUNDS = 5;
const CASE_MS = 3_000;
/** What ten million postings and their log take, and some air. */
const DISK_BYTES = 40e9;

/** Settings under which a server is filled, not measured: what is made there is lost with the bench. */
const FILLING = {
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '8GB',
  checkpoint_timeout: '1h',
  autovacuum: 'off',
};

/**
 * What earning, redeeming and reading a balance do in books of ten thousand, one million and ten million postings, on one
 * server and in turns. The small book is posted by the use cases; the large ones are copies of it under other members. Members
 * are taken evenly from the whole book, so in a large one hardly any is met twice.
 */
export const benchGrowth: Bench = async (run) => {
  const names = Object.keys(wanted(Object.fromEntries(allCases().map((name) => [name, name])), run.cases));
  const sizes = Object.keys(BOOKS).filter((size) => names.some((name) => name.endsWith(`_${size}`)));
  const places = await fillServer(run, sizes);
  const server = await startEmbeddedPostgres({ dataDir: clusterOf(run.folder), onProgress: run.tell });
  const books = new Map<string, GrownBook>();
  try {
    for (const size of sizes) {
      const url = urlOfDatabase(server.superuserUrl, databaseOf(size));
      const regulars = await regularsOf(url);
      books.set(size, { ...(await openBook({ ...places, url, members: regulars.map(({ id }) => id) })), regulars });
    }
    const cases = wanted(casesOf(books), names);
    const options = { serverFolder: clusterOf(run.folder), tell: run.tell };
    run.tell('warming up');
    await alternate(cases, { ...options, rounds: 1, caseMs: run.caseMs ?? CASE_MS, tell: () => undefined });
    const timing = { rounds: run.rounds ?? ROUNDS, caseMs: run.caseMs ?? CASE_MS };
    const outcomes = await alternate(cases, { ...options, ...timing });
    const measured = { ...figuresOf(outcomes), deadlocks: await deadlocks(server.superuserUrl) };
    return {
      postgres: await serverVersion(server.superuserUrl),
      figures: { ...measured, ...(await allSizes(books)) },
      ratios: ratiosOf(outcomes, RATIOS),
    };
  } finally {
    for (const book of books.values()) await book.close();
    await server.stop();
  }
};

const ACTIVITIES = ['earn', 'redeem', 'balanceRead'] as const;
const allCases = () => ACTIVITIES.flatMap((activity) => Object.keys(BOOKS).map((size) => `${activity}_${size}`));
const databaseOf = (size: string) => `growth_${size}`;
const RATIOS: Ratios = Object.fromEntries(
  ACTIVITIES.flatMap((activity) =>
    ['1m', '10m'].map((size) => [`${activity}_${size}_over_10k`, [`${activity}_${size}`, [`${activity}_10k`]]]),
  ),
);

/** Makes the books on a server that is stopped again, so that it is measured with the settings of a hub's. */
async function fillServer(run: BenchRun, sizes: readonly string[]): Promise<BookPlace> {
  const { bavail, bsize } = statfsSync(run.folder);
  if (sizes.includes('10m') && bavail * bsize < DISK_BYTES) {
    throw new Fault('HUB_BENCH_NEEDS_DISK', `This bench needs ${DISK_BYTES / 1e9} GB of disk in the data folder.`);
  }
  const server = await startEmbeddedPostgres({
    dataDir: clusterOf(run.folder),
    onProgress: run.tell,
    settings: FILLING,
  });
  try {
    const place = await makeBook(server.superuserUrl, databaseOf('10k'), { members: MEMBERS, partnersOf: homesOf });
    const book = await openBook(place);
    await live(book);
    await book.close();
    for (const size of sizes.filter((one) => BOOKS[one]! > 1)) {
      run.tell(`making the book of ${size} postings`);
      await askOnce(server.superuserUrl, `create database ${databaseOf(size)} template ${databaseOf('10k')}`);
      await multiplyBook(urlOfDatabase(server.superuserUrl, databaseOf(size)), BOOKS[size]!, run.tell);
    }
    await askOnce(place.url, 'vacuum (analyze)');
    return place;
  } finally {
    await server.stop();
  }
}

/** Two partners a member goes to. */
function homesOf(member: number): readonly number[] {
  const first = member % 16;
  return [first, (first + 1 + (Math.floor(member / 16) % 15)) % 16];
}

/** Ten postings of each member, in the order of their habit; a redemption takes lots of two issuers. */
async function live(book: BenchBook): Promise<void> {
  for (const [step, what] of HABIT.entries()) {
    await Promise.all(
      book.members.map(async (member, n) => {
        const partner = book.partners[homesOf(n)[step % 2]!]!;
        if (what === 'earn') await book.earn(member, partner);
        else if (!(await book.redeem(member, partner))) throw new Error('bench: a member had nothing to redeem');
      }),
    );
  }
}

/** A member and the partners it goes to. */
interface Regular {
  readonly id: MemberId;
  readonly homes: readonly PartnerId[];
}

interface GrownBook extends BenchBook {
  readonly regulars: readonly Regular[];
}

/** Members of a book in no order. */
async function regularsOf(url: string): Promise<Regular[]> {
  const rows = await askOnce<{ member: string; homes: string[] }>(
    url,
    `select m.member_id as member, array_agg(l.partner_id::text) as homes
       from (select member_id from member_projection order by random() limit $1) m
       join partner_link_projection l using (member_id)
      group by m.member_id order by random()`,
    [KNOWN_MAX],
  );
  return rows.map(({ member, homes }) => ({
    id: idFromUuid('mem', member),
    homes: homes.map((home) => idFromUuid('ptr', home)),
  }));
}

function casesOf(books: ReadonlyMap<string, GrownBook>): Record<string, Case> {
  const each = (activity: string, once: (book: GrownBook, regular: Regular, turn: number) => Promise<number>) =>
    [...books].map(([size, book]): [string, Case] => {
      let turn = 0;
      const next = () => {
        turn += 1;
        return once(book, book.regulars[turn % book.regulars.length]!, turn);
      };
      return [`${activity}_${size}`, { callers: CALLERS, once: next }];
    });
  const home = ({ homes }: Regular, turn: number) => homes[turn % homes.length]!;
  return Object.fromEntries([
    ...each('earn', (book, regular, turn) => book.earn(regular.id, home(regular, turn))),
    ...each('redeem', async (book, regular, turn) => ((await book.redeem(regular.id, home(regular, turn))) ? 1 : 0)),
    ...each('balanceRead', readBalance),
  ]);
}

/** A member's own account, by the use case the graph calls. */
async function readBalance({ running, rules }: GrownBook, { id }: Regular): Promise<number> {
  const member: Principal = { kind: 'member', programmeId: rules.programmeId, memberId: id };
  const [account] = await readAccounts(running.ledger, member, [id]);
  if (account?.version === undefined || account.version === 0n) throw new Error('bench: an account without postings');
  return 1;
}

/** Sizes and bloat of every book, after the measuring. */
async function allSizes(books: ReadonlyMap<string, GrownBook>): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  for (const [size, { url }] of books) {
    for (const [name, value] of Object.entries(await sizesOf(url))) figures[`${name}_${size}`] = value;
  }
  return figures;
}
