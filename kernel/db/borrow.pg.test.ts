import { Pool } from 'pg';
import { openTestDatabase, type TestDatabase } from '../testkit/database';
import { borrowed } from './borrow';

describe('a borrowed connection', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase({ name: 'borrow', rows: [], migrations: [], appendOnly: [] }, { poolSize: 1 });
  });
  afterAll(() => database.drop());

  const pidOf = async (run: { query(text: string): Promise<{ rows: unknown[] }> }): Promise<number> => {
    const { rows } = await run.query('select pg_backend_pid() as pid');
    return (rows[0] as { pid: number }).pid;
  };

  it('that is cut fails what was under way and nothing else, and the pool goes on with another', async () => {
    const uncaught: unknown[] = [];
    const seen = (error: unknown) => uncaught.push(error);
    process.on('uncaughtException', seen);
    const cut = borrowed(database.pool, async (client) => {
      const pid = await pidOf(client);
      await database.asOwner('select pg_terminate_backend($1)', [pid]);
      await client.query('select 1');
    });
    await expect(cut).rejects.toThrow();
    expect(await pidOf(database.pool)).toEqual(expect.any(Number));
    process.off('uncaughtException', seen);
    expect(uncaught).toEqual([]);
  });

  it('that is closed instead of given back is heard to its end; one of a pool of its own is not (control)', async () => {
    const client = await database.pool.connect();
    client.release(true);
    expect(() => client.emit('error', new Error('the server ends'))).not.toThrow();
    const alone = new Pool({ connectionString: database.url, max: 1 });
    const unheard = await alone.connect();
    unheard.release(true);
    expect(() => unheard.emit('error', new Error('the server ends'))).toThrow('the server ends');
    await alone.end();
  });

  it('in which a statement failed is closed, with the transaction it had open', async () => {
    let first = 0;
    const failed = borrowed(database.pool, async (client) => {
      first = await pidOf(client);
      await client.query('begin');
      await client.query('select 1 / 0');
    });
    await expect(failed).rejects.toThrow('division by zero');
    expect(await pidOf(database.pool)).not.toBe(first);
  });
});
