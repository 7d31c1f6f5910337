import { findOpenGuard } from '../../kernel/db/grants';
import { MIGRATION_TABLE } from '../../kernel/db/migration-table';
import { openTestDatabase, type TestDatabase } from '../../kernel/testkit/database';
import { newId, uuidOf } from '../../kernel/values/id';
import { definitions } from '../definitions';

const [north, south] = [newId('prg'), newId('prg')].sort() as [
  ReturnType<typeof newId<'prg'>>,
  ReturnType<typeof newId<'prg'>>,
];

interface Guarded {
  readonly name: string;
  /** Says whose a row is: the programme's id, or what belongs to the row of another table that does. */
  readonly column: string;
  /** What a row needs besides: what it is found by, or what rows of other tables find it by. */
  readonly keys: readonly string[];
}

/** What a row of a programme has in a column, by the column's type; one that says whose it is, or a key made up from it. */
const VALUES: Readonly<Record<string, (programme: typeof north) => unknown>> = {
  text: (programme) => programme,
  uuid: uuidOf,
  smallint: (programme) => (programme === north ? 1 : 2),
};

/** Every table of the schema, as the catalog has it. */
const TABLES = `select r.relname::text as name, r.relrowsecurity and r.relforcerowsecurity as forced,
       array(select p.polname::text from pg_policy p where p.polrelid = r.oid order by 1) as policies,
       exists (select 1 from pg_attribute a where a.attrelid = r.oid and a.attname = 'programme_id') as marked
  from pg_class r
 where r.relnamespace = 'public'::regnamespace and r.relkind in ('r', 'p') and r.relname <> '${MIGRATION_TABLE}' order by 1`;

interface Table {
  readonly name: string;
  readonly forced: boolean;
  readonly policies: readonly string[];
  readonly marked: boolean;
}

/** Policies are what this is about, so all else that a row must fulfil is taken away. */
const BARE = `
select format('alter table %I drop constraint if exists %I cascade', r.relname, c.conname) as statement
  from pg_constraint c join pg_class r on r.oid = c.conrelid where r.relname = any ($1::text[]) and c.contype <> 'n'
union all
select format('drop index if exists %I cascade', x.relname)
  from pg_index i join pg_class r on r.oid = i.indrelid join pg_class x on x.oid = i.indexrelid
 where r.relname = any ($1::text[]) and i.indisunique and not exists (select 1 from pg_constraint c where c.conindid = i.indexrelid)
union all
select format('alter table %I alter column %I drop not null', r.relname, a.attname)
  from pg_attribute a join pg_class r on r.oid = a.attrelid
 where r.relname = any ($1::text[]) and a.attnum > 0 and not a.attisdropped and a.attnotnull and a.attidentity = ''
union all
select format('alter table %I disable trigger user', n) from unnest($1::text[]) n`;

/** A row of each programme in each table. */
async function fillBare(database: TestDatabase, tables: readonly Guarded[]): Promise<void> {
  const { rows } = await database.pool.query<{ statement: string }>(BARE, [tables.map(({ name }) => name)]);
  await database.asOwner(rows.map(({ statement }) => statement).join(';'));
  for (const table of tables) for (const id of [north, south]) await insertInto(database, table, id);
}

async function insertInto(
  { pool }: Pick<TestDatabase, 'pool'>,
  { name, column, keys }: Guarded,
  programme: typeof north,
): Promise<void> {
  const { rows } = await pool.query<{ name: string; type: string }>(
    `select attname as name, format_type(atttypid, null) as type from pg_attribute
      where attrelid = quote_ident($1)::regclass and attname = any ($2::text[])`,
    [name, [column, ...keys]],
  );
  const places = rows.map((_, n) => `$${n + 1}`).join();
  const values = rows.map(({ type }) => VALUES[type]!(programme));
  await pool.query(`insert into ${name} (${rows.map((one) => one.name).join()}) values (${places})`, values);
}

it('is in force in every subgraph', () => {
  expect(definitions.filter((definition) => definition.tenancy === undefined)).toEqual([]);
});

