import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DevelopmentIssuer } from '../../gateway/main';
import { fetchPackage } from '../client/fetch-package';
import { GraphConnection } from '../client/graph';
import { Progress } from '../replay/progress';
import type { Book } from './book-format';
import { closeBook } from './close-book';
import { foundBook } from './found-book';
import { BookPoster } from './post-book';
import { BookNames, presentBook, RESULT_NAMES, type BookResult } from './present-book';
import { readMade, readSettledBooks } from './read-result';

export interface SettleOptions {
  /** Origin of a hub that runs. */
  readonly url: string;
  readonly issuer: DevelopmentIssuer;
  readonly tell: (line: string) => void;
  /** Whether the cycle's closing package is fetched too. */
  readonly withPackage?: boolean;
}

/** What came of a book, and its cycle's closing package where one was asked for. */
export interface SettledBook {
  readonly result: BookResult;
  readonly packageText: string | null;
}

let booksFounded = 0;

/**
 * Runs a book through the public graph of a hub, in a sandbox programme of its own, and brings its cycle to NETTED.
 *
 * @throws Fault HUB_COMMAND_REFUSED when the rules refuse the book's terms or the close
 */
export async function settleBook(book: Book, { url, issuer, tell, withPackage }: SettleOptions): Promise<SettledBook> {
  const connection = new GraphConnection(url);
  try {
    const key = `book-${Date.now().toString(36)}-${process.pid}-${(booksFounded += 1)}`;
    const found = await foundBook(connection, issuer, { book, key });
    tell(`programme ${key} was founded: ${found.partnerIds.size} partners, ${found.memberIds.size} members`);
    const progress = new Progress('events', book.events.length, tell);
    const posted = await new BookPoster(book, found, (events) => progress.advance(events)).post();
    progress.finish();
    const made = await readMade(found.admin);
    const names = new BookNames({ found, posted, settled: made });
    const closed = await closeBook(book, found, names.find);
    tell('the cycle is NETTED');
    const result = presentBook({ book, found, posted, settled: await readSettledBooks(found.admin, closed, made) });
    return { result, packageText: withPackage === true ? await fetchPackage(found.admin, closed.cycleId) : null };
  } finally {
    await connection.close();
  }
}

/** Writes the result files; the same result always gives the same bytes. */
export function writeResult(outDir: string, { result, packageText }: SettledBook): void {
  mkdirSync(outDir, { recursive: true });
  if (packageText !== null) writeFileSync(join(outDir, 'package.ndjson'), packageText);
  for (const name of RESULT_NAMES) writeFileSync(join(outDir, `${name}.json`), jsonText(result[name]));
}

/** Keys sorted, arrays as they are. */
function jsonText(value: unknown): string {
  const sorted = (_key: string, field: unknown): unknown =>
    field !== null && typeof field === 'object' && !Array.isArray(field)
      ? Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : 1)))
      : field;
  return `${JSON.stringify(value, sorted, 1)}\n`;
}
