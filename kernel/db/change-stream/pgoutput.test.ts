import { PgoutputReader, readEnvelope, statusUpdate } from './pgoutput';

const text = (value: string) => Buffer.from(`${value}\0`);
const int = (value: number | bigint, bytes: 1 | 2 | 4 | 8) => {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64BE(BigInt(value));
  return buffer.subarray(8 - bytes);
};
const join = (...parts: (Buffer | string)[]) => Buffer.concat(parts.map((part) => Buffer.from(part as Buffer)));
const INT8 = 20;
const TEXT = 25;
const column = (name: string, type: number) => join(int(0, 1), text(name), int(type, 4), int(0xffffffff, 4));
const relation = (id: number, table: string, ...columns: Buffer[]) =>
  join('R', int(id, 4), text('public'), text(table), 'd', int(columns.length, 2), ...columns);
const value = (one: string | null) => (one === null ? join('n') : join('t', int(Buffer.byteLength(one), 4), one));
const insert = (id: number, ...values: (string | null)[]) =>
  join('I', int(id, 4), 'N', int(values.length, 2), ...values.map(value));
const begin = () => join('B', int(100, 8), int(0, 8), int(7, 4));
const commit = (endLsn: bigint, microseconds: bigint) =>
  join('C', int(0, 1), int(endLsn - 1n, 8), int(endLsn, 8), int(microseconds, 8));

describe('the reader of pgoutput', () => {
  const page = relation(16_384, 'page', column('id', INT8), column('note', TEXT));

  it('gives a transaction at its commit, its rows in order and their values as queries give them', () => {
    const reader = new PgoutputReader();
    const messages = [begin(), page, insert(16_384, '12', 'żółć'), insert(16_384, '13', null)];
    expect(messages.map((message) => reader.read(message))).toEqual([null, null, null, null]);
    expect(reader.isWithin).toBe(true);
    expect(reader.read(commit(200n, 1_000_000n))).toEqual({
      endLsn: 200n,
      committedAt: new Date('2000-01-01T00:00:01Z'),
      added: [
        { table: 'page', row: { id: '12', note: 'żółć' } },
        { table: 'page', row: { id: '13', note: null } },
      ],
    });
    expect(reader.isWithin).toBe(false);
  });

  it('keeps no row of one transaction for the next, and knows a table once described', () => {
    const reader = new PgoutputReader();
    for (const message of [begin(), page, insert(16_384, '1', 'a'), commit(10n, 0n), begin()]) reader.read(message);
    reader.read(insert(16_384, '2', 'b'));
    expect(reader.read(commit(20n, 0n))?.added).toEqual([{ table: 'page', row: { id: '2', note: 'b' } }]);
  });

  it('follows a table whose columns change', () => {
    const reader = new PgoutputReader();
    for (const message of [page, begin(), relation(16_384, 'page', column('note', TEXT))]) reader.read(message);
    reader.read(insert(16_384, 'only'));
    expect(reader.read(commit(20n, 0n))?.added).toEqual([{ table: 'page', row: { note: 'only' } }]);
  });

  it('passes over messages it has no use for', () => {
    expect(new PgoutputReader().read(join('Y', int(1, 4), text('public'), text('mood')))).toBeNull();
  });

  it('refuses a row of a table never described, and one that ends early', () => {
    expect(() => new PgoutputReader().read(insert(1, 'x'))).toThrow('never described');
    const reader = new PgoutputReader();
    reader.read(page);
    expect(() => reader.read(insert(16_384, '12', 'word').subarray(0, -2))).toThrow('ends early');
  });
});

describe('the envelope of the replication protocol', () => {
  it('holds a piece of the log or a sign of life', () => {
    const piece = join('w', int(1, 8), int(2, 8), int(3, 8), 'payload');
    expect(readEnvelope(piece)).toEqual({ kind: 'data', payload: Buffer.from('payload') });
    const keepalive = join('k', int(77, 8), int(3, 8), int(1, 1));
    expect(readEnvelope(keepalive)).toEqual({ kind: 'keepalive', endLsn: 77n, wantsReply: true });
    expect(readEnvelope(Buffer.from('?'))).toBeNull();
  });

  it('carries back how far the log was taken, and when', () => {
    const message = statusUpdate(77n, new Date('2000-01-01T00:00:02Z'));
    expect(message).toEqual(join('r', int(77, 8), int(77, 8), int(77, 8), int(2_000_000, 8), int(0, 1)));
  });
});
