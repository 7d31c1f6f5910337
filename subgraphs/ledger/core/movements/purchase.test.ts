import fc from 'fast-check';
import { isRefusal } from '../../../../kernel/errors/refusal';
import { newId } from '../../../../kernel/values/id';
import { aRuleBook, aWallet } from '../../testkit/book';
import type { EarningRule } from '../rule-book';
import { applyPlan, shownPoints } from '../points/posting';
import { planPurchase, type Purchase } from './purchase';
import { earnedPoints } from './purchase-earning';
import { expiryOf } from './validity';

const book = aRuleBook();
const [brand] = book.brands;
const wallet = aWallet(book.programmeId);
const now = new Date('2026-03-10T12:00:00Z');
const facts = { programmeId: book.programmeId, book, now };
const sale = (change: Partial<Purchase> = {}): Purchase => ({
  partnerId: brand,
  externalRef: 'R-1',
  amountMinor: 4_999n,
  currency: 'EUR',
  occurredAt: now,
  branch: null,
  channel: null,
  lines: null,
  ...change,
});
const rate = (points: bigint, perAmountMinor: bigint): EarningRule => ({
  id: newId('rul'),
  partnerId: brand,
  validFrom: now,
  points,
  perAmountMinor,
  pendingDays: 0,
});

describe('what a purchase earns', () => {
  it.each([
    [0n, 0n],
    [99n, 0n],
    [100n, 1n],
    [4_999n, 49n],
  ])('for %s minor units is %s points at a point a euro', (amount, earned) =>
    expect(earnedPoints(rate(1n, 100n), amount)).toBe(earned),
  );

  it('never gains by splitting a receipt, and loses less than a point a part', () => {
    const amount = fc.bigInt({ min: 0n, max: 10n ** 9n });
    const step = fc.bigInt({ min: 1n, max: 10_000n });
    fc.assert(
      fc.property(amount, amount, step, step, (one, two, each, per) => {
        const rule = rate(each, per);
        const apart = earnedPoints(rule, one) + earnedPoints(rule, two);
        const together = earnedPoints(rule, one + two);
        expect(together - apart === 0n || together - apart === 1n).toBe(true);
      }),
    );
  });
});

describe('when a lot expires', () => {
  it('is at the first instant after its last day in the programme’s time zone', () => {
    const earned = new Date('2026-03-10T23:30:00Z');
    expect(expiryOf(earned, { ...book, pointsValidityDays: 90 })).toEqual(new Date('2026-06-09T22:00:00Z'));
    expect(expiryOf(earned, { ...book, pointsValidityDays: 90, timeZone: 'UTC' })).toEqual(
      new Date('2026-06-09T00:00:00Z'),
    );
  });

  it('keeps the last day whole over a change of clocks', () => {
    const ofADay = { ...book, pointsValidityDays: 1 };
    expect(expiryOf(new Date('2026-03-28T12:00:00Z'), ofADay)).toEqual(new Date('2026-03-29T22:00:00Z'));
  });

  it('is never when points do not expire', () => expect(expiryOf(now, book)).toBeNull());
});

describe('a purchase', () => {
  it('issues one lot under the contract in force and credits it whole', () => {
    const plan = planPurchase(wallet, sale(), facts);
    if (isRefusal(plan)) throw new Error(plan.code);
    expect(plan).toMatchObject({
      kind: 'EARN',
      issued: [{ lotSeq: 1n, quantity: 49n, pending: null, terms: { contractVersion: 1 } }],
    });
    expect(shownPoints(plan)).toBe(49n);
    expect(plan.entries).toMatchObject([{ debit: { kind: 'ISSUED' }, credit: { kind: 'AVAILABLE' }, amount: 49n }]);
    expect(plan.claims).toEqual([]);
    const after = applyPlan(wallet, plan, facts);
    expect(after).toMatchObject({
      seq: 1n,
      lotCount: 1n,
      balances: { available: 49n, qualifying: 49n },
      tier: { code: 'BASE' },
      lots: [{ lotSeq: 1n, remaining: 49n }],
    });
  });

  it('that earns nothing is recorded and makes no lot', () => {
    const plan = planPurchase(wallet, sale({ amountMinor: 99n }), facts);
    expect(plan).toMatchObject({ entries: [], claims: [], issued: [], purchase: { amountMinor: 99n, points: 0n } });
  });

  it('makes its issuer owe the operator the fee for every point', () => {
    const contracts = book.contracts.map((contract) => ({ ...contract, feeMicros: 500n }));
    const plan = planPurchase(wallet, sale(), { ...facts, book: { ...book, contracts } });
    expect(plan).toMatchObject({
      claims: [{ kind: 'PROGRAMME_FEE', debtorId: brand, creditorId: null, micros: 24_500n, points: 49n }],
    });
  });

  it('lifts the member to the highest rung reached', () => {
    const plan = planPurchase(wallet, sale({ amountMinor: 100_000n }), facts);
    if (isRefusal(plan)) throw new Error(plan.code);
    expect(applyPlan(wallet, plan, facts)).toMatchObject({ tier: { code: 'GOLD', since: now } });
  });

  const withPartner = (change: object) => ({ ...book, partners: book.partners.map((one) => ({ ...one, ...change })) });
  it.each([
    ['PARTNERS_PARTNER_SUSPENDED', sale({ currency: 'PLN' }), withPartner({ status: 'SUSPENDED', canIssue: false })],
    ['LEDGER_PARTNER_CANNOT_ISSUE', sale({ currency: 'PLN' }), withPartner({ canIssue: false })],
    ['LEDGER_PROGRAMME_NOT_READY', sale({ currency: 'PLN', occurredAt: new Date('2019-12-31T23:59:59Z') }), book],
    ['LEDGER_CURRENCY_NOT_ACCEPTED', sale({ currency: 'PLN', occurredAt: new Date('2026-03-10T12:00:01Z') }), book],
    ['LEDGER_OCCURRED_IN_FUTURE', sale({ occurredAt: new Date('2026-03-10T12:00:01Z') }), book],
  ])('is refused with %s before anything told later', (code, purchase, rules) => {
    expect(planPurchase(wallet, purchase, { ...facts, book: rules })).toMatchObject({ kind: 'refusal', code });
  });
});
