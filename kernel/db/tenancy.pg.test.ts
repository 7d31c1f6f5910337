import type { Pool, PoolClient } from 'pg';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { openTestDatabase, type TestDatabase } from '../testkit/database';
import { newId, uuidOf, type ProgrammeId } from '../values/id';
import { openDatabase, type Database, type DatabaseDefinition } from './database';
import { migrate } from './migrate';
import { asAdministrator } from './provision';
import { inTransaction, sqlStateOf } from './transaction';

class Shelves1700000000000 implements MigrationInterface {
  name = 'Shelves1700000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table programme (id text primary key, name text);
      create table shelf (programme_id text not null references programme (id), id int not null, name text not null,
        primary key (programme_id, id));
      create table note (programme_id text, text text not null);
      create table place (feed text primary key)`);
  }

  async down(): Promise<void> {}
}

const shelves: DatabaseDefinition = {
  name: 'shelves',
  rows: [],
  migrations: [Shelves1700000000000],
  appendOnly: ['note'],
  tenancy: { programmes: ['programme'], withheld: { place: 'of no programme' }, unmarked: ['note'] },
};

const [north, south] = [newId('prg'), newId('prg')] as const;
let database: TestDatabase;
beforeAll(async () => {
  // One connection: whoever borrows it finds it as its last user left it.
  database = await openTestDatabase(shelves, { poolSize: 1 });
  for (const id of [north, south]) {
    await database.pool.query('insert into programme (id) values ($1)', [id]);
    await database.pool.query(`insert into shelf values ($1, 1, 'first'), ($1, 2, 'second')`, [id]);
    await database.pool.query(`insert into note values ($1, 'kept')`, [id]);
  }
});
afterAll(() => database.drop());

/** Whose rows of a table are seen, without any filter. */
async function seen(through: Database, table = 'shelf', column = 'programme_id'): Promise<string[]> {
  const { rows } = await through.pool.query<{ of: string }>(`select distinct ${column} as of from ${table} order by 1`);
  return rows.map((row) => row.of);
}
const stateOf = (through: Database, statement: string, values: unknown[] = []) =>
  through.pool.query(statement, values).then(({ rowCount }) => `${rowCount} rows`, sqlStateOf);

async function onCopy(test: (copy: TestDatabase) => Promise<void>): Promise<void> {
  const copy = await openTestDatabase(shelves, { poolSize: 2 });
  try {
    await test(copy);
  } finally {
    await copy.drop();
  }
}

describe('a database as one programme sees it', () => {
  it('holds that programme’s rows in every statement, and the whole holds all', async () => {
    expect(await seen(database.within(north))).toEqual([north]);
    expect(await seen(database.within(south))).toEqual([south]);
    expect(await seen(database.within(south), 'programme', 'id')).toEqual([south]);
    expect(await seen(database)).toEqual([north, south].sort());
    expect(await seen(database, 'programme', 'id')).toEqual([north, south].sort());
  });

  it('is empty where there is no programme, and where the connection was set to none or to nothing', async () => {
    expect(await seen(database.within(null))).toEqual([]);
    const url = new URL(database.url);
    const role = `${decodeURIComponent(url.username)}_tenant`;
    for (const setting of ['', `set hub.programme = ''`, 'reset hub.programme']) {
      const rows = await asAdministrator(database.url, async (client) => {
        await client.query(`set role "${role}"; ${setting}`);
        return (await client.query('select 1 from shelf union all select 1 from programme')).rowCount;
      });
      expect({ setting, rows }).toEqual({ setting, rows: 0 });
    }
  });

  it('writes no row of another programme, changes none and removes none', async () => {
    const view = database.within(north);
    expect(await stateOf(view, `insert into shelf values ($1, 9, 'smuggled')`, [south])).toBe('42501');
    expect(await stateOf(view, 'update shelf set programme_id = $1', [south])).toBe('42501');
    expect(await stateOf(view, `update shelf set name = 'x' where programme_id = $1`, [south])).toBe('0 rows');
    expect(await stateOf(view, 'delete from shelf where programme_id = $1', [south])).toBe('0 rows');
    expect(await stateOf(view, 'update shelf set name = name')).toBe('2 rows');
    expect(await stateOf(view, 'select 1 from place')).toBe('42501');
    expect(await stateOf(view, 'alter table shelf disable row level security')).toBe('42501');
  });

  it('is the tenant role again after the role and the settings were reset', async () => {
    const view = database.within(north);
    await view.pool.query('reset role');
    await view.pool.query('reset session authorization');
    expect((await view.pool.query('select current_user as role')).rows).toEqual([
      { role: expect.stringMatching(/_tenant$/) as string },
    ]);
  });

  it('leaves the oldest rows of tables that did not say whose they were within reach', async () => {
    await onCopy(async (copy) => {
      await copy.pool.query(`insert into note values (null, 'old'), ($1, 'of the north'), ($2, 'of the south')`, [
        north,
        south,
      ]);
      expect((await copy.within(north).pool.query('select text from note order by text')).rows).toEqual([
        { text: 'of the north' },
        { text: 'old' },
      ]);
      expect(await stateOf(copy.within(north), `delete from note`)).toBe('42501');
    });
  });

  it('negative control: without the policy, or without row security, another’s rows are seen', async () => {
    await onCopy(async (copy) => {
      const fill = `insert into programme (id) values ($1), ($2)`;
      await copy.pool.query(fill, [north, south]);
      const both = [north, south].sort();
      expect(await seen(copy.within(north), 'programme', 'id')).toEqual([north]);
      await copy.asOwner('alter policy hub_tenant on programme using (true)');
      expect(await seen(copy.within(north), 'programme', 'id')).toEqual(both);
      await migrateAgain(copy);
      expect(await seen(copy.within(north), 'programme', 'id')).toEqual([north]);
      await copy.asOwner('alter table programme disable row level security');
      expect(await seen(copy.within(north), 'programme', 'id')).toEqual(both);
      await migrateAgain(copy);
      await copy.asOwner('drop policy hub_tenant on programme');
      expect(await seen(copy.within(north), 'programme', 'id')).toEqual([]);
    });
  });
});

async function migrateAgain(at: TestDatabase, change: Partial<DatabaseDefinition> = {}): Promise<void> {
  const owner = await openDatabase({ ...shelves, ...change, url: at.ownerUrl, poolSize: 2 });
  try {
    await migrate(owner, { applicationRole: decodeURIComponent(new URL(at.url).username) });
  } finally {
    await owner.close();
  }
}

describe('a connection that programmes use in turn', () => {
  const turns = Array.from({ length: 60 }, (_, turn): ProgrammeId => (turn % 3 === 0 ? south : north));

  it('shows each its own rows, whoever had it before', async () => {
    const found = await Promise.all(turns.map((programme) => seen(database.within(programme))));
    expect(found).toEqual(turns.map((programme) => [programme]));
  });

  it('shows each its own rows after errors and transactions that were rolled back', async () => {
    const found = await Promise.all(
      turns.map((programme, turn) =>
        inTransaction(database.within(programme), async (tx) => {
          const rows = await tx.query<{ of: string }[]>('select distinct programme_id as of from shelf');
          if (turn % 4 === 1) await tx.query('select 1 / 0');
          if (turn % 4 === 2) throw new Error(rows.map((row) => row.of).join());
          return rows.map((row) => row.of).join();
        }).catch((error: Error) => (sqlStateOf(error) === '22012' ? programme : error.message)),
      ),
    );
    expect(found).toEqual(turns);
    const state = await stateOf(database.within(south), 'select 1 / 0');
    expect([state, await seen(database.within(north))]).toEqual(['22012', [north]]);
  });

  describe('and that is given back inside a transaction', () => {
    const begin = async (): Promise<PoolClient> => {
      const client = await database.within(north).pool.connect();
      await client.query('begin');
      return client;
    };

    /** Undoes whatever transaction the connection is in, as one who finds a failure does, and says whose rows are seen then. */
    const afterUndoing = async (pool: Pick<Pool, 'connect'>): Promise<string[]> => {
      const client = await pool.connect();
      await client.query('rollback');
      client.release();
      return seen(database.within(south));
    };

    it('is closed, so that nobody else undoes the transaction and with it the programme', async () => {
      (await begin()).release();
      expect(await afterUndoing(database.within(south).pool)).toEqual([south]);
      const failed = await begin();
      await expect(failed.query('select 1 / 0')).rejects.toMatchObject({ code: '22012' });
      failed.release();
      expect(await afterUndoing(database.within(south).pool)).toEqual([south]);
    });

    it('holds no lock of that transaction afterwards', async () => {
      const client = await begin();
      await client.query('lock table shelf in access exclusive mode');
      client.release();
      // Sooner than an idle connection is closed anyway.
      const rows = await inTransaction(database, async (tx) => {
        await tx.query(`set local lock_timeout = '5s'`);
        return (await tx.query('select 1 from shelf')) as unknown[];
      });
      expect(rows).toHaveLength(4);
    });

    it('is closed when the transaction begins only after it was given back', async () => {
      const client = await database.within(north).pool.connect();
      const begun = client.query('begin');
      client.release();
      expect(await afterUndoing(database.within(south).pool)).toEqual([south]);
      await begun;
    });

    it('negative control: given back as it is, it shows the next one the rows of the last', async () => {
      const view = database.within(north).pool;
      const bare = Object.getPrototypeOf(view) as typeof view;
      const client = await bare.connect();
      await client.query('select set_config($1, $2, false)', ['hub.programme', north]);
      await client.query('begin');
      client.release();
      const next = await bare.connect();
      await next.query('select set_config($1, $2, false)', ['hub.programme', south]);
      await next.query('rollback');
      const { rows } = await next.query<{ of: string }>('select distinct programme_id as of from shelf');
      next.release(true);
      expect(rows).toEqual([{ of: north }]);
    });
  });

  it('fails whoever asked when it is lost while it is set, and nothing else', async () => {
    const bare = Object.getPrototypeOf(database.within(north).pool) as Pool;
    const client = await bare.connect();
    client.release();
    const { stream } = (client as unknown as { connection: { stream: { destroy(): void } } }).connection;
    const query = jest.spyOn(client, 'query').mockImplementationOnce((...args: unknown[]) => {
      query.mockRestore();
      const answer = (client.query as (...all: unknown[]) => unknown)(...args);
      stream.destroy();
      return answer as never;
    });
    await expect(database.within(newId('prg')).pool.query('select 1')).rejects.toThrow('Connection terminated');
    expect(await seen(database.within(south))).toEqual([south]);
  });

  it('negative control: set once and never again, it shows the next one the rows of the last', async () => {
    await database.within(north).pool.query('select 1');
    const other = database.within(south).pool;
    const bare = Object.getPrototypeOf(other) as typeof other;
    const { rows } = await bare.query<{ of: string }>('select distinct programme_id as of from shelf');
    expect(rows).toEqual([{ of: north }]);
  });
});

describe('migrating', () => {
  it('refuses a table that nobody has decided about, and a decision about none', async () => {
    await onCopy(async (copy) => {
      await copy.asOwner('create table drawer (id int)');
      await expect(migrateAgain(copy)).rejects.toThrow('kept apart by programme: drawer');
      await copy.asOwner('alter table drawer add column programme_id text');
      await migrateAgain(copy);
      await copy.pool.query('insert into drawer values (1, $1), (2, $2)', [north, south]);
      expect(await seen(copy.within(north), 'drawer')).toEqual([north]);
      const tenancy = { ...shelves.tenancy!, withheld: { place: 'of no programme', shelve: 'misspelt' } };
      await expect(migrateAgain(copy, { tenancy })).rejects.toThrow('kept apart by programme: shelve');
    });
  });

  it('takes from the tenant role what was withheld later, and changes nothing the second time', async () => {
    await onCopy(async (copy) => {
      const tenancy = {
        ...shelves.tenancy!,
        withheld: { place: 'of no programme', note: 'now as well' },
        unmarked: [],
      };
      await migrateAgain(copy, { tenancy });
      expect(await stateOf(copy.within(north), 'select 1 from note')).toBe('42501');
      const rows = `select max(xmin::text::bigint) as last from pg_policy`;
      const before = (await copy.asOwner(rows)).rows;
      await migrateAgain(copy, { tenancy });
      expect((await copy.asOwner(rows)).rows).toEqual(before);
    });
  });

  describe('tables whose rows belong to rows of others', () => {
    class Books1700000000001 implements MigrationInterface {
      name = 'Books1700000000001';

      async up(runner: QueryRunner): Promise<void> {
        await runner.query(`
          create table rack (programme_id uuid not null, bucket smallint, id uuid, primary key (bucket, id));
          create table book (bucket smallint, rack uuid, title text);
          create table page (title text, n int);
          create table print (id int primary key);
          create view paged with (security_invoker = true) as select title, n from page`);
      }

      async down(): Promise<void> {}
    }
    const books: DatabaseDefinition = {
      ...shelves,
      name: 'books',
      migrations: [...shelves.migrations, Books1700000000001],
      tenancy: {
        ...shelves.tenancy!,
        through: {
          book: { table: 'rack', by: { bucket: 'bucket', rack: 'id' } },
          page: { table: 'book', by: { title: 'title' } },
        },
        common: { print: 'letters are nobody’s' },
      },
    };
    let copy: TestDatabase;
    beforeAll(async () => {
      copy = await openTestDatabase(books, { poolSize: 2 });
      for (const [n, id] of [north, south].entries()) {
        await copy.pool.query('insert into rack values ($1, $2, $1)', [uuidOf(id), n]);
        await copy.pool.query('insert into book values ($1, $2, $3)', [n, uuidOf(id), id]);
        await copy.pool.query('insert into page values ($1, 1)', [id]);
      }
      await copy.pool.query('insert into print values (1)');
    });
    afterAll(() => copy.drop());

    it('are seen with those rows, through views as well, and written with those rows', async () => {
      const view = copy.within(north);
      for (const table of ['book', 'page', 'paged']) {
        expect([table, await seen(view, table, 'title')]).toEqual([table, [north]]);
        expect([table, await seen(copy.within(null), table, 'title')]).toEqual([table, []]);
      }
      expect(await seen(view, 'rack', 'programme_id')).toEqual([uuidOf(north)]);
      expect(await stateOf(view, 'insert into page values ($1, 2)', [south])).toBe('42501');
      expect(await stateOf(view, 'update page set n = n')).toBe('1 rows');
      expect(await stateOf(view, 'select 1 from print')).toBe('1 rows');
      expect(await stateOf(view, 'insert into print values (2)')).toBe('42501');
    });

    it('change nothing when migrated again', async () => {
      const last = `select max(xmin::text::bigint) as last from pg_policy`;
      const before = (await copy.asOwner(last)).rows;
      await migrateAgain(copy, books);
      expect((await copy.asOwner(last)).rows).toEqual(before);
    });

    it('are refused with a view that shows what its owner reaches; negative control: it shows another’s rows', async () => {
      await copy.asOwner('alter view paged reset (security_invoker)');
      expect(await seen(copy.within(north), 'paged', 'title')).toEqual([north, south].sort());
      await expect(migrateAgain(copy, books)).rejects.toThrow('kept apart by programme: paged');
      await copy.asOwner(
        'create materialized view kept as select * from page; alter view paged set (security_invoker = true)',
      );
      await expect(migrateAgain(copy, books)).rejects.toThrow('kept apart by programme: kept');
    });
  });

  it('takes away a policy that somebody added, which would open what ours close', async () => {
    await onCopy(async (copy) => {
      for (const id of [north, south]) {
        await copy.pool.query('insert into programme (id) values ($1)', [id]);
        await copy.pool.query(`insert into shelf values ($1, 1, 'first')`, [id]);
      }
      await copy.asOwner('create policy everybody on shelf using (true)');
      expect(await seen(copy.within(north))).toEqual([north, south].sort());
      await copy.asOwner('create policy aside on place using (true)');
      await migrateAgain(copy, {});
      expect(await seen(copy.within(north))).toEqual([north]);
    });
  });

  it('says in words that the tenant role is missing', async () => {
    const owner = await openDatabase({ ...shelves, url: database.ownerUrl, poolSize: 2 });
    try {
      await expect(migrate(owner, { applicationRole: 'nobody_here' })).rejects.toMatchObject({
        code: 'HUB_DATABASE_TENANT_ROLE_MISSING',
        message: expect.stringContaining('create role "nobody_here_tenant" nologin') as string,
      });
    } finally {
      await owner.close();
    }
  });

  it('opens no view where nothing is said about programmes', async () => {
    const { tenancy: _, ...silent } = shelves;
    const other = await openTestDatabase({ ...silent, name: 'silent' });
    try {
      expect(() => other.within(north)).toThrow('kept apart');
    } finally {
      await other.drop();
    }
  });
});
