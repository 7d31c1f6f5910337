import { leavingRoom } from './leave-room';

describe('a step of a close', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  const rests: number[] = [];
  const rest = async (ms: number) => void rests.push(Math.round(ms));
  beforeEach(() => void rests.splice(0));
  const taking = (ms: number) => async () => {
    jest.advanceTimersByTime(ms);
    return 'done';
  };

  it('leaves tills as much time as it took', async () => {
    await expect(leavingRoom(taking(40), rest)).resolves.toBe('done');
    expect(rests).toEqual([40]);
  });

  it('rests no longer than a second, whatever held it up', async () => {
    await leavingRoom(taking(20_000), rest);
    expect(rests).toEqual([1_000]);
  });

  it('is answered at once when it fails', async () => {
    await expect(leavingRoom(() => Promise.reject(new Error('lost')), rest)).rejects.toThrow('lost');
    expect(rests).toEqual([]);
  });
});
