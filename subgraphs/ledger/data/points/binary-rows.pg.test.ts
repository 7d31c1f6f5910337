import { Client } from 'pg';
import { flush } from '../../../../kernel/db/flush';
import { openTestDatabase, type TestDatabase } from '../../../../kernel/testkit/database';
import { formOf, RowWriter } from './binary-rows';
import type { Cells } from './cells';
import { composed, inserting } from './recordset';
import { RowTypes } from './row-types';

const COLUMNS = {
  id: 'uuid',
  small: 'smallint',
  number: 'integer',
  whole: 'bigint',
  word: 'text',
  bytes: 'bytea',
  facts: 'jsonb',
  at: 'instant',
} as const;
const ADD = inserting('thing', COLUMNS);
const ID = '0123abcd-0123-4567-89ab-cdef01234567';

describe('rows in binary form', () => {
  let database: TestDatabase;
  let client: Client;
  let types: RowTypes;
  beforeAll(async () => {
    database = await openTestDatabase({ name: 'binary_rows', rows: [], migrations: [], appendOnly: [] });
    // In another order than they are given in, with a column that is gone and two that nobody gives.
    await database.asOwner(`create table thing (n serial, whole bigint, gone text, at timestamptz, word text, id uuid, facts jsonb,
      small smallint, bytes bytea, number integer, other text default 'as ever');
      alter table thing drop column gone; grant all on thing to public; grant all on sequence thing_n_seq to public`);
    client = new Client({ connectionString: database.url });
    await client.connect();
    types = await RowTypes.load(client, ['thing']);
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  async function kept(rows: readonly Cells[]): Promise<unknown[]> {
    types.writer.begin();
    const statement = composed({ use: 'test.things.add', types }, [{ recordset: ADD, rows }]);
    const read = {
      name: 'read',
      text: `select id, small, number, whole::text, word, encode(bytes, 'hex') as bytes, facts, extract(epoch from at)::text as at, other
        from thing order by n`,
    };
    const empty = { name: 'empty', text: 'delete from thing' };
    const [, found] = await flush(client, [statement!, read, empty]);
    return (found as Record<string, unknown>[]).map((row) => Object.values(row));
  }

  it('come to the table as they were given, whatever the order of its columns, and what is not given as the table has it', async () => {
    expect(
      await kept([
        [ID, -7, 70_000, '12', 'kind', 'cafe', '{"a":[1,"ü"]}', Date.UTC(2026, 2, 10, 12, 0, 0, 7)],
        [null, null, null, null, null, null, null, null],
      ]),
    ).toEqual([
      [ID, -7, 70_000, '12', 'kind', 'cafe', { a: [1, 'ü'] }, '1773144000.007000', 'as ever'],
      [null, null, null, null, null, null, null, null, 'as ever'],
    ]);
  });

  it('hold the ends of every number, and numbers a double does not hold', async () => {
    const wholes = [
      2n ** 63n - 1n,
      -(2n ** 63n),
      '9007199254740993',
      '-9007199254740993',
      -1,
      '-4294967297',
      '4294967296',
      0n,
    ];
    const rows = wholes.map((whole, n): Cells => [
      null,
      n % 2 ? 32_767 : -32_768,
      n % 2 ? 2_147_483_647 : -2_147_483_648,
      whole,
    ]);
    expect(((await kept(rows)) as unknown[][]).map((row) => row.slice(1, 4))).toEqual(
      rows.map(([, small, number, whole]) => [small, number, String(whole)]),
    );
  });

  it('hold times before and after those that a double counts in microseconds', async () => {
    const times = [
      Date.UTC(1969, 11, 31, 23, 59, 59, 999),
      Date.UTC(1000, 0, 1),
      Date.UTC(9999, 11, 31, 23, 59, 59, 999),
    ];
    const rows = times.map((at): Cells => [null, null, null, null, null, null, null, at]);
    expect(((await kept(rows)) as unknown[][]).map((row) => Number(row[7]) * 1_000)).toEqual(times);
  });

  it('hold texts of any length and script, one after the other in one buffer that grows', async () => {
    const words = [
      '',
      '"\\{},',
      'naïve',
      '積分',
      '𝒫'.repeat(19),
      'x'.repeat(40),
      'x'.repeat(41),
      'é'.repeat(90_000),
      'after',
    ];
    const rows = words.map((word): Cells => [ID, 1, 2, 3n, word, 'ff'.repeat(300), JSON.stringify(word), 0]);
    const found = (await kept(rows)) as unknown[][];
    expect(found.map((row) => [row[0], row[4], row[5], row[6]])).toEqual(
      words.map((word) => [ID, word, 'ff'.repeat(300), word]),
    );
  });

  it('take UUIDs with and without their hyphens, and digits in capitals', async () => {
    const found = (await kept([ID, ID.replaceAll('-', ''), ID.toUpperCase()].map((id): Cells => [id]))) as unknown[][];
    expect(found.map(([id]) => id)).toEqual([ID, ID, ID]);
  });

  it('are not written where a value is none of its column: nothing is cut off', () => {
    const write = (cell: string | number | bigint, place: number) => () => {
      types.writer.begin();
      const row = Array.from({ length: 8 }, (_, n) => (n === place ? cell : null));
      types.writer.array(types.formOf('thing', COLUMNS), [row]);
    };
    for (const small of [32_768, -32_769, 1.5, Number.NaN]) expect(write(small, 1)).toThrow(RangeError);
    for (const number of [2_147_483_648, -2_147_483_649]) expect(write(number, 2)).toThrow(RangeError);
    for (const whole of [2n ** 63n, -(2n ** 63n) - 1n, '1.5']) expect(write(whole, 3)).toThrow(/range|whole/);
    for (const text of ['', ' ', '0x10', '1e3', '1 ']) {
      for (const place of [1, 2, 3, 7]) expect(write(text, place)).toThrow(RangeError);
    }
    for (const id of [ID.slice(2), `${ID}00`, ID.replace('a', 'g'), '']) expect(write(id, 0)).toThrow(RangeError);
    for (const bytes of ['abc', 'zz']) expect(write(bytes, 5)).toThrow(RangeError);
  });

  it('are not made for a column that the table has not, or has in another type', () => {
    const type = { oid: 1, columns: [{ name: 'word', typeOid: 25 }] };
    expect(() => formOf({ word: 'bigint' }, type)).toThrow(/no column word of the type bigint/);
    expect(() => formOf({ words: 'text' }, type)).toThrow(/no column words/);
    expect(() => types.formOf('nothing', { word: 'text' })).toThrow(/no table nothing/);
  });

  it('are refused by a server whose table was changed since it was asked for', async () => {
    const before = await RowTypes.load(client, ['thing']);
    await database.asOwner('alter table thing add column late text');
    before.writer.begin();
    const statement = composed({ use: 'test.things.late', types: before }, [{ recordset: ADD, rows: [[ID]] }]);
    const other = new Client({ connectionString: database.url });
    await other.connect();
    await expect(flush(other, [statement!])).rejects.toThrow(/wrong number of columns/);
    await other.end();
  });

  it('stand where they are until the next begins', () => {
    const writer = new RowWriter();
    const form = formOf({ word: 'text' }, { oid: 1, columns: [{ name: 'word', typeOid: 25 }] });
    const first = writer.array(form, [['one']]);
    const copy = Buffer.from(first);
    writer.array(form, [['x'.repeat(200_000)]]);
    expect(first.equals(copy)).toBe(true);
  });
});
