import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openTestDatabase, type TestDatabase } from '../testkit/database';
import { describeFindings, readSqlFolder, runInvariants } from './invariants';
import { jars } from '../testkit/jars';
import { sqlStateOf } from './transaction';

describe('runInvariants', () => {
  let database: TestDatabase;
  let folder: string;
  beforeAll(async () => {
    database = await openTestDatabase(jars);
    await database.pool.query(`insert into jar select 'jar ' || n, n from generate_series(1, 50) n`);
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hub-invariants-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  afterAll(() => database.drop());

  const write = (name: string, query: string): void => writeFileSync(join(folder, name), query);

  it('finds nothing in a healthy book, and counts every offending row of a sick one but keeps only the first twenty', async () => {
    write('coins-are-never-negative.sql', '-- No jar owes coins.\nselect id from jar where coins < 0;\n');
    write('jars-are-small.sql', '/* jars.invariants.small */ select id, coins from jar where coins > 5 order by coins');
    write('notes.txt', 'not a query');
    const [healthy, sick] = await runInvariants(database, folder);
    expect(healthy).toEqual({ name: 'coins-are-never-negative', total: 0, rows: [] });
    expect(sick).toMatchObject({ name: 'jars-are-small', total: 45 });
    expect(sick?.rows).toHaveLength(20);
    expect(describeFindings([healthy, sick].flatMap((finding) => finding ?? []))).toEqual([
      'jars-are-small: 45 rows, first {"id":"jar 6","coins":"6"}',
    ]);
  });

  it('shows every offending row to whoever wants to see them, and keeps the first twenty all the same', async () => {
    write('jars-are-small.sql', `select id, n from jar, generate_series(1, 50) n where coins > 0`);
    const seen: unknown[] = [];
    const [sick] = await runInvariants(database, folder, async ({ name, rows }) => {
      seen.push(...rows.map(({ id, n }) => [name, id, n].join(' ')));
    });
    expect([sick?.total, sick?.rows.length, seen.length, new Set(seen).size]).toEqual([2_500, 20, 2_500, 2_500]);
  });

  it('cannot change anything', async () => {
    await database.asOwner(
      `create function empty_jars() returns setof jar language sql as 'delete from jar returning *'`,
    );
    write('sly.sql', 'select * from empty_jars()');
    await expect(runInvariants(database, folder).catch(sqlStateOf)).resolves.toBe('25006');
    const { rows } = await database.pool.query('select count(*) as jars from jar');
    expect(rows).toEqual([{ jars: '50' }]);
  });

  it('reads a folder that does not exist as one without invariants', () => {
    expect(readSqlFolder(join(folder, 'nowhere'))).toEqual([]);
  });
});
