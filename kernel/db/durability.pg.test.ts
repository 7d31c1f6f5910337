import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openTestDatabase, type TestDatabase } from '../testkit/database';
import { openDatabase, type Database } from './database';
import { assertDurable } from './durability';
import { startEmbeddedPostgres } from './embedded/embedded-postgres';
import { jars } from '../testkit/jars';

describe('assertDurable', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase(jars);
  });
  afterAll(() => database.drop());

  it('accepts a server that keeps every acknowledged commit', async () => {
    await expect(assertDurable(database)).resolves.toBeUndefined();
  });

  it('refuses a role or database that acknowledges before writing, though the server itself does not', async () => {
    await database.pool.query(
      `alter role current_user in database ${new URL(database.url).pathname.slice(1)} set synchronous_commit = off`,
    );
    const hasty = await openDatabase({ ...jars, url: database.url, poolSize: 1 });
    await expect(assertDurable(hasty)).rejects.toMatchObject({
      code: 'HUB_DATABASE_NOT_DURABLE',
      message: expect.stringContaining('synchronous_commit must be on'),
    });
    await hasty.close();
  });

  it('refuses a server without fsync and full_page_writes, naming both', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hub-careless-'));
    const settings = { fsync: 'off', full_page_writes: 'off', shared_buffers: '16MB' };
    const server = await startEmbeddedPostgres({ dataDir: join(folder, 'cluster'), throwaway: true, settings });
    const careless = await openDatabase({ ...jars, url: server.superuserUrl, poolSize: 1 });
    await expect(assertDurable(careless)).rejects.toThrow('fsync, full_page_writes must be on');
    await careless.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('refuses a server older than PostgreSQL 15', async () => {
    const rows = [{ name: 'server_version_num', setting: '140011' }];
    const old = { name: 'jars', pool: { query: () => Promise.resolve({ rows }) } } as unknown as Database;
    await expect(assertDurable(old)).rejects.toMatchObject({
      code: 'HUB_DATABASE_TOO_OLD',
      message: expect.stringContaining('PostgreSQL 14'),
    });
  });
});
