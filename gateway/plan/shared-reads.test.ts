import { setImmediate as turn } from 'node:timers/promises';
import { parse } from 'graphql';
import { SharedReads } from './shared-reads';

const [QUERY, OTHER] = [parse('{ a }'), parse('{ a }')];

/** A place where changes happen between reads, as a database is. */
function openPlace() {
  const place = { version: 1, reads: 0, slow: Promise.resolve() };
  const read = async () => {
    place.reads += 1;
    const { version } = place;
    await place.slow;
    return version;
  };
  return { place, read };
}

describe('reads of the same moment', () => {
  it('are run once for all who ask the same', async () => {
    const { place, read } = openPlace();
    const reads = new SharedReads<number>();
    const answers = await Promise.all([1, 2, 3].map(() => reads.ask(QUERY, ['anna', { n: 1 }], read)));
    expect([answers, place.reads]).toEqual([[1, 1, 1], 1]);
  });

  it('are never shared by two callers, two documents or other variables', async () => {
    const { place, read } = openPlace();
    const reads = new SharedReads<number>();
    await Promise.all([
      reads.ask(QUERY, ['anna', { n: 1 }], read),
      reads.ask(QUERY, ['piotr', { n: 1 }], read),
      reads.ask(QUERY, ['anna', { n: 2 }], read),
      reads.ask(OTHER, ['anna', { n: 1 }], read),
    ]);
    expect(place.reads).toBe(4);
  });

  it('take nobody in once they have begun: whoever asks after a change sees it', async () => {
    const { place, read } = openPlace();
    const reads = new SharedReads<number>();
    let finish: () => void = () => undefined;
    place.slow = new Promise((resolve) => (finish = resolve));
    const before = reads.ask(QUERY, ['anna'], read);
    await turn();
    place.version = 2;
    const after = reads.ask(QUERY, ['anna'], read);
    await turn();
    finish();
    expect(await Promise.all([before, after])).toEqual([1, 2]);
  });

  it('would hide the change from who joined a read under way', async () => {
    // Negative control: the usual way of sharing, by what is in flight.
    const { place, read } = openPlace();
    let finish: () => void = () => undefined;
    place.slow = new Promise((resolve) => (finish = resolve));
    const before = read();
    place.version = 2;
    const after = before;
    finish();
    expect(await Promise.all([before, after])).toEqual([1, 1]);
  });

  it('fail together, and the next one is run anew', async () => {
    const reads = new SharedReads<number>();
    const failing = () => Promise.reject(new Error('no'));
    const both = await Promise.allSettled([reads.ask(QUERY, [], failing), reads.ask(QUERY, [], failing)]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(reads.ask(QUERY, [], async () => 7)).resolves.toBe(7);
  });
});
