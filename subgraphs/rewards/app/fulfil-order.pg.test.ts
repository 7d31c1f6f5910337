import { randomBytes } from 'node:crypto';
import { describeFindings, runInvariants } from '../../../kernel/db/invariants';
import { inTransaction } from '../../../kernel/db/transaction';
import { isRefusal } from '../../../kernel/errors/refusal';
import { openLog } from '../../../kernel/telemetry/log';
import { openTestDatabase, type TestDatabase } from '../../../kernel/testkit/database';
import { FixedClock } from '../../../kernel/values/clock';
import { newId, type MemberId } from '../../../kernel/values/id';
import { HOLD_MINUTES } from '../core/order';
import { VOUCHER_CODE_BYTES } from '../core/voucher-code';
import { rewardsDatabase } from '../data/database';
import { IdentitySeal } from '../data/identity-seal';
import { aMemberOf, anAdminOf, freshKey } from '../testkit/builders';
import { LedgerPeer } from '../testkit/ledger-peer';
import { createReward } from './create-reward';
import { ledgerOver } from './ledger';
import { orderSteps, type OrderSteps } from './order-steps';
import type { RewardsParts } from './parts';
import { recordRuleBook } from './record-rule-book';
import { redeemReward } from './redeem-reward';
import { resumeOrders } from './resume-orders';

const START = new Date('2026-03-10T12:00:00Z');
const minutesLater = (minutes: number): Date => new Date(START.getTime() + minutes * 60_000);
const [SOON, TOO_LATE] = [minutesLater(1), minutesLater(HOLD_MINUTES + 1)];

const [programmeId, partnerId] = [newId('prg'), newId('ptr')];
const log = openLog('test', 'silent');
const seal = new IdentitySeal('test');

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase(rewardsDatabase);
  const partners = [{ partnerId, canRedeem: true, isActive: true }];
  await inTransaction(database, (tx) => recordRuleBook(tx, programmeId, { version: 1n, partners }));
});
afterAll(() => database.drop());

/** The end of our process: nothing after it runs, and nobody turns it into a refusal. */
class Crash extends Error {}

/** Counts the awaited steps of one life of the process and ends it at one of them. */
class Fate {
  passed = 0;
  constructor(private readonly endsAt = Infinity) {}
  step(): void {
    if (this.passed++ === this.endsAt) throw new Crash();
  }
}

/** Every awaited step, and the moment before and after its effect. */
function fated<T extends object>(target: T, fate: Fate): T {
  return new Proxy(target, {
    get: (object, name) => {
      const method = Reflect.get(object, name) as (...given: unknown[]) => Promise<unknown>;
      return async (...given: unknown[]) => {
        fate.step();
        const answer = await method(...given);
        fate.step();
        return answer;
      };
    },
  });
}

interface Life {
  readonly peer: LedgerPeer;
  readonly now: Date;
  readonly fate?: Fate;
  readonly drawRandom?: () => Uint8Array;
  /** Breaks the order of things, for the negative controls. */
  readonly broken?: (orders: OrderSteps) => OrderSteps;
}

/** One life of the process over the same database and the same ledger. */
function live({ peer, now, fate = new Fate(), drawRandom, broken = (orders) => orders }: Life): RewardsParts {
  const clock = new FixedClock(now);
  const draw = drawRandom ?? (() => randomBytes(VOUCHER_CODE_BYTES));
  const steps = orderSteps({ database, clock, announced: () => undefined, seal, drawRandom: draw });
  return {
    ...{ database, clock, seal, log, announced: () => undefined, catchUpPartners: async () => undefined },
    orders: fated(broken(steps), fate),
    ledger: fated(ledgerOver(peer, log), fate),
  };
}

async function aReward(): Promise<string> {
  const request = { principal: anAdminOf(programmeId), requestId: 'req-1', deadlineAt: new Date(Date.now() + 5_000) };
  const wish = {
    idempotencyKey: freshKey(),
    offeredBy: partnerId,
    name: 'Coffee',
    pricePoints: 10n,
    voucherValidityDays: 30,
    stock: 5,
  };
  const created = await createReward(live({ peer: new LedgerPeer(), now: START }), request, wish);
  if (isRefusal(created)) throw new Error(created.code);
  return created.reward.id;
}

