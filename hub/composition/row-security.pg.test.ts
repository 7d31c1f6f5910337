import { findOpenGuard } from '../../kernel/db/grants';
import { MIGRATION_TABLE } from '../../kernel/db/migration-table';
import { openTestDatabase, type TestDatabase } from '../../kernel/testkit/database';
import { newId } from '../../kernel/values/id';
import { definitions } from '../definitions';

/** Subgraphs whose rows row-level security does not keep apart, each with the reason; see docs/adr/0033. */
const WITHOUT: Readonly<Record<string, string>> = {
  ledger: 'posting lanes and reads work across programmes on one connection; each statement names its programme',
};

const [north, south] = [newId('prg'), newId('prg')].sort() as [
  ReturnType<typeof newId<'prg'>>,
  ReturnType<typeof newId<'prg'>>,
];

interface Guarded {
  readonly name: string;
  readonly column: string;
}

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

/** As many rows as asked, whatever a table demands of them: policies are what this is about, so all else is taken away. */
async function fillBare(database: TestDatabase, { name, column }: Guarded): Promise<void> {
  const { rows } = await database.asOwner(
    `select format('alter table %I drop constraint if exists %I cascade', $1::text, conname) as statement
       from pg_constraint where conrelid = quote_ident($1)::regclass and contype <> 'n'
     union all
     select format('drop index if exists %I cascade', i.indexrelid::regclass::text) from pg_index i
      where i.indrelid = quote_ident($1)::regclass and i.indisunique and not i.indisprimary
        and not exists (select 1 from pg_constraint c where c.conindid = i.indexrelid)`,
    [name],
  );
  for (const { statement } of rows as { statement: string }[]) await database.asOwner(statement);
  const columns = await database.asOwner(
    `select attname as name from pg_attribute where attrelid = quote_ident($1)::regclass and attnum > 0 and not attisdropped
        and attnotnull and attidentity = ''`,
    [name],
  );
  for (const one of columns.rows as { name: string }[])
    await database.asOwner(`alter table ${name} alter column ${one.name} drop not null`);
  await database.asOwner(`alter table ${name} disable trigger user`);
  for (const id of [north, south]) await database.asOwner(`insert into ${name} (${column}) values ($1)`, [id]);
}

it('is in force in every subgraph but those that say why not', () => {
  const without = definitions.filter((definition) => definition.tenancy === undefined).map(({ name }) => name);
  expect(without).toEqual(Object.keys(WITHOUT));
});

describe.each(
  definitions.filter(({ name }) => !(name in WITHOUT)).map((definition) => [definition.name, definition] as const),
)('row-level security of %s', (_, definition) => {
  let database: TestDatabase;
  let tables: Table[];
  let guarded: Guarded[];
  beforeAll(async () => {
    database = await openTestDatabase(definition, { poolSize: 2 });
    tables = (await database.pool.query<Table>(TABLES)).rows;
    const { programmes, withheld } = definition.tenancy!;
    guarded = tables
      .filter(({ name }) => !(name in withheld))
      .map(({ name }) => ({ name, column: programmes.includes(name) ? 'id' : 'programme_id' }));
    for (const table of guarded) await fillBare(database, table);
  });
  afterAll(() => database.drop());

  const idsIn = async (through: TestDatabase | ReturnType<TestDatabase['within']>, { name, column }: Guarded) => {
    const { rows } = await through.pool.query<{ id: string }>(`select ${column} as id from ${name} order by 1`);
    return rows.map(({ id }) => id);
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
    for (const { name, column } of guarded) {
      const smuggle = database.within(north).pool.query(`insert into ${name} (${column}) values ($1)`, [south]);
      await expect(smuggle).rejects.toMatchObject({ code: '42501', message: expect.stringContaining(name) as string });
    }
  });

  it('keeps what is withheld from requests out of their reach', async () => {
    for (const name of Object.keys(definition.tenancy!.withheld))
      await expect(database.within(north).pool.query(`select 1 from ${name}`)).rejects.toMatchObject({ code: '42501' });
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
});