describe.each(definitions.map((definition) => [definition.name, definition] as const))(
  'row-level security of %s',
  (_, definition) => {
    let database: TestDatabase;
    let tables: Table[];
    let guarded: Guarded[];
    const { through = {}, common = {} } = definition.tenancy!;
    beforeAll(async () => {
      database = await openTestDatabase(definition, { poolSize: 2 });
      tables = (await database.pool.query<Table>(TABLES)).rows;
      const { programmes, withheld } = definition.tenancy!;
      guarded = tables
        .filter(({ name }) => !(name in withheld) && !(name in common))
        .map(({ name }) => {
          const own = Object.keys(through[name]?.by ?? {});
          const others = Object.values(through).flatMap(({ table, by }) => (table === name ? Object.values(by) : []));
          const column = programmes.includes(name) ? 'id' : (own.at(-1) ?? 'programme_id');
          return { name, column, keys: [...new Set([...own, ...others])] };
        });
      await fillBare(database, guarded);
    });
    afterAll(() => database.drop());

    const idsIn = async (reader: TestDatabase | ReturnType<TestDatabase['within']>, { name, column }: Guarded) => {
      const { rows } = await reader.pool.query<{ id: string }>(`select ${column}::text as id from ${name} order by 1`);
      return rows.map(({ id }) => (id === uuidOf(north) ? north : id === uuidOf(south) ? south : id));
    };

    it('is forced on every table, but for those withheld from requests with a reason', () => {
      const { withheld } = definition.tenancy!;
      expect(tables.length).toBeGreaterThan(4);
      expect(tables.filter((table) => !table.forced).map(({ name }) => name)).toEqual(Object.keys(withheld).sort());
      for (const reason of Object.values(withheld)) expect(reason.length).toBeGreaterThan(20);
      for (const table of tables.filter(({ forced }) => forced))
        expect(table).toMatchObject({ policies: ['hub_tenant', 'hub_work'] });
    });

    it('shows each programme its own rows of every table, and none where there is no programme', async () => {
      for (const table of guarded) {
        const seen = {
          north: await idsIn(database.within(north), table),
          south: await idsIn(database.within(south), table),
          none: await idsIn(database.within(null), table),
          whole: await idsIn(database, table),
        };
        expect([table.name, seen]).toEqual([
          table.name,
          { north: [north], south: [south], none: [], whole: [north, south] },
        ]);
      }
    });

    it('shows repositories the same', async () => {
      for (const row of definition.rows) {
        const count = (at: TestDatabase | ReturnType<TestDatabase['within']>) => at.dataSource.manager.count(row);
        const counts = [await count(database.within(north)), await count(database.within(null)), await count(database)];
        expect([row.name, counts]).toEqual([row.name, [1, 0, 2]]);
      }
    });

    it('lets a programme write no row of another', async () => {
      for (const table of guarded) {
        const smuggle = insertInto(database.within(north), table, south);
        const message = expect.stringContaining(table.name) as string;
        await expect(smuggle).rejects.toMatchObject({ code: '42501', message });
      }
    });

    it('keeps what is withheld from requests out of their reach', async () => {
      for (const name of Object.keys(definition.tenancy!.withheld))
        await expect(database.within(north).pool.query(`select 1 from ${name}`)).rejects.toMatchObject({
          code: '42501',
        });
    });

    it('lets every programme read what is nobody’s, and write none of it', async () => {
      for (const [name, reason] of Object.entries(common)) {
        expect(reason.length).toBeGreaterThan(20);
        await database.within(north).pool.query(`select 1 from ${name}`);
        for (const change of [`insert into ${name} default values`, `delete from ${name}`])
          await expect(database.within(north).pool.query(change)).rejects.toMatchObject({ code: '42501' });
      }
    });

    it('leaves the application no owner of anything', async () => {
      expect(await findOpenGuard(database)).toBeNull();
    });

    it('negative control: without its policy every table shows another’s rows', async () => {
      for (const table of guarded) {
        await database.asOwner(`alter table ${table.name} disable row level security`);
        expect([table.name, await idsIn(database.within(north), table)]).toEqual([table.name, [north, south]]);
      }
    });
  },
);
