import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../kernel/config/project-root';
import { testNamesIn } from './test-names';

const ROW = /^\| (.+?) \| \[[^\]]+\]\(\.\.\/([^)]+)\): `([^`]+)` \|$/;
const HEAD = /^\| (what comes|promise) \| test \|$/;

/** Rows that name a test which is not there, or that cannot be read. */
function faultsOf(page: string): string[] {
  const rows = page.split('\n').filter((line) => line.startsWith('| ') && !HEAD.test(line));
  return rows.filter((row) => {
    const [, , path = '', name = ''] = ROW.exec(row) ?? [];
    const file = join(projectRoot(), path);
    return path === '' || !existsSync(file) || !runsUnder(name, readFileSync(file, 'utf8'));
  });
}

/** Whether a test that is not skipped runs under the name, or under one that it is a part of. */
function runsUnder(name: string, text: string): boolean {
  return testNamesIn(text).some((found) => found.includes(name));
}

describe.each<[string, string, string?, number?]>([
  ['hostile input', 'HOSTILE.md'],
  ['what a close promises', 'SETTLEMENT.md'],
  ['what the ledger promises', 'LEDGER.md'],
  // The page has other tables as well.
  ['what the gateway promises', 'GATEWAY.md', 'What proves it', 20],
])('the table of %s', (_, name, section?: string, least = 60) => {
  const whole = readFileSync(join(projectRoot(), 'docs', name), 'utf8');
  const page = section === undefined ? whole : (whole.split(/^## /m).find((part) => part.startsWith(section)) ?? '');

  it('names tests that are there, for every row', () => {
    expect(page.match(/^\| .*`.*` \|$/gm)?.length).toBeGreaterThan(least);
    expect(faultsOf(page)).toEqual([]);
  });
});

it('is found out when it names a test that is not there (control)', () => {
  const rows = [
    '| a renamed test | [lanes.test.ts](../gateway/limits/lanes.test.ts): `no such behaviour` |',
    '| a moved file | [gone.test.ts](../gateway/gone.test.ts): `a lane` |',
    '| nothing | |',
  ];
  expect(faultsOf(rows.join('\n'))).toEqual(rows);
});

describe('a test is there', () => {
  it.each<[string, string]>([
    ['under a title of its own', "it('keeps it', () => {});"],
    ['under a title of several', "describe('of it', () => { test('a', run); it('keeps it', run); });"],
    ['under the title of a table', "it.each(rows)('keeps it, with %s', run);"],
    ['as a row of a table', "it.each([['keeps it', 1]])('%s', run);"],
    ['as a row that is declared before', "const rows = [{ what: 'keeps it' }]; it.each(rows)('does $what', run);"],
    ['as a key of a table', "const RACES = { 'keeps it': run }; it.each(Object.entries(RACES))('%s', run);"],
    ['where its papers are', "(schema === undefined ? it.skip : it)('keeps it', run);"],
  ])('%s', (_, text) => expect(runsUnder('keeps it', text)).toBe(true));

  it.each<[string, string]>([
    ['skipped', "it.skip('keeps it', () => {});"],
    ['to be written', "it.todo('keeps it');"],
    ['a skipped table’s', "it.skip.each([['keeps it']])('%s', run); describe.skip.each(rows)('keeps it', run);"],
    ['within what is skipped', "describe.skip('of it', () => { it('keeps it', () => {}); });"],
    ['a comment', "// it('keeps it', () => {});"],
    ['what a test expects', "it('does', () => expect(code).toBe('keeps it'));"],
    [
      'another cell of a row',
      "it.each([['a', 'keeps it']])('%s', run); it.each([{ code: 'keeps it' }])('$what', run);",
    ],
  ])('but not where its name is %s (control)', (_, text) => expect(runsUnder('keeps it', text)).toBe(false));
});
