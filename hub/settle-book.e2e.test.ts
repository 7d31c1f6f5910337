import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { projectRoot } from '../kernel/config/project-root';
import { BOOK_CASES } from './testkit/book-cases';
import { runHub } from './testkit/processes';

const books = resolve(projectRoot(), '..', 'shared', 'data', 'books');
const worked = join(books, 'worked-example.json');
const hasWorked = existsSync(worked);

let dataDir: string;
beforeAll(() => (dataDir = mkdtempSync(join(tmpdir(), 'hub-books-e2e-'))));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const resultOf = (folder: string, file: string): unknown =>
  JSON.parse(readFileSync(join(dataDir, 'out', folder, file), 'utf8'));

it('settles every book of a folder as it was worked out by hand', async () => {
  const folder = join(dataDir, 'in');
  mkdirSync(folder);
  for (const { book } of BOOK_CASES) writeFileSync(join(folder, `${book.name}.json`), JSON.stringify(book));
  if (hasWorked) writeFileSync(join(folder, 'worked-example.json'), readFileSync(worked));
  const { code, output } = await runHub(['settle-book', folder, '--out', join(dataDir, 'out')], {
    HUB_DATA_DIR: dataDir,
  });
  expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('books were settled') as string });
  for (const { book, expected } of BOOK_CASES) {
    const results = Object.keys(expected).map((name) => [name, resultOf(book.name, `${name}.json`)]);
    expect({ name: book.name, ...Object.fromEntries(results) }).toMatchObject({ name: book.name, ...expected });
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
}, 120_000);
