import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { runPrefix, testServerUrl } from '../testkit/test-server';
import { asAdministrator, provisionDatabase, urlFor } from './provision';
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
  const account = (name: string): { name: string; role: string; password: string } => ({
    name: `${runPrefix()}${name}_${suffix}`,
    role: `hub_test_${name}_${suffix}`,
    password: `it's ${name}'s / secret?`,
  });
  const [north, south, twice] = [account('north'), account('south'), account('twice')];

  beforeAll(async () => {
    server = await testServerUrl();
  });
  afterAll(() =>
    asAdministrator(server, async (client) => {
      for (const { name, role } of [north, south, twice]) {
        await client.query(`drop database if exists "${name}" with (force)`);
        await client.query(`drop role if exists "${role}"`);
      }
    }),
  );

  it('gives a role of no special power its own database, which it can build in', async () => {
    const url = await provisionDatabase(server, north);
    expect(await connect(url)).toEqual({ role: north.role, database: north.name, superuser: false });
    await asAdministrator(url, (client) => client.query('create table public.stone (x int)'));
  });

  it('keeps one role out of the database of another', async () => {
    await provisionDatabase(server, north);
    await provisionDatabase(server, south);
    const trespass = urlFor(server, { ...south, name: north.name });
    await expect(connect(trespass).catch(sqlStateOf)).resolves.toBe('42501');
  });

  it('does no harm when several do it at once, or again', async () => {
    const urls = await Promise.all([1, 2, 3].map(() => provisionDatabase(server, twice)));
    expect(new Set(urls).size).toBe(1);
    expect(await connect(urls[0] as string)).toMatchObject({ database: twice.name });
  });

  it('renews the password', async () => {
    const url = await provisionDatabase(server, { ...north, password: 'new' });
    expect(await connect(url)).toMatchObject({ role: north.role });
  });
});
