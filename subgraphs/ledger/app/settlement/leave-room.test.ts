import { leavingRoom } from './leave-room';

describe('a step of a close', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  const taking = (ms: number) => new Promise<string>((resolve) => setTimeout(() => resolve('done'), ms));
  /** Milliseconds until work is answered. */
  async function answeredAfter(work: () => Promise<unknown>): Promise<number> {
    const startedAt = performance.now();
    let answeredAt = -1;
    const noted = () => void (answeredAt = performance.now());
    leavingRoom(work).then(noted, noted);
    await jest.advanceTimersByTimeAsync(60_000);
    return answeredAt - startedAt;
  }

  it('leaves tills as much time as it took', async () => {
    expect(await answeredAfter(() => taking(40))).toBeCloseTo(80, -1);
  });

  it('rests no longer than a second, whatever held it up', async () => {
    expect(await answeredAfter(() => taking(20_000))).toBeCloseTo(21_000, -1);
  });

  it('is answered at once when it fails', async () => {
    const failing = () => taking(40).then(() => Promise.reject(new Error('lost')));
    expect(await answeredAfter(failing)).toBeCloseTo(40, -1);
    jest.useRealTimers();
    await expect(leavingRoom(() => Promise.reject(new Error('lost')))).rejects.toThrow('lost');
  });
});
