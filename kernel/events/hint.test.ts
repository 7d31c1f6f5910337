import { Hint } from './hint';

describe('a hint', () => {
  it('is not lost when it is given while a reader reads', async () => {
    const hint = new Hint();
    let reads = 0;
    const startedAt = Date.now();
    const read = async () => {
      reads += 1;
      // What is announced after we looked, and before we wait for it.
      if (reads === 1) hint.give();
      return reads === 1 ? [] : ['it'];
    };
    expect(await hint.readUntilSome(60_000, read)).toEqual(['it']);
    expect(reads).toBe(2);
    // Without the hint the next look would come a fifth of a second later.
    expect(Date.now() - startedAt).toBeLessThan(150);
  });

  it('wakes everybody who waits', async () => {
    const hint = new Hint();
    let isThere = false;
    const readers = [1, 2, 3].map((reader) => hint.readUntilSome(60_000, async () => (isThere ? [reader] : [])));
    await Promise.resolve();
    isThere = true;
    hint.give();
    expect(await Promise.all(readers)).toEqual([[1], [2], [3]]);
  });

  it('is no condition for being answered: without one a reader looks now and then, and in the end gives up', async () => {
    const hint = new Hint();
    let reads = 0;
    expect(await hint.readUntilSome(450, async () => ((reads += 1), []))).toEqual([]);
    expect(reads).toBeGreaterThanOrEqual(3);
    expect(await hint.readUntilSome(0, async () => [])).toEqual([]);
  });
});
