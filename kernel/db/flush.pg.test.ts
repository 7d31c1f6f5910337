import { Client } from 'pg';
import { openTestDatabase, type TestDatabase } from '../testkit/database';
import { flush } from './flush';

const definition = { name: 'flush', rows: [], migrations: [], appendOnly: [] };

describe('a flush', () => {
  let database: TestDatabase;
  let client: Client;
  beforeAll(async () => {
    database = await openTestDatabase(definition);
    await database.asOwner('create table fact (id integer primary key, word text); grant all on fact to public');
  });
  beforeEach(async () => {
    client = new Client({ connectionString: database.url });
    await client.connect();
  });
  afterEach(() => client.end());
  afterAll(() => database.drop());

  const begin = { name: 'begin', text: 'begin' };
  const commit = { name: 'commit', text: 'commit' };
  const insert = (id: number, word: string | null = null) => ({
    name: 'insert',
    text: 'insert into fact (id, word) values ($1, $2) returning id, word',
    values: [id, word],
  });
  const count = { name: 'count', text: 'select count(*)::int as facts from fact' };

  it('answers each statement in its order, rows by column name', async () => {
    const [, one, two] = await flush(client, [begin, insert(1, 'a"b,c'), insert(2), commit]);
    expect([one, two]).toEqual([[{ id: 1, word: 'a"b,c' }], [{ id: 2, word: null }]]);
    expect(await flush(client, [count])).toEqual([[{ facts: 2 }]]);
  });

  it('reads instants as the driver does, whatever they look like and whatever the time zone', async () => {
    const told = [
      '2026-03-10 12:00:00.007+00',
      '2026-03-10 12:00:00.1+00',
      '2026-12-31 23:59:59.999999+00',
      '1969-12-31 23:59:59.5+00',
    ];
    told.push(
      '0099-01-01 00:00:00+00',
      '9999-12-31 00:00:00+00',
      '10000-01-01 00:00:00+00',
      '0044-03-15 12:00:00+00 BC',
      'infinity',
    );
    told.push('0100-02-28 00:00:00+00', '-infinity');
    for (const zone of ['UTC', 'Asia/Kolkata', 'America/New_York']) {
      await client.query(`set timezone to '${zone}'`);
      for (const at of told) {
        const text = 'select $1::timestamptz as at, null::timestamptz as never';
        const [quick] = await flush(client, [{ name: 'instant', text, values: [at] }]);
        const { rows } = await client.query<{ at: Date | number }>(text, [at]);
        expect(quick).toEqual(rows);
      }
    }
  });

  it('asks once how the rows of a statement look, within one flush and in later ones', async () => {
    const words = { name: 'words', text: 'select $1::text as word, null::integer as nothing', values: ['one'] };
    const again = { ...words, values: ['two'] };
    expect(await flush(client, [words, again])).toEqual([
      [{ word: 'one', nothing: null }],
      [{ word: 'two', nothing: null }],
    ]);
    const asked = jest.spyOn((client as unknown as { connection: { describe(): void } }).connection, 'describe');
    expect(await flush(client, [again, count, words])).toMatchObject([[{ word: 'two' }], [{}], [{ word: 'one' }]]);
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it('passes over everything behind a failure, the commit among it, and is not used again', async () => {
    await expect(flush(client, [begin, insert(3), insert(3), insert(4), commit])).rejects.toMatchObject({
      code: '23505',
    });
    await expect(flush(client, [count])).rejects.toThrow('must be closed');
    await client.query('rollback');
    const { rows } = await client.query('select count(*)::int as facts from fact');
    expect(rows).toEqual([{ facts: 2 }]);
  });

  it('refuses one name for two statements', async () => {
    await flush(client, [count]);
    await expect(flush(client, [{ name: 'count', text: 'select 1' }])).rejects.toThrow('names another statement');
  });

  it('fails when the connection is lost while it waits', async () => {
    client.on('error', () => undefined);
    const [[self]] = (await flush(client, [{ name: 'pid', text: 'select pg_backend_pid() as pid' }])) as [
      [{ pid: number }],
    ];
    const lost = expect(flush(client, [{ name: 'sleep', text: 'select pg_sleep(60)' }])).rejects.toThrow();
    const other = new Client({ connectionString: database.url });
    await other.connect();
    await other.query('select pg_terminate_backend($1)', [self.pid]);
    await other.end();
    await lost;
  });
});
