import { statfsSync } from 'node:fs';
import { startEmbeddedPostgres } from '../../kernel/db/embedded/embedded-postgres';
import { Fault } from '../../kernel/errors/fault';
import type { BenchRun } from '../benches';
import { clusterOf } from '../private-folder';
import { askOnce } from '../server-facts';
import { makeBook, openBook, urlOfDatabase, type BenchBook, type BookPlace } from './book';
import { multiplyBook } from './multiply';

/** How many times the small book each book is. */
export const BOOKS: Readonly<Record<string, number>> = { '10k': 1, '1m': 100, '10m': 1_000 };
const MEMBERS = 1_000;
/** What each member of the small book does: ten postings, eight of them earns. Six lots are left open. */
export const HABIT = ['earn', 'earn', 'earn', 'earn', 'earn', 'redeem', 'earn', 'earn', 'redeem', 'earn'] as const;
/** What ten million postings and their log take, and some air. */
const DISK_BYTES = 40e9;

/** Settings under which a server is filled, not measured: what is made there is lost with the bench. */
const FILLING = {
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '2GB',
  checkpoint_timeout: '1h',
  autovacuum: 'off',
};

/** The database of a book. */
export const databaseOf = (size: string): string => `growth_${size}`;

/** Makes the books on a server that is stopped again, so that it is measured with the settings of a hub's. */
export async function makeBooks(run: BenchRun, sizes: readonly string[]): Promise<BookPlace> {
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
    const place = await makeSmallBook(server.superuserUrl, databaseOf('10k'), MEMBERS);
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

/** A book posted by the use cases: ten postings of each member, in the order of their habit. */
export async function makeSmallBook(serverUrl: string, name: string, members: number): Promise<BookPlace> {
  const place = await makeBook(serverUrl, name, { members, partnersOf: homesOf });
  const book = await openBook(place);
  try {
    for (const step of HABIT.keys()) await live(book, step);
  } finally {
    await book.close();
  }
  return place;
}

/** Two partners a member goes to. */
function homesOf(member: number): readonly number[] {
  const first = member % 16;
  return [first, (first + 1 + (Math.floor(member / 16) % 15)) % 16];
}

/** One posting of each member; a redemption takes lots of two issuers. */
async function live(book: BenchBook, step: number): Promise<void> {
  await Promise.all(
    book.members.map(async (member, n) => {
      const partner = book.partners[homesOf(n)[step % 2]!]!;
      if (HABIT[step] === 'earn') await book.earn(member, partner);
      else if (!(await book.redeem(member, partner))) throw new Error('bench: a member had nothing to redeem');
    }),
  );
}
