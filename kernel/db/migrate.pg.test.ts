import type { MigrationInterface, QueryRunner } from 'typeorm';
import { openTestDatabase, type TestDatabase } from '../testkit/database';
import { openDatabase, type Database } from './database';
import { jars } from '../testkit/jars';
import { migrate } from './migrate';
import { sqlStateOf } from './transaction';

/** Builds an index in the way that waits for every other snapshot, and would break if two did it at once. */
class IndexJars1700000000001 implements MigrationInterface {
  name = 'IndexJars1700000000001';
  transaction = false as const;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create index concurrently jar_by_coins on jar (coins)');
  }

  async down(): Promise<void> {}
}

class Slow1700000000002 implements MigrationInterface {
  name = 'Slow1700000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table half_done (x int)');
    await runner.query('select pg_sleep(0.2)'); // longer than the statement timeout of the database below
    await runner.query('insert into half_done values (1)');
  }

  async down(): Promise<void> {}
}

class Broken1700000000003 implements MigrationInterface {
  name = 'Broken1700000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table never (x int)');
    await runner.query('select 1 / 0');
  }

  async down(): Promise<void> {}
}

describe('migrate', () => {
  let base: TestDatabase;
  const opened: Database[] = [];
  const open = async (...more: (new () => MigrationInterface)[]): Promise<Database> => {
    const migrations = [...jars.migrations, ...more];
    const database = await openDatabase({
      ...jars,
      migrations,
      url: base.ownerUrl,
      poolSize: 2,
      statementTimeoutMs: 100,
    });
    opened.push(database);
    return database;
  };
  beforeEach(async () => {
    base = await openTestDatabase(jars);
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((database) => database.close()));
    await base.drop();
  });

  it('lets one of several migrators do the work and the others find it done', async () => {
    const migrators = [
      await open(IndexJars1700000000001),
      await open(IndexJars1700000000001),
      await open(IndexJars1700000000001),
    ];
    const ran = await Promise.all(migrators.map((database) => migrate(database)));
    expect(ran.flat()).toEqual(['IndexJars1700000000001']);
    expect(await migrate(migrators[0] as Database)).toEqual([]);
  });

  it('may take longer than a statement of a caller, and leaves that limit as it was', async () => {
    const database = await open(Slow1700000000002);
    expect(await migrate(database)).toEqual(['Slow1700000000002']);
    await expect(database.pool.query('select pg_sleep(1)').catch(sqlStateOf)).resolves.toBe('57014');
  });

  it('undoes a migration that fails, keeps those before it, and frees the lock', async () => {
    const broken = await open(IndexJars1700000000001, Broken1700000000003);
    await expect(migrate(broken).catch(sqlStateOf)).resolves.toBe('22012');
    const { rows } = await base.asOwner(
      `select to_regclass('never') as never, to_regclass('jar_by_coins')::text as before`,
    );
    expect(rows).toEqual([{ never: null, before: 'jar_by_coins' }]);
    expect(await migrate(await open(IndexJars1700000000001))).toEqual([]);
  });
});
