import { FellBehind, mapStream, PushStream, streamOf } from './stream';

describe('a stream', () => {
  it('gives what was pushed before and after the reader came, then ends', async () => {
    const stream = new PushStream<number>(() => {});
    stream.push(1);
    const read: number[] = [];
    const reading = (async () => {
      for await (const value of stream) read.push(value);
    })();
    stream.push(2);
    stream.end();
    await reading;
    expect(read).toEqual([1, 2]);
  });

  it('lets its reader go at once, also while it waits, and says so once', async () => {
    let left = 0;
    const stream = new PushStream<number>(() => (left += 1));
    const waiting = stream.next();
    await stream.return();
    expect(await waiting).toEqual({ done: true, value: undefined });
    await stream.return();
    expect(left).toBe(1);
  });

  it('does not call leaving what has ended', async () => {
    let left = 0;
    const stream = new PushStream<number>(() => (left += 1));
    stream.end();
    await stream.return();
    expect(left).toBe(0);
  });

  it('keeps no more than may wait: gives that, leaves its source and says that it fell behind', async () => {
    let left = 0;
    const stream = new PushStream<number>(() => (left += 1), 2);
    for (const value of [1, 2, 3, 4]) stream.push(value);
    expect(left).toBe(1);
    expect([(await stream.next()).value, (await stream.next()).value]).toEqual([1, 2]);
    await expect(stream.next()).rejects.toThrow(FellBehind);
    expect((await stream.next()).done).toBe(true);
  });

  it('counts only what waits, not what its reader takes', async () => {
    const stream = new PushStream<number>(() => {}, 1);
    for (let value = 0; value < 10; value += 1) {
      const taken = stream.next();
      stream.push(value);
      expect((await taken).value).toBe(value);
    }
  });

  it('ends its source at once when a mapped stream is left while it waits', async () => {
    let left = 0;
    const source = new PushStream<number>(() => (left += 1));
    const mapped = mapStream(source, async (value) => value * 2);
    const waiting = mapped.next();
    await mapped.return();
    expect(left).toBe(1);
    expect((await waiting).done).toBe(true);
  });

  it('maps value by value, and drops a value whose reader left while it was being mapped', async () => {
    const source = new PushStream<number>(() => {});
    let release = () => {};
    const mapped = mapStream(source, (value) => new Promise<number>((resolve) => (release = () => resolve(value * 2))));
    source.push(1);
    source.push(2);
    const first = mapped.next();
    await new Promise((resolve) => setImmediate(resolve));
    release();
    expect(await first).toEqual({ done: false, value: 2 });
    const second = mapped.next();
    await new Promise((resolve) => setImmediate(resolve));
    await mapped.return();
    release();
    expect((await second).done).toBe(true);
  });

  it('of one value gives that and ends', async () => {
    const stream = streamOf('only');
    expect([await stream.next(), await stream.next()]).toEqual([
      { done: false, value: 'only' },
      { done: true, value: undefined },
    ]);
  });
});
