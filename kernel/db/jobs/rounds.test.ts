import { Rounds } from './rounds';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

describe('rounds', () => {
  it('follow each other, never two at once, and go on after one that failed', async () => {
    const ends: (() => void)[] = [];
    const failures: unknown[] = [];
    const rounds = new Rounds({
      everyMs: 1_000,
      round: async () => {
        await new Promise<void>((end) => ends.push(end));
        if (ends.length === 1) throw new Error('the database is away');
      },
      onFailed: (error) => failures.push(String(error)),
    });
    rounds.start();
    await jest.advanceTimersByTimeAsync(10_000);
    expect([ends.length, failures]).toEqual([1, []]);
    ends[0]!();
    await jest.advanceTimersByTimeAsync(999);
    expect([ends.length, failures]).toEqual([1, ['Error: the database is away']]);
    await jest.advanceTimersByTimeAsync(1);
    expect(ends).toHaveLength(2);
    ends[1]!();
    await rounds.stop();
  });

  it('end with the one under way, which is told, and whose failure is no news then', async () => {
    let goesOn: () => boolean = () => false;
    let fail: (error: Error) => void = () => undefined;
    const failures: unknown[] = [];
    let begun = 0;
    const rounds = new Rounds({
      everyMs: 1_000,
      round: (isGoing) => {
        begun += 1;
        goesOn = isGoing;
        return new Promise<void>((_, reject) => (fail = reject));
      },
      onFailed: (error) => failures.push(error),
    });
    rounds.start();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(goesOn()).toBe(true);
    const stopped = rounds.stop();
    expect(goesOn()).toBe(false);
    fail(new Error('the database stops'));
    await stopped;
    await jest.advanceTimersByTimeAsync(10_000);
    expect([begun, failures]).toEqual([1, []]);
  });
});
