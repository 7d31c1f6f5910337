import { checkBook } from '../hub/books/check-book';
import { makeBook } from '../hub/books/make-book';
import { settleBook } from '../hub/books/settle-book';
import type { Book } from '../hub/books/book-format';
import { checkStatement } from '../hub/statement-check/check-statement';
import { microsPerMinorOf } from '../hub/statement-check/minor-units';
import { readPackage } from '../hub/statement-check/package-file';
import { issuerOf } from '../hub/client/credentials';
import { runLimited } from '../hub/replay/limiter';
import { differencesOf } from '../hub/testkit/hold-against-oracle';
import type { Hub } from '../hub/composition/open-hub';
import { Fault } from '../kernel/errors/fault';
import type { Bench } from './benches';
import { rounded } from './coalition';
import { serverVersion } from './server-facts';

/** What a partner finds, who has the closing package and nothing else. */
function statementDifferences({ partners }: Book, packageText: string): string[] {
  const read = readPackage(packageText);
  const found = partners.flatMap(({ id }) => checkStatement(read, id, microsPerMinorOf).differences);
  return [...read.faults, ...found];
}

/** Settles a book and holds it against the oracle; a close that is refused differs from one that is not. */
async function settled(book: Book, hub: Hub): Promise<{ differences: readonly string[]; refused: number }> {
  try {
    const { result, packageText } = await settleBook(book, {
      ...{ url: hub.url, issuer: issuerOf(hub), tell: () => undefined, withPackage: true },
    });
    const differences = [...differencesOf(book, result), ...statementDifferences(book, packageText ?? '')];
    return { differences, refused: (result.refused as unknown[]).length };
  } catch (error) {
    if (error instanceof Fault) return { differences: [`${error.code}: ${error.message}`], refused: 0 };
    throw error;
  }
}

const EVENTS = 25;
const BOOKS_AT_ONCE = 4;
const TOLD_MAX = 5;

/**
 * Random books through one hub, each held against an independent calculator of the settlement model and against the properties
 * that hold for every sequence of events. A round is a book: the seeds are 1 to `--rounds`.
 */
export const benchBooks: Bench = async ({ openHub, tell, rounds }) => {
  const hub = await openHub();
  const wanted = rounds ?? 100;
  const counted = { books: 0, events: 0, refused: 0, books_that_differ: 0 };
  const startedAt = Date.now();
  await runLimited(
    Array.from({ length: wanted }, (_, n) => n + 1),
    BOOKS_AT_ONCE,
    async (seed) => {
      const checked = checkBook(makeBook(seed, EVENTS));
      if (!('book' in checked)) throw new TypeError(`benchBooks: the book of seed ${seed} is none`);
      const { book } = checked;
      const { differences, refused } = await settled(book, hub);
      counted.books += 1;
      counted.events += book.events.length;
      counted.refused += refused;
      if (differences.length > 0) counted.books_that_differ += 1;
      for (const difference of differences.slice(0, TOLD_MAX)) tell(`seed ${seed}: ${difference}`);
      if (counted.books % 50 === 0) tell(`${counted.books} of ${wanted} books`);
    },
  );
  const seconds = (Date.now() - startedAt) / 1_000;
  return {
    postgres: await serverVersion(hub.databases.embeddedUrl!),
    figures: { ...counted, seconds: rounded(seconds), books_per_s: rounded(counted.books / seconds) },
    ratios: {},
  };
};