/** An order of one piece by a member with 100 points, and what the member sends. */
async function anOrder(peer: LedgerPeer) {
  const principal = aMemberOf(programmeId);
  peer.now = START;
  peer.available.set(principal.memberId, 100n);
  const input = { idempotencyKey: freshKey(), rewardId: await aReward(), quantity: 1 };
  const send = (life: Omit<Life, 'peer' | 'now'> = {}) =>
    redeemReward(
      live({ peer, now: START, ...life }),
      { principal, requestId: 'req-1', deadlineAt: new Date(Date.now() + 5_000) },
      input,
    );
  return { memberId: principal.memberId, rewardId: input.rewardId, send };
}

/** Whether the work reached its end; false when the process died on the way. */
async function survives(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (error instanceof Crash) return false;
    throw error;
  }
}

async function resume(peer: LedgerPeer, now: Date, life: Omit<Life, 'peer' | 'now'> = {}): Promise<void> {
  peer.now = now;
  await resumeOrders(live({ peer, now, ...life }));
}

const TAKEN = { state: 'CAPTURED', shown: 1, hidden: 0, stockLeft: 4, available: 90n, held: 0n, captured: 10n };
const GIVEN_BACK = { state: 'CANCELLED', shown: 0, hidden: 0, stockLeft: 5, available: 100n, held: 0n, captured: 0n };

async function outcome(peer: LedgerPeer, { memberId, rewardId }: { memberId: MemberId; rewardId: string }) {
  const { rows } = await database.pool.query<{ state: string; shown: number; hidden: number; stockLeft: number }>(
    `select o.state, r.stock_left as "stockLeft", count(v.issued_at)::int as shown, (count(v.id) - count(v.issued_at))::int as hidden
       from reward_order o join reward r on r.id = o.reward_id left join voucher v on v.order_id = o.id
      where r.id = $1 group by o.id, r.id`,
    [rewardId],
  );
  const points = {
    available: peer.available.get(memberId),
    held: peer.heldOf(memberId),
    captured: peer.captured.get(memberId) ?? 0n,
  };
  return { ...rows[0], ...points };
}

const faults = async (): Promise<string[]> =>
  describeFindings(await runInvariants(database, 'subgraphs/rewards/invariants'));

describe('an order that is broken off at any awaited step', () => {
  it('is taken when it is resumed in time', async () => {
    let at = 0;
    for (let ended = false; !ended; at++) {
      const peer = new LedgerPeer();
      const order = await anOrder(peer);
      ended = await survives(order.send({ fate: new Fate(at) }));
      await resume(peer, SOON);
      expect({ at, ...(await outcome(peer, order)) }).toEqual({ at, ...TAKEN });
    }
    // Four loads, hold, hold recorded, vouchers, capture, capture recorded: before and after each of the nine.
    expect(at - 1).toBe(18);
    expect(await faults()).toEqual([]);
  });

  it('is taken or given back, whole, when it is resumed after the hold has run out', async () => {
    const states = new Set<string>();
    for (let at = 0, ended = false; !ended; at++) {
      const peer = new LedgerPeer();
      const order = await anOrder(peer);
      ended = await survives(order.send({ fate: new Fate(at) }));
      await resume(peer, TOO_LATE);
      const found = await outcome(peer, order);
      states.add(found.state!);
      expect({ at, ...found }).toEqual({ at, ...(found.captured > 0n ? TAKEN : GIVEN_BACK) });
    }
    expect([...states].sort()).toEqual(['CANCELLED', 'CAPTURED']);
    expect(await faults()).toEqual([]);
  });

  it('is given back whole even when the giving back is broken off at any of its steps', async () => {
    for (let at = 0, ended = false; !ended; at++) {
      const peer = new LedgerPeer();
      const order = await anOrder(peer);
      peer.interrupt = (command) => {
        if (command === 'captureHold') throw new Error('cut off');
      };
      await order.send();
      peer.interrupt = () => undefined;
      const fate = new Fate(at);
      // Recovery survives the failure of one order, so whether this life ended early is told by the steps it passed.
      await resume(peer, TOO_LATE, { fate });
      ended = fate.passed <= at;
      await resume(peer, minutesLater(60));
      expect({ at, ...(await outcome(peer, order)) }).toEqual({ at, ...GIVEN_BACK });
    }
    expect(await faults()).toEqual([]);
  });

  it.each(['holdPoints', 'captureHold'] as const)(
    'is taken once when the reply to %s is lost, or the command itself',
    async (lost) => {
      for (const when of ['before', 'after'] as const) {
        const peer = new LedgerPeer();
        const order = await anOrder(peer);
        peer.interrupt = (command, moment) => {
          if (command === lost && moment === when) throw new Error('the connection was cut');
        };
        expect(await order.send()).toMatchObject({ code: 'REWARDS_LEDGER_UNAVAILABLE', retryable: true });
        peer.interrupt = () => undefined;
        await resume(peer, SOON);
        expect(await outcome(peer, order)).toEqual(TAKEN);
        expect(await order.send()).toMatchObject({ replayed: true, vouchers: [{}] });
      }
    },
  );

  it('is taken once when several take it up at the same time', async () => {
    const peer = new LedgerPeer();
    const order = await anOrder(peer);
    await survives(order.send({ fate: new Fate(4) }));
    await Promise.all([resume(peer, SOON), resume(peer, SOON), order.send(), order.send()]);
    expect(await outcome(peer, order)).toEqual(TAKEN);
  });
});

