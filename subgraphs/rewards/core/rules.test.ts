import { newId } from '../../../kernel/values/id';
import { points } from '../../../kernel/values/points';
import { isDecided, toldRefusal } from './ledger-answer';
import { commandKey, HOLD_MINUTES, holdEnd, nextStep, ORDER_STATES, resumeAt } from './order';
import { hasPrice, lockedBecause, type PartnerStanding, type Reward } from './reward';
import { voucherEnd, voucherStateAt } from './voucher';

const NOON = new Date('2026-03-10T12:00:00Z');
const before = new Date(NOON.getTime() - 1);

const partner: PartnerStanding = { partnerId: newId('ptr'), canRedeem: true, isActive: true };
const reward = (change: Partial<Reward> = {}): Reward => ({
  id: newId('rwd'),
  programmeId: newId('prg'),
  offeredBy: partner.partnerId,
  name: 'Coffee',
  pricePoints: points(10n),
  validFrom: NOON,
  validUntil: null,
  voucherValidityDays: 30,
  stockOffered: null,
  stockLeft: null,
  ...change,
});

describe('a reward can be taken', () => {
  const whole = { now: NOON, quantity: 10 };
  it('from its first instant on, without end and without limit when it has none', () => {
    expect(lockedBecause(reward(), partner, whole)).toBeNull();
  });

  it.each([
    ['is not open yet', reward(), partner, { ...whole, now: before }],
    ['is over at its last instant', reward({ validFrom: before, validUntil: NOON }), partner, whole],
    ['has a partner nobody knows', reward(), null, whole],
    ['has a suspended partner', reward(), { ...partner, isActive: false }, whole],
    ['has a partner that only issues', reward(), { ...partner, canRedeem: false }, whole],
    ['is sold out', reward({ stockOffered: 5, stockLeft: 0 }), partner, { now: NOON, quantity: 1 }],
    ['has fewer left than asked', reward({ stockOffered: 5, stockLeft: 5 }), partner, { now: NOON, quantity: 6 }],
  ])('but not when it %s, and then says why', (_case, offered, standing, at) => {
    expect(lockedBecause(offered, standing, at)).toEqual(expect.any(String));
  });

  it('down to its last piece', () => {
    expect(lockedBecause(reward({ stockOffered: 5, stockLeft: 5 }), partner, { now: NOON, quantity: 5 })).toBeNull();
  });

  it('only in numbers whose price fits 64 bits', () => {
    const dear = reward({ pricePoints: points(2n ** 63n - 1n) });
    expect([hasPrice(dear, 1), hasPrice(dear, 2)]).toEqual([true, false]);
  });
});

describe('an order', () => {
  it('has a next step exactly until it is final', () => {
    expect(ORDER_STATES.map(nextStep)).toEqual(['HOLD', 'ISSUE', 'CAPTURE', null, null]);
  });

  it('repeats each command under the same key, and no two under one', () => {
    const id = newId('ord');
    const keys = (['hold', 'capture', 'release'] as const).map((command) => commandKey(id, command));
    expect(new Set(keys).size).toBe(3);
    expect(commandKey(id, 'hold')).toBe(keys[0]);
  });

  it('is looked at again after pauses that grow to five minutes and no further', () => {
    const seconds = [0, 1, 2, 10, 10_000].map(
      (attempts) => (resumeAt(NOON, attempts).getTime() - NOON.getTime()) / 1_000,
    );
    expect(seconds).toEqual([5, 10, 20, 300, 300]);
  });
});

describe('what the ledger refuses', () => {
  const refusal = (change: object = {}) => ({ code: 'LEDGER_X', message: 'No.', retryable: false, ...change });
  const order = { holdExpiresAt: holdEnd(NOON) };
  const late = new Date(NOON.getTime() + HOLD_MINUTES * 60_000);

  it('ends the order, but when a retry can help only once the hold’s time is over', () => {
    expect(isDecided(refusal(), order, NOON)).toBe(true);
    expect(isDecided(refusal({ retryable: true }), order, NOON)).toBe(false);
    expect(isDecided(refusal({ retryable: true }), order, late)).toBe(true);
  });

  it('never ends it by saying that the first call still runs', () => {
    expect(isDecided(refusal({ code: 'IDEMPOTENCY_IN_PROGRESS', retryable: true }), order, late)).toBe(false);
  });

  it('is told as it is when the member has too few points or does not exist, else under our own code', () => {
    const short = toldRefusal(refusal({ code: 'LEDGER_INSUFFICIENT_POINTS', missingPoints: '3' }));
    expect(short).toMatchObject({ code: 'LEDGER_INSUFFICIENT_POINTS', facts: { missingPoints: '3' } });
    expect(toldRefusal(refusal({ code: 'NOT_FOUND' }))).toMatchObject({
      code: 'NOT_FOUND',
      message: 'No such member.',
    });
    expect(toldRefusal(refusal())).toMatchObject({ code: 'REWARDS_LEDGER_REFUSED', facts: { ledgerCode: 'LEDGER_X' } });
  });
});

it('shows an unused voucher as expired from its last instant on, and leaves a used one used', () => {
  const expiresAt = voucherEnd(before, 1);
  const instant = (ms: number) => new Date(expiresAt.getTime() + ms);
  expect(voucherStateAt({ state: 'ISSUED', expiresAt }, instant(-1))).toBe('ISSUED');
  expect(voucherStateAt({ state: 'ISSUED', expiresAt }, instant(0))).toBe('EXPIRED');
  expect(voucherStateAt({ state: 'USED', expiresAt }, instant(0))).toBe('USED');
});
