import { randomBytes } from 'node:crypto';
import type { RequestContext } from '../../../kernel/context/request-context';
import { runInvariants } from '../../../kernel/db/invariants';
import { inTransaction } from '../../../kernel/db/transaction';
import { isRefusal } from '../../../kernel/errors/refusal';
import { openLog } from '../../../kernel/telemetry/log';
import { openTestDatabase, type TestDatabase } from '../../../kernel/testkit/database';
import { FixedClock } from '../../../kernel/values/clock';
import { newId, type MemberId, type PartnerId, type ProgrammeId } from '../../../kernel/values/id';
import { VOUCHER_CODE_BYTES } from '../core/voucher-code';
import { rewardsDatabase } from '../data/database';
import { IdentitySeal } from '../data/identity-seal';
import { createReward } from './create-reward';
import type { Ledger } from './ledger';
import { orderSteps } from './order-steps';
import { recordRuleBook } from './record-rule-book';
import { redeemReward } from './redeem-reward';
import { resumeOrders } from './resume-orders';

const START = new Date('2026-03-10T12:00:00Z');
const PRICE = 10n;

/** A ledger with the semantics orders rely on: points held once a key, captured or given back. */
class LedgerDouble implements Ledger {
  available = 100n;
  held = 0n;
  captured = 0n;
  private readonly holds = new Map<string, { points: bigint; state: 'OPEN' | 'CAPTURED' | 'RELEASED' }>();

  /** @param keyOf what a repeated hold is known by: the order, as promised, or nothing in the broken variant */
  constructor(private readonly keyOf: (orderId: string) => string = (orderId) => orderId) {}

  hold: Ledger['hold'] = async (order) => {
    const key = this.keyOf(order.id);
    if (!this.holds.has(key)) {
      if (this.available < order.pricePoints) {
        const refusal = {
          code: 'LEDGER_INSUFFICIENT_POINTS',
          message: 'Too few.',
          retryable: false,
          missingPoints: '1',
        };
        return { kind: 'refused', refusal };
      }
      this.available -= order.pricePoints;
      this.held += order.pricePoints;
      this.holds.set(key, { points: order.pricePoints, state: 'OPEN' });
    }
    return { kind: 'done', value: { holdId: key, memberId: order.memberId as MemberId } };
  };

  capture: Ledger['capture'] = async ({ holdId }) => {
    const hold = this.holds.get(holdId as string);
    if (hold?.state === 'OPEN') {
      hold.state = 'CAPTURED';
      this.held -= hold.points;
      this.captured += hold.points;
    }
    return { kind: 'done', value: { redemptionId: `txn of ${holdId}` } };
  };

  release: Ledger['release'] = async ({ holdId }) => {
    const hold = this.holds.get(holdId as string);
    if (hold?.state === 'OPEN') {
      hold.state = 'RELEASED';
      this.held -= hold.points;
      this.available += hold.points;
    }
    return { kind: 'done', value: {} };
  };
}

class Crash extends Error {}

/** Every awaited call of `target`, broken off before or after it takes effect at the chosen moment. */
function crashingAt<T extends object>(target: T, moment: { left: number }): T {
  return new Proxy(target, {
    get(object, name) {
      const method = Reflect.get(object, name) as unknown;
      if (typeof method !== 'function') return method;
      return async (...given: unknown[]) => {
        if (moment.left-- === 0) throw new Crash('before');
        const answer: unknown = await Reflect.apply(method, object, given);
        if (moment.left-- === 0) throw new Crash('after');
        return answer;
      };
    },
  });
}

