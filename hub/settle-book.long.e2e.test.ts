import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { projectRoot } from '../kernel/config/project-root';
import type { WrittenBook } from './books/book-format';
import { checkBook } from './books/check-book';
import { makeBook } from './books/make-book';
import { RESULT_NAMES, type BookResult } from './books/present-book';
import { checkStatement } from './statement-check/check-statement';
import { microsPerMinorOf } from './statement-check/minor-units';
import { readPackage } from './statement-check/package-file';
import { BOOK_CASES } from './testkit/book-cases';
import { differencesOf } from './testkit/hold-against-oracle';
import { runHub } from './testkit/processes';

const books = resolve(projectRoot(), '..', 'shared', 'data', 'books');
const worked = join(books, 'worked-example.json');
const hasWorked = existsSync(worked);

let dataDir: string;
beforeAll(() => (dataDir = mkdtempSync(join(tmpdir(), 'hub-books-e2e-'))));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const resultOf = (folder: string, file: string): unknown =>
  JSON.parse(readFileSync(join(dataDir, 'out', folder, file), 'utf8'));

/** What every partner finds of its statement, reckoned from the closing package alone. */
function statementFaults({ name, partners }: WrittenBook): string[] {
  const read = readPackage(readFileSync(join(dataDir, 'out', name, 'package.ndjson'), 'utf8'));
  const found = partners.flatMap(({ id }) => checkStatement(read, id, microsPerMinorOf).differences);
  return [...read.faults, ...found];
}

const RANDOM_BOOKS = 10;
const randomBooks = [...Array(RANDOM_BOOKS - 1).keys(), 24].map((n) => makeBook(n + 1, 20));

it('settles every book of a folder as it was worked out by hand, or by another calculator', async () => {
  const folder = join(dataDir, 'in');
  mkdirSync(folder);
  for (const book of randomBooks) writeFileSync(join(folder, `${book.name}.json`), JSON.stringify(book));
  for (const { book } of BOOK_CASES) writeFileSync(join(folder, `${book.name}.json`), JSON.stringify(book));
  // Terms the rules refuse, among books that go on.
  const [first] = BOOK_CASES;
  const dear = first!.book.partners.map((one) => ({ ...one, reimbursementMicros: 10_001 }));
  writeFileSync(join(folder, 'dear.json'), JSON.stringify({ ...first!.book, name: 'dear', partners: dear }));
  if (hasWorked) writeFileSync(join(folder, 'worked-example.json'), readFileSync(worked));
  const { code, output } = await runHub(['settle-book', folder, '--package', '--out', join(dataDir, 'out')], {
    HUB_DATA_DIR: dataDir,
  });
  const settled = randomBooks.length + BOOK_CASES.length + (hasWorked ? 1 : 0);
  expect({ code, output }).toEqual({
    ...{ code: 1, output: expect.stringContaining(`${settled} books were settled`) as string },
  });
  expect(output).toMatch(/HUB_COMMAND_REFUSED: these were not:\s+dear: [A-Z_]+/);
  expect(existsSync(join(dataDir, 'out', 'dear'))).toBe(false);
  for (const { book, expected } of BOOK_CASES) {
    const results = Object.keys(expected).map((name) => [name, resultOf(book.name, `${name}.json`)]);
    expect({ name: book.name, ...Object.fromEntries(results) }).toMatchObject({ name: book.name, ...expected });
  }
  for (const { book } of BOOK_CASES) expect(statementFaults(book)).toEqual([]);
  for (const written of randomBooks) {
    expect(statementFaults(written)).toEqual([]);
    const checked = checkBook(written);
    if ('faults' in checked) throw new Error(`${written.name}: ${JSON.stringify(checked.faults)}`);
    const results = RESULT_NAMES.map((name) => [name, resultOf(written.name, `${name}.json`)]);
    const result = Object.fromEntries(results) as BookResult;
    expect({ name: written.name, differences: differencesOf(checked.book, result) }).toEqual({
      ...{ name: written.name, differences: [] },
    });
  }
  if (!hasWorked) {
    console.info(`skipped the worked example: ${worked} is not there`);
    return;
  }
  const expected = join(books, 'worked-example.expected');
  for (const file of readdirSync(expected)) {
    const whole: unknown = JSON.parse(readFileSync(join(expected, file), 'utf8'));
    const result = resultOf('worked-example', file.replace('.some', ''));
    if (file.includes('.some')) expect(result).toMatchObject(whole as object);
    else expect(result).toEqual(whole);
  }
}, 240_000);

it('checks a partner’s statement by the command, and names the line of a changed byte', async () => {
  const file = join(dataDir, 'out', BOOK_CASES[0]!.book.name, 'package.ndjson');
  const verify = (path: string, ...more: string[]) => runHub(['verify-statement', path, '--partner', 'A', ...more], {});
  expect(await verify(file)).toMatchObject({
    ...{ code: 0, output: expect.stringContaining('its statement follows from its records') as string },
  });
  const lines = readFileSync(file, 'utf8').split('\n');
  // A record stands in its line as text of its own.
  const [was, is] = ['micros\\":\\"2000000', 'micros\\":\\"2000001'];
  const place = lines.findIndex((line) => line.includes(was));
  expect(place).toBeGreaterThan(0);
  const changed = lines.map((line) => line.replace(was, is));
  const broken = join(dataDir, 'changed.ndjson');
  writeFileSync(broken, changed.join('\n'));
  expect(await verify(broken)).toMatchObject({
    ...{ code: 1, output: expect.stringContaining(`(line ${place + 1}): its hash does not fit it`) as string },
  });
  expect(await verify(file, '--key', 'another')).toMatchObject({
    ...{ code: 1, output: expect.stringContaining('signed with another key') as string },
  });
});
