import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../kernel/config/project-root';

const ROW = /^\| (.+?) \| \[[^\]]+\]\(\.\.\/([^)]+)\): `([^`]+)` \|$/;

const HEAD = /^\| [a-z ]+ \| test \|$/;

/** Rows that name a test which is not there, or that cannot be read. */
function faultsOf(page: string): string[] {
  const rows = page.split('\n').filter((line) => line.startsWith('| ') && !HEAD.test(line));
  return rows.filter((row) => {
    const [, , path = '', name = ''] = ROW.exec(row) ?? [];
    const file = join(projectRoot(), path);
    return path === '' || !existsSync(file) || !readFileSync(file, 'utf8').includes(name);
  });
}

describe('a table of what is promised', () => {
  it.each([
    ['HOSTILE.md', 60],
    ['LEDGER.md', 100],
  ])('in %s names tests that are there, for every row', (name, least) => {
    const page = readFileSync(join(projectRoot(), 'docs', name), 'utf8');
    expect(page.match(/^\| .*`.*` \|$/gm)?.length).toBeGreaterThan(least);
    expect(faultsOf(page)).toEqual([]);
  });

  it('is found out when it names one that is not (control)', () => {
    const rows = [
      '| a renamed test | [lanes.test.ts](../gateway/limits/lanes.test.ts): `no such behaviour` |',
      '| a moved file | [gone.test.ts](../gateway/gone.test.ts): `a lane` |',
      '| nothing | |',
    ];
    expect(faultsOf(rows.join('\n'))).toEqual(rows);
  });
});
