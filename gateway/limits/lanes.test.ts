import { Lane, Lanes, type LaneSizes, type Leave } from './lanes';
import { defaultLimits } from './limits';

const SIZES: LaneSizes = { running: 2, waiting: 4, waitingOfOne: 3, waitMs: 1_000 };

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

const entered = async (lane: Lane, caller: string): Promise<Leave> => {
  const outcome = await lane.enter(caller);
  if (typeof outcome !== 'function') throw new Error(`refused: ${outcome}`);
  return outcome;
};

describe('a lane', () => {
  it('lets in as many as it has places, has others wait, and refuses the rest at once', async () => {
    const lane = new Lane(SIZES);
    await entered(lane, 'a');
    const leave = await entered(lane, 'b');
    const waiting = [lane.enter('a'), lane.enter('b'), lane.enter('c'), lane.enter('d')];
    expect(lane.enter('e')).toBe('lane-busy');
    leave();
    expect(typeof (await waiting[0])).toBe('function');
    expect([lane.inFlight, lane.queued]).toEqual([2, 3]);
  });

  it('gives places to callers in turn, however many one of them has waiting', async () => {
    const lane = new Lane({ ...SIZES, running: 1 });
    const first = await entered(lane, 'flood');
    const order: string[] = [];
    const work = async (caller: string) => {
      const leave = await entered(lane, caller);
      order.push(caller);
      leave();
    };
    const all = [work('flood'), work('flood'), work('flood'), work('till')];
    first();
    await Promise.all(all);
    expect(order).toEqual(['flood', 'till', 'flood', 'flood']);
  });

  it('tells a caller that has its share of those waiting, and still takes another', async () => {
    const lane = new Lane({ ...SIZES, running: 1 });
    await entered(lane, 'flood');
    for (let place = 0; place < 3; place += 1) void lane.enter('flood');
    expect([lane.refusalFor('flood'), lane.refusalFor('till')]).toEqual(['caller-busy', null]);
  });

  it('has nobody wait longer than it says', async () => {
    const lane = new Lane({ ...SIZES, running: 1 });
    await entered(lane, 'a');
    const late = lane.enter('b');
    await jest.advanceTimersByTimeAsync(SIZES.waitMs);
    expect([await late, lane.queued, lane.refusalFor('b')]).toEqual(['lane-busy', 0, null]);
  });

  it('gives fewer places while the machine is behind, and more again after', async () => {
    const lane = new Lane(SIZES);
    lane.setWidth(0.5);
    await entered(lane, 'a');
    const second = lane.enter('b');
    expect([lane.inFlight, lane.queued]).toEqual([1, 1]);
    lane.setWidth(1);
    await second;
    expect([lane.inFlight, lane.queued]).toEqual([2, 0]);
  });

  it('lets fewer wait while the machine is behind', async () => {
    const lane = new Lane({ ...SIZES, running: 2, waiting: 4, waitingOfOne: 4 });
    await entered(lane, 'a');
    await entered(lane, 'b');
    const waiting = [lane.enter('c'), lane.enter('c')];
    expect(lane.refusalFor('c')).toBeNull();
    lane.setWidth(0.5);
    expect([lane.queued, lane.refusalFor('c'), lane.refusalFor('d')]).toEqual([2, 'caller-busy', 'lane-busy']);
    lane.setWidth(1);
    expect(lane.refusalFor('c')).toBeNull();
    expect(waiting).toHaveLength(2);
  });

  it('counts a place once, however often it is left', async () => {
    const lane = new Lane(SIZES);
    const leave = await entered(lane, 'a');
    leave();
    leave();
    expect(lane.inFlight).toBe(0);
  });
});

/**
 * A place that does its best with so many at once and gets slower with each more, as databases and event loops do. Whoever is
 * answered later than this has stopped waiting.
 */
const BEST_AT_ONCE = 8;
const BEST_MS = 10;
const PATIENCE_MS = 250;

/** Goodput in answers a second, and how long a refusal took at most, over some virtual seconds of load. */
async function load(perSecond: number, sizes: LaneSizes): Promise<{ goodput: number; refusedAfterMs: number }> {
  const lane = new Lane(sizes);
  let [good, refusedAfterMs, atOnce] = [0, 0, 0];
  const ask = async (caller: string): Promise<void> => {
    const askedAt = Date.now();
    const leave = await lane.enter(caller);
    if (typeof leave !== 'function') {
      refusedAfterMs = Math.max(refusedAfterMs, Date.now() - askedAt);
      return;
    }
    atOnce += 1;
    await new Promise((resolve) => setTimeout(resolve, BEST_MS * Math.max(1, (atOnce / BEST_AT_ONCE) ** 2)));
    atOnce -= 1;
    leave();
    if (Date.now() - askedAt <= PATIENCE_MS) good += 1;
  };
  const seconds = 2;
  for (let tick = 0; tick < seconds * 100; tick += 1) {
    for (let arrived = 0; arrived < perSecond / 100; arrived += 1) void ask(`caller ${arrived % 16}`);
    await jest.advanceTimersByTimeAsync(10);
  }
  return { goodput: good / seconds, refusedAfterMs };
}

describe('under five times the load it can take', () => {
  const lanes: LaneSizes = { running: BEST_AT_ONCE, waiting: 16, waitingOfOne: 4, waitMs: 100 };
  const none: LaneSizes = { running: Infinity, waiting: 0, waitingOfOne: 0, waitMs: 0 };
  const peakPerSecond = (BEST_AT_ONCE * 1_000) / BEST_MS;

  it('a hub with lanes answers four fifths of its best, and refuses the rest in no time', async () => {
    const peak = await load(peakPerSecond, lanes);
    const over = await load(5 * peakPerSecond, lanes);
    expect(over.goodput).toBeGreaterThanOrEqual(0.8 * peak.goodput);
    expect(over.refusedAfterMs).toBeLessThan(50);
  });

  it('one without would answer next to nothing', async () => {
    // Negative control: everybody is let in.
    const over = await load(5 * peakPerSecond, none);
    expect(over.goodput).toBeLessThan(0.2 * peakPerSecond);
  });
});

describe('the lanes of a gateway', () => {
  it('do not begin what waited until its deadline, and give its place to the next', async () => {
    const lanes = new Lanes({ tills: SIZES, bulk: { ...SIZES, running: 1, waitMs: 60_000 } });
    const caller = { kind: 'anonymous' } as const;
    const within = (ms: number) => lanes.enter(caller, { isBulk: true, deadlineAt: new Date(Date.now() + ms) });
    const leave = await within(1_000);
    const late = within(1_000);
    const next = within(30_000);
    jest.advanceTimersByTime(1_000);
    leave();
    await expect(late).rejects.toMatchObject({ extensions: { code: 'GATEWAY_OVERLOADED', retryable: true } });
    expect(typeof (await next)).toBe('function');
  });

  it('give bulk work longer than it may wait for its place', () => {
    const { lanes, bulkMutations, patientMutations, patientDeadlineMs } = defaultLimits;
    expect(patientMutations).toEqual(expect.arrayContaining([...bulkMutations]));
    expect(patientDeadlineMs).toBeGreaterThan(lanes.bulk.waitMs);
  });
});
