import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../kernel/config/project-root';

const ROW = /^\| (.+?) \| \[[^\]]+\]\(\.\.\/([^)]+)\): `([^`]+)` \|$/;
const HEAD = /^\| (what comes|promise) \| test \|$/;

/** Rows that name a test which is not there, or that cannot be read. */
function faultsOf(page: string): string[] {
  const rows = page.split('\n').filter((line) => line.startsWith('| ') && !HEAD.test(line));
  return rows.filter((row) => {
    const [, , path = '', name = ''] = ROW.exec(row) ?? [];
    const file = join(projectRoot(), path);
    return path === '' || !existsSync(file) || !readFileSync(file, 'utf8').includes(name);
  });
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
