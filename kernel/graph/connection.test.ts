import { CursorCodec, pageOf, readPageArguments } from './connection';

const cursors = new CursorCodec('c'.repeat(32), 'lots:mem_1');
const pageFrom = (rows: readonly string[], first: number, after: string | null = null) =>
  pageOf({ rows, first, after, cursors, keyOf: (row) => [row] });

describe('cursors', () => {
  it('come back as the keys they were written from', () => {
    expect(cursors.read(cursors.write(['2026-01-01', 'lot_1']))).toEqual(['2026-01-01', 'lot_1']);
  });

  it('are refused when tampered with, of another list, or made up', () => {
    const cursor = cursors.write(['a']);
    const forged = `${Buffer.from('["z"]').toString('base64url')}.${cursor.split('.')[1]}`;
    for (const bad of [forged, `${cursor}x`, cursor.slice(0, -1), '', '.', 'null', 'e30.e30'])
      expect(cursors.read(bad)).toBeNull();
    expect(new CursorCodec('c'.repeat(32), 'lots:mem_2').read(cursor)).toBeNull();
  });
});

describe('a page', () => {
  it('reads one row more than asked, to know whether there is more', () => {
    expect(readPageArguments({ first: 2, after: null, cursors })).toEqual({ limit: 3, afterKeys: null });
    const page = pageFrom(['a', 'b', 'c'], 2);
    expect(page.nodes).toEqual(['a', 'b']);
    expect(page.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    expect(readPageArguments({ first: 2, after: page.pageInfo.endCursor, cursors }).afterKeys).toEqual(['b']);
  });

  it('is empty without cursors at the end', () => {
    expect(pageFrom([], 2, cursors.write(['z'])).pageInfo).toEqual({
      ...{ hasNextPage: false, hasPreviousPage: true, startCursor: null, endCursor: null },
    });
  });

  it.each([0, -1, 101, 1e9])('refuses a size of %d', (first) => {
    expect(() => readPageArguments({ first, after: null, cursors })).toThrow('first: must be from 1 to 100');
  });

  it('refuses a cursor that is not of this list', () => {
    expect(() => readPageArguments({ first: 1, after: 'x.y', cursors })).toThrow('after: is not a cursor of this list');
  });
});
