import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { runPrefix, testServerUrl } from '../testkit/test-server';
import { asAdministrator, provisionDatabase, urlFor, type DatabaseAccount } from './provision';
import { sqlStateOf } from './transaction';

async function connect(url: string): Promise<{ role: string; database: string; superuser: boolean }> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query(
      `select current_user as role, current_database() as database, rolsuper as superuser from pg_roles where rolname = current_user`,
    );
    return rows[0] as { role: string; database: string; superuser: boolean };
  } finally {
    await client.end();
  }
}

describe('provisionDatabase', () => {
  let server: string;
  const suffix = randomBytes(3).toString('hex');
  const account = (role: string): DatabaseAccount => ({
    role: `hub_test_${role}_${suffix}`,
    password: `it's ${role}'s / secret?`,
  });
  const split = (name: string) => ({
    name: `${runPrefix()}${name}_${suffix}`,
    owner: account(`${name}_owner`),
    application: account(name),
  });
  const names = ['north', 'south', 'twice', 'old', 'older', 'alone'] as const;
  const [north, south, twice, old, older, alone] = names.map(split) as [Split, Split, Split, Split, Split, Split];
  type Split = ReturnType<typeof split>;

  const ownersOf = async (url: string) => {
    const { rows } = await asAdministrator(url, (client) =>
      client.query<{ what: string; owner: string }>(
        `select relname as what, relowner::regrole::text as owner from pg_class
          where relnamespace = 'public'::regnamespace and relkind in ('r', 'S', 'v')
         union all select typname, typowner::regrole::text from pg_type where typnamespace = 'public'::regnamespace and typtype = 'e'
         union all select proname, proowner::regrole::text from pg_proc where pronamespace = 'public'::regnamespace
         union all select pubname, pubowner::regrole::text from pg_publication
         union all select datname, datdba::regrole::text from pg_database where datname = current_database()
         order by what`,
      ),
    );
    return new Map(rows.map(({ what, owner }) => [what, owner]));
  };

  beforeAll(async () => {
    server = await testServerUrl();
  });
  afterAll(() =>
    asAdministrator(server, async (client) => {
      for (const { name } of [north, south, twice, old, older, alone])
        await client.query(`drop database if exists "${name}" with (force)`);
      for (const { owner, application } of [north, south, twice, old, older, alone])
        await client.query(`drop role if exists "${owner.role}", "${application.role}", "${application.role}_tenant"`);
    }),
  );

  it('gives an owner of no special power its own database, which it can build in', async () => {
    const { owner } = await provisionDatabase(server, north);
    expect(await connect(owner)).toEqual({ role: north.owner.role, database: north.name, superuser: false });
    await asAdministrator(owner, (client) => client.query('create table public.stone (x int)'));
  });

  it('lets the application connect, and neither build there nor make temporary tables, schemas or publications', async () => {
    const { application } = await provisionDatabase(server, north);
    expect(await connect(application)).toMatchObject({ role: north.application.role, superuser: false });
    const attempts = [
      'create table brick (x int)',
      'create temporary table brick (x int)',
      'create schema bricks',
      'create publication bricks',
      `set role "${north.owner.role}"`,
    ];
    for (const attempt of attempts) {
      const state = await asAdministrator(application, (client) => client.query(attempt)).catch(sqlStateOf);
      expect({ attempt, state }).toEqual({ attempt, state: '42501' });
    }
  });

  it('lets the application become its tenant role, which cannot log in, and otherwise hold none of its rights', async () => {
    const { application } = await provisionDatabase(server, north);
    const tenant = `${north.application.role}_tenant`;
    const { rows } = await asAdministrator(application, async (client) => {
      await client.query(`set role "${tenant}"`);
      return client.query(
        `select current_user as role, rolcanlogin as login, rolsuper as superuser, rolbypassrls as bypasses
           from pg_roles where rolname = current_user`,
      );
    });
    expect(rows).toEqual([{ role: tenant, login: false, superuser: false, bypasses: false }]);
    const inherits = await asAdministrator(server, (client) =>
      client.query('select pg_has_role($1::name, $2::name, $3) as inherits', [north.application.role, tenant, 'USAGE']),
    );
    expect(inherits.rows).toEqual([{ inherits: false }]);
  });

  it('keeps one role out of the database of another', async () => {
    await provisionDatabase(server, north);
    await provisionDatabase(server, south);
    for (const role of [south.owner, south.application]) {
      const trespass = urlFor(server, { ...role, name: north.name });
      await expect(connect(trespass).catch(sqlStateOf)).resolves.toBe('42501');
    }
  });

  it('does no harm when several do it at once, or again', async () => {
    const urls = await Promise.all([1, 2, 3].map(() => provisionDatabase(server, twice)));
    expect(new Set(urls.map(({ owner, application }) => `${owner} ${application}`)).size).toBe(1);
    expect(await connect(urls[0]!.application)).toMatchObject({ database: twice.name });
  });

  it('renews the passwords', async () => {
    const renewed = { ...north, owner: { ...north.owner, password: 'new' } };
    const { owner } = await provisionDatabase(server, renewed);
    expect(await connect(owner)).toMatchObject({ role: north.owner.role });
  });

  it('lets one role own and work when nobody names another', async () => {
    const { owner, application } = await provisionDatabase(server, { name: alone.name, owner: alone.application });
    expect(application).toBe(owner);
    expect(await ownersOf(owner)).toEqual(new Map([[alone.name, alone.application.role]]));
  });

  it('hands over what the application’s role owned in an older database, and nothing of another database', async () => {
    // As an older version made it: one role that owns all; here even of two databases.
    const { owner: url } = await provisionDatabase(server, { name: old.name, owner: old.application });
    await provisionDatabase(server, { name: older.name, owner: old.application });
    await asAdministrator(url, (client) =>
      client.query(`create table stone (id bigint generated always as identity, x int);
        create type mood as enum ('calm'); create view stones as select x from stone; insert into stone (x) values (7);
        create function touched() returns trigger language plpgsql as $$ begin return new; end $$;
        create publication stones for table stone`),
    );
    await Promise.all([1, 2].map(() => provisionDatabase(server, old)));
    const owners = await ownersOf(url);
    expect([...owners.keys()]).toEqual(expect.arrayContaining(['stone', 'stone_id_seq', 'mood', 'touched', old.name]));
    expect(new Set(owners.values())).toEqual(new Set([old.owner.role]));
    const { rows } = await asAdministrator(urlFor(server, { name: old.name, ...old.owner }), (client) =>
      client.query('select x from stone'),
    );
    expect(rows).toEqual([{ x: 7 }]);
    const elsewhere = urlFor(server, { name: older.name, ...old.application });
    expect(await ownersOf(elsewhere)).toEqual(new Map([[older.name, old.application.role]]));
  });

  it('hands over as an administrator that is no superuser, as hosted servers give', async () => {
    const hosted = account('hosted');
    await asAdministrator(server, (client) =>
      client.query(`create role "${hosted.role}" login createdb createrole password 'hosted'`),
    );
    const administrator = urlFor(server, { name: 'postgres', role: hosted.role, password: 'hosted' });
    const place = split('rented');
    try {
      const { owner: url } = await provisionDatabase(administrator, { name: place.name, owner: place.application });
      await asAdministrator(url, (client) => client.query('create table stone (x int)'));
      await provisionDatabase(administrator, place);
      expect(await ownersOf(url)).toEqual(
        new Map([
          ['stone', place.owner.role],
          [place.name, place.owner.role],
        ]),
      );
    } finally {
      await asAdministrator(server, async (client) => {
        await client.query(`drop database if exists "${place.name}" with (force)`);
        await client.query(
          `drop role if exists "${place.owner.role}", "${place.application.role}", "${place.application.role}_tenant"`,
        );
        await client.query(`drop role if exists "${hosted.role}"`);
      });
    }
  });

  it('takes no role for both', async () => {
    await expect(provisionDatabase(server, { ...north, owner: { ...north.application } })).rejects.toThrow('both');
  });
});