describe('negative controls: these tests would notice', () => {
  it('commands without the order’s own keys', async () => {
    const left: bigint[] = [];
    for (let at = 0; at < 18; at++) {
      const peer = new LedgerPeer(() => freshKey());
      const order = await anOrder(peer);
      await survives(order.send({ fate: new Fate(at) }));
      await resume(peer, SOON);
      left.push((await outcome(peer, order)).held);
    }
    expect(left).toContain(10n);
  });

  it('vouchers shown before the capture', async () => {
    const peer = new LedgerPeer();
    const order = await anOrder(peer);
    const showsEarly = (orders: OrderSteps): OrderSteps => ({
      ...orders,
      issueVouchers: async (current) => {
        await orders.issueVouchers(current);
        await database.pool.query('update voucher set issued_at = $2 where order_id = $1', [current.id, START]);
      },
    });
    peer.interrupt = (command) => {
      if (command === 'captureHold') throw new Error('cut off');
    };
    await order.send({ broken: showsEarly });
    peer.interrupt = () => undefined;
    await resume(peer, TOO_LATE);
    expect(await outcome(peer, order)).toMatchObject({ state: 'CANCELLED', shown: 1, captured: 0n });
    expect((await faults()).join()).toContain('captured-order-has-its-vouchers');
    await database.pool.query('delete from voucher where member_id = $1', [order.memberId]);
  });
});

describe('voucher codes', () => {
  it('are drawn again when one is taken, also by an order that is not committed yet', async () => {
    const peer = new LedgerPeer();
    const same = () => new Uint8Array(VOUCHER_CODE_BYTES);
    const orders = [await anOrder(peer), await anOrder(peer)];
    const outcomes = await Promise.all(
      orders.map(({ send }) => {
        let drawn = 0;
        return send({ drawRandom: () => (drawn++ === 0 ? same() : randomBytes(VOUCHER_CODE_BYTES)) });
      }),
    );
    const codes = outcomes.flatMap((one) => (isRefusal(one) ? [] : one.vouchers.map(({ code }) => code)));
    expect(new Set(codes).size).toBe(2);
  });

  it('stop the order, points held, when chance is broken, and it is finished when chance is mended', async () => {
    const peer = new LedgerPeer();
    const first = await anOrder(peer);
    const same = () => new Uint8Array(VOUCHER_CODE_BYTES).fill(7);
    await first.send({ drawRandom: same });
    const second = await anOrder(peer);
    await expect(second.send({ drawRandom: same })).rejects.toThrow('codes in a row');
    await resume(peer, SOON);
    expect(await outcome(peer, second)).toEqual(TAKEN);
  });
});

describe('the database itself', () => {
  it('refuses an order that goes back, or changes after its end', async () => {
    const peer = new LedgerPeer();
    const { rewardId, send } = await anOrder(peer);
    await send();
    const change = (assignment: string) =>
      database.pool.query(`update reward_order set ${assignment} where reward_id = $1`, [rewardId]);
    await expect(change("state = 'HELD', redemption_id = null")).rejects.toThrow('is final');
    await expect(change('attempts = 1')).rejects.toThrow('is final');
  });
});