describe('redeeming a reward', () => {
  const programmeId: ProgrammeId = newId('prg');
  const partnerId: PartnerId = newId('ptr');
  let database: TestDatabase;

  beforeAll(async () => {
    database = await openTestDatabase(rewardsDatabase);
    const partners = [{ partnerId, canRedeem: true, isActive: true }];
    await inTransaction(database, (tx) => recordRuleBook(tx, programmeId, { version: 1n, partners }));
  });
  afterAll(() => database.drop());

  function open(ledger: Ledger, moment = { left: -1 }, clock = new FixedClock(START)) {
    const seal = new IdentitySeal('test');
    const drawRandom = () => randomBytes(VOUCHER_CODE_BYTES);
    const announced = () => undefined;
    const orders = crashingAt(orderSteps({ database, clock, announced, seal, drawRandom }), moment);
    const log = openLog('test', 'silent');
    const catchUpPartners = async () => undefined;
    return { database, clock, seal, announced, catchUpPartners, log, orders, ledger: crashingAt(ledger, moment) };
  }
  const as = (principal: RequestContext['principal']): RequestContext => ({
    principal,
    requestId: newId('req'),
    deadlineAt: new Date(Date.now() + 5_000),
  });
  async function aReward(stock?: number): Promise<string> {
    const admin = as({ kind: 'admin', programmeId, subject: 'a' });
    const wish = {
      idempotencyKey: newId('req'),
      offeredBy: partnerId,
      name: 'Coffee',
      pricePoints: PRICE,
      voucherValidityDays: 30,
      stock,
    };
    const created = await createReward(open(new LedgerDouble()), admin, wish);
    if (isRefusal(created)) throw new Error(created.code);
    return created.reward.id;
  }
  async function stateOf(memberId: MemberId): Promise<{ state: string; vouchers: number }[]> {
    const { rows } = await database.pool.query(
      `select o.state, count(v.id) filter (where v.issued_at is not null)::int as vouchers
         from reward_order o left join voucher v on v.order_id = o.id where o.member_id = $1 group by o.id, o.state`,
      [memberId],
    );
    return rows as { state: string; vouchers: number }[];
  }
  const red = async () =>
    (await runInvariants(database, 'subgraphs/rewards/invariants')).filter(({ total }) => total > 0);

  /** Breaks off at one moment, starts again, and says what came of it; null when the moment lay beyond the end. */
  async function breakOffAt(moment: number, ledger: LedgerDouble): Promise<{ crashed: boolean; left: object }> {
    const rewardId = await aReward();
    const memberId = newId('mem');
    const member = as({ kind: 'member', programmeId, memberId });
    const input = { idempotencyKey: 'once', rewardId, quantity: 1 };
    let crashed = false;
    try {
      await redeemReward(open(ledger, { left: moment }), member, input);
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      crashed = true;
    }
    const later = new FixedClock(new Date(START.getTime() + 60_000));
    while ((await resumeOrders(open(ledger, { left: -1 }, later))) > 0);
    const { available, held, captured } = ledger;
    return { crashed, left: { orders: await stateOf(memberId), available, held, captured } };
  }

  it('ends with a debit and its voucher wherever it is broken off', async () => {
    let moments = 0;
    for (let crashed = true; crashed; moments++) {
      const outcome = await breakOffAt(moments, new LedgerDouble());
      crashed = outcome.crashed;
      expect({ moment: moments, ...outcome.left }).toEqual({
        moment: moments,
        orders: [{ state: 'CAPTURED', vouchers: 1 }],
        available: 90n,
        held: 0n,
        captured: 10n,
      });
    }
    // Load, hold, record, load, issue, load, capture, record, load: before and after each.
    expect(moments).toBeGreaterThan(12);
    expect(await red()).toEqual([]);
  });

  it('would be caught holding twice: a ledger that forgets the key leaves points held for nothing', async () => {
    let calls = 0;
    const left: bigint[] = [];
    for (let moment = 0; moment < 12; moment++) {
      const forgetful = new LedgerDouble(() => `hold-${calls++}`);
      await breakOffAt(moment, forgetful);
      left.push(forgetful.held);
    }
    expect(left.some((held) => held > 0n)).toBe(true);
  });

  it('cancels without a debit and without a voucher when the points fall short, and says how many are missing', async () => {
    const ledger = new LedgerDouble();
    ledger.available = 9n;
    const memberId = newId('mem');
    const input = { idempotencyKey: 'short', rewardId: await aReward(), quantity: 1 };
    const refused = await redeemReward(open(ledger), as({ kind: 'member', programmeId, memberId }), input);
    expect(refused).toMatchObject({ code: 'LEDGER_INSUFFICIENT_POINTS', facts: { missingPoints: '1' } });
    expect(await stateOf(memberId)).toEqual([{ state: 'CANCELLED', vouchers: 0 }]);
    expect(ledger).toMatchObject({ available: 9n, held: 0n, captured: 0n });
  });

  it('answers a repeat with the same vouchers and takes the points once', async () => {
    const ledger = new LedgerDouble();
    const member = as({ kind: 'member', programmeId, memberId: newId('mem') });
    const input = { idempotencyKey: 'twice', rewardId: await aReward(), quantity: 2 };
    const first = await redeemReward(open(ledger), member, input);
    const second = await redeemReward(open(ledger), member, input);
    expect(isRefusal(first) || isRefusal(second) ? null : second.vouchers.map(({ code }) => code)).toEqual(
      isRefusal(first) ? null : first.vouchers.map(({ code }) => code),
    );
    expect(ledger).toMatchObject({ available: 80n, captured: 20n });
  });

  it('sells ten of ten when thirty come at once, and gives the others nothing', async () => {
    const rewardId = await aReward(10);
    const outcomes = await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        redeemReward(open(new LedgerDouble()), as({ kind: 'member', programmeId, memberId: newId('mem') }), {
          idempotencyKey: `stock-${n}`,
          rewardId,
          quantity: 1,
        }),
      ),
    );
    expect(outcomes.filter((one) => !isRefusal(one))).toHaveLength(10);
    expect(outcomes.filter((one) => isRefusal(one) && one.code === 'REWARDS_REWARD_NOT_AVAILABLE')).toHaveLength(20);
    expect(await red()).toEqual([]);
  });

  it('finds each kind of corruption by its invariant', async () => {
    const corruptions: [string, string][] = [
      [
        'captured-order-has-its-vouchers',
        'update voucher set issued_at = null where id = (select min(id) from voucher where issued_at is not null)',
      ],
      [
        'voucher-belongs-to-its-orders-member',
        "update voucher set member_id = 'mem_x' where id = (select max(id) from voucher)",
      ],
      [
        'stock-left-is-offered-less-ordered',
        'update reward set stock_left = stock_left + 1 where stock_left < stock_offered',
      ],
      [
        'shown-voucher-was-announced',
        "delete from outbox where type = 'rewards.voucher.issued.v1' and aggregate_id = (select max(id) from voucher where issued_at is not null)",
      ],
    ];
    for (const [name, corruption] of corruptions) {
      await database.pool.query(corruption);
      expect((await red()).map((finding) => finding.name)).toContain(name);
    }
  });
});
