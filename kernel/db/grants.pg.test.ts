import type { MigrationInterface, QueryRunner } from 'typeorm';
import { openTestDatabase, type TestDatabase } from '../testkit/database';
import { openDatabase, type DatabaseDefinition } from './database';
import { findOpenGuard } from './grants';
import { mayMigrate, migrate, pendingMigrations } from './migrate';
import { MIGRATION_TABLE } from './migration-table';
import { asAdministrator } from './provision';
import { sqlStateOf } from './transaction';

class Diary1700000000000 implements MigrationInterface {
  name = 'Diary1700000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table page (id bigint generated always as identity primary key, text text not null);
      create table year (of int not null, text text not null) partition by range (of);
      create table year_one partition of year for values from (1) to (2);
      create table note (id bigint generated always as identity primary key, page_id bigint references page (id), text text);
      create view last_page as select id, text from page;
      create function refuse_change() returns trigger language plpgsql as $$
        begin raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation'; end $$;
      create trigger page_is_history before update or delete or truncate on page
        for each statement execute function refuse_change();
      create publication pages for table page`);
  }

  async down(): Promise<void> {}
}

class Margin1700000000001 implements MigrationInterface {
  name = 'Margin1700000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table margin (text text)');
  }

  async down(): Promise<void> {}
}

const diary: DatabaseDefinition = {
  name: 'diary',
  rows: [],
  migrations: [Diary1700000000000],
  appendOnly: ['page', 'year'],
};

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase(diary);
});
afterAll(() => database.drop());
beforeEach(() => database.pool.query(`insert into page (text) values ('dear diary')`));

/** SQLSTATE of a statement, or `done`. */
const stateOf = (statement: string, at: TestDatabase = database): Promise<string | undefined> =>
  at.pool.query(statement).then(() => 'done', sqlStateOf);

/** Migrates again as the owner, perhaps with other words about the tables. */
async function migrateAgain(at: TestDatabase, change: Partial<DatabaseDefinition> = {}): Promise<string[]> {
  const owner = await openDatabase({ ...diary, ...change, url: at.ownerUrl, poolSize: 2 });
  try {
    return await migrate(owner, { applicationRole: roleIn(at.url) });
  } finally {
    await owner.close();
  }
}

const roleIn = (url: string): string => decodeURIComponent(new URL(url).username);

/** A copy of its own for a test that changes rights, as the owner and as the server's administrator may. */
async function onCopy(test: (copy: TestDatabase) => Promise<void>): Promise<void> {
  const copy = await openTestDatabase(diary);
  try {
    await test(copy);
  } finally {
    await copy.drop();
  }
}

/** Ways to rewrite history, or to take away what keeps it. */
const FORBIDDEN = [
  `update page set text = 'nothing happened'`,
  `update last_page set text = 'nothing happened'`,
  'delete from page',
  'truncate page',
  'select 1 from page for update',
  `insert into page (text) values ('x') on conflict (id) do update set text = 'y'`,
  'alter table page disable trigger page_is_history',
  'alter table page disable trigger all',
  'drop trigger page_is_history on page',
  'create trigger mine before insert on page for each row execute function refuse_change()',
  'create or replace function refuse_change() returns trigger language plpgsql as $$ begin return new; end $$',
  'create rule quiet as on insert to page do instead nothing',
  'drop table page cascade',
  'alter table page rename to leaf',
  'alter table page owner to current_user',
  'set session_replication_role = replica',
  `update year set text = ''`,
  'delete from year_one',
  'truncate note',
  'drop publication pages',
  `insert into ${MIGRATION_TABLE} (timestamp, name) values (1, 'x')`,
  `delete from ${MIGRATION_TABLE}`,
];

describe('the role of an application', () => {
  it.each(FORBIDDEN)('is refused: %s', async (statement) => {
    expect(await stateOf(statement)).toBe('42501');
  });

  it('negative control: the owner is stopped by the trigger alone, and can take it away', async () => {
    await onCopy(async (copy) => {
      await copy.asOwner(`insert into page (text) values ('dear diary')`);
      await expect(copy.asOwner('delete from page').catch(sqlStateOf)).resolves.toBe('23001');
      await copy.asOwner(`alter table page disable trigger page_is_history; delete from page`);
      expect((await copy.pool.query('select 1 from page')).rowCount).toBe(0);
    });
  });

  it('does its work: reads all, adds to what is append-only, changes and removes the rest', async () => {
    const work = [
      'select page.text from page join note on page_id = page.id',
      `insert into page (text) values ('more') on conflict do nothing`,
      `insert into note (page_id, text) select id, 'fits' from page limit 1`,
      `update note set text = 'fits well'`,
      'select 1 from note for update',
      'delete from note',
      `insert into year values (1, 'a year')`,
      'select 1 from last_page',
      'analyze page, note',
      `select name from ${MIGRATION_TABLE}`,
    ];
    for (const statement of work)
      expect({ statement, state: await stateOf(statement) }).toEqual({ statement, state: 'done' });
  });

  it('gains nothing by granting rights to itself', async () => {
    await stateOf('grant all on page to current_user');
    expect(await findOpenGuard(database)).toBeNull();
    expect(await stateOf('delete from page')).toBe('42501');
  });

  it('refreshes statistics without a warning', async () => {
    const client = await database.pool.connect();
    const warnings: unknown[] = [];
    client.on('notice', (notice) => warnings.push(notice.message));
    await client.query('analyze page');
    client.release();
    expect(warnings).toEqual([]);
  });

  it('reads the write-ahead log of a publication that the owner made', async () => {
    const slot = `diary_${process.pid}`;
    const { rows } = await database.pool.query(
      `select slot_name as name from pg_create_logical_replication_slot($1, 'pgoutput', true)`,
      [slot],
    );
    expect(rows).toEqual([{ name: slot }]);
  });
});

describe('applyGrants', () => {
  it('changes nothing when nothing is to be changed', async () => {
    const version = async (): Promise<unknown> =>
      (
        await database.pool.query(
          `select oid, xmin::text from pg_class where relnamespace = 'public'::regnamespace order by oid`,
        )
      ).rows;
    const before = await version();
    expect(await migrateAgain(database)).toEqual([]);
    expect(await version()).toEqual(before);
  });

  it('takes back what an older version or a hurried operator granted, to the role or to everybody, also by column', async () => {
    await onCopy(async (copy) => {
      const role = roleIn(copy.url);
      await copy.asOwner(`grant all on all tables in schema public to "${role}"; grant update (text) on page to "${role}";
        grant update on year to public; grant create on schema public to "${role}";
        grant temporary on database ${new URL(copy.url).pathname.slice(1)} to public;
        alter table page disable trigger user; insert into page (text) values ('dear diary')`);
      expect(await stateOf(`update page set text = 'nothing happened'`, copy)).toBe('done');
      expect(await findOpenGuard(copy)).toMatchObject({ ownsTables: false, tables: ['page', 'year'] });
      await migrateAgain(copy);
      expect(await findOpenGuard(copy)).toBeNull();
      const attempts = [...FORBIDDEN, 'create table mine (x int)', 'create temporary table mine (x int)'];
      for (const attempt of attempts)
        expect({ attempt, state: await stateOf(attempt, copy) }).toEqual({ attempt, state: '42501' });
    });
  });

  it('gives rights on a table made later, and follows a change of mind about what is append-only', async () => {
    await onCopy(async (copy) => {
      const migrations = [Diary1700000000000, Margin1700000000001];
      expect(await migrateAgain(copy, { migrations })).toEqual(['Margin1700000000001']);
      expect(await stateOf('delete from margin', copy)).toBe('done');
      await migrateAgain(copy, { migrations, appendOnly: ['margin'] });
      expect(await stateOf('delete from margin', copy)).toBe('42501');
      expect(await stateOf('delete from year', copy)).toBe('done');
    });
  });

  it('refuses a list of append-only tables that do not exist, naming them all', async () => {
    await onCopy(async (copy) => {
      const faulty = migrateAgain(copy, { appendOnly: ['page', 'pgae', 'last_page', 'chapter'] });
      await expect(faulty).rejects.toThrow(/diary calls tables append-only .*: pgae, last_page, chapter$/);
    });
  });

  it('lets several migrate at once', async () => {
    await onCopy(async (copy) => {
      await copy.asOwner(`revoke all on all tables in schema public from "${roleIn(copy.url)}"`);
      await Promise.all([1, 2, 3].map(() => migrateAgain(copy)));
      expect(await stateOf('select 1 from page', copy)).toBe('done');
    });
  });
});

describe('who looks before working', () => {
  it('finds that the owner may migrate and the application may not', async () => {
    const owner = await openDatabase({ ...diary, url: database.ownerUrl, poolSize: 1 });
    expect([await mayMigrate(owner), await mayMigrate(database)]).toEqual([true, false]);
    expect(await findOpenGuard(owner)).toMatchObject({ role: roleIn(database.ownerUrl), ownsTables: true });
    await owner.close();
  });

  it('finds no gap in the guard of the application, and one when it is a member of the owner', async () => {
    expect(await findOpenGuard(database)).toBeNull();
    const [role, owner] = [roleIn(database.url), roleIn(database.ownerUrl)];
    const change = (statement: string) =>
      asAdministrator(process.env.HUB_TEST_DATABASE_URL!, (client) => client.query(statement));
    await change(`grant "${owner}" to "${role}"`);
    expect(await findOpenGuard(database)).toMatchObject({ role, ownsTables: true });
    await change(`revoke "${owner}" from "${role}"`);
  });

  it('names the migrations that are still to run, all of them where it may not look', async () => {
    const migrations = [Diary1700000000000, Margin1700000000001];
    const newer = await openDatabase({ ...diary, migrations, url: database.url, poolSize: 1 });
    expect(await pendingMigrations(newer)).toEqual(['Margin1700000000001']);
    await newer.close();
    await onCopy(async (copy) => {
      await copy.asOwner(`revoke select on ${MIGRATION_TABLE} from "${roleIn(copy.url)}"`);
      expect(await pendingMigrations(copy)).toEqual(['Diary1700000000000']);
      await copy.asOwner(`drop table ${MIGRATION_TABLE}`);
      expect(await pendingMigrations(copy)).toEqual(['Diary1700000000000']);
    });
  });
});
