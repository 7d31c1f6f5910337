import fc from 'fast-check';
import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import { points } from '../../../../kernel/values/points';
import { aRuleBook, aWallet, termsAtRedemption } from '../../testkit/book';
import type { OpenLot } from '../points/lot';
import { applyPlan, shownPoints, type PostingPlan } from '../points/posting';
import type { Wallet } from '../points/wallet';
import { planCapture, planHold, planRelease } from './hold';

const book = aRuleBook();
const [issuer, redeemer] = book.brands;
const now = new Date('2026-03-10T12:00:00Z');
const later = new Date('2026-03-10T12:10:00Z');
const facts = { programmeId: book.programmeId, book, now };
const lots = (...remaining: number[]): OpenLot[] =>
  remaining.map((amount, n) => ({
    lotSeq: BigInt(n + 1),
    issuerId: issuer,
    remaining: points(BigInt(amount)),
    earnedAt: new Date(Date.UTC(2026, 0, n + 1)),
    expiresAt: null,
    terms: termsAtRedemption(issuer),
  }));
const after = (wallet: Wallet, plan: PostingPlan | Refusal): Wallet => {
  if (isRefusal(plan)) throw new Error(plan.code);
  return applyPlan(wallet, plan, facts);
};
const held = (wallet: Wallet, amount: number): Wallet =>
  after(
    wallet,
    planHold(
      wallet,
      { partnerId: redeemer, points: points(BigInt(amount)), expiresAt: later, isSteppedUp: false },
      facts,
    ),
  );
const capture = (wallet: Wallet, holdSeq: bigint, amount: number | null, partnerId = redeemer) =>
  planCapture(
    wallet,
    { holdSeq, partnerId, points: amount === null ? null : points(BigInt(amount)), externalRef: 'S-1' },
    facts,
  );

describe('a hold', () => {
  it('moves points from available to held and keeps which lots they came from', () => {
    const wallet = held(aWallet(book.programmeId, lots(30, 30)), 40);
    expect(wallet.balances).toMatchObject({ available: 20n, held: 40n });
    expect(wallet.past.holds.get(wallet.seq)).toMatchObject({
      state: 'OPEN',
      lots: [{ points: 30n }, { points: 10n }],
    });
  });

  it('captured in part pays for what was captured and gives the rest back to its lot', () => {
    const wallet = held(aWallet(book.programmeId, lots(30, 30)), 40);
    const plan = capture(wallet, wallet.seq, 35);
    expect(plan).toMatchObject({ kind: 'CAPTURE', claims: [{ micros: 300_000n }, { micros: 50_000n }] });
    expect(isRefusal(plan) || shownPoints(plan)).toBe(5n);
    const captured = after(wallet, plan);
    expect(captured.balances).toMatchObject({ available: 25n, held: 0n });
    expect(captured.lots.map(({ remaining }) => remaining)).toEqual([25n]);
    expect(captured.past.holds.get(wallet.seq)).toMatchObject({ state: 'CAPTURED', captured: 35n });
  });

  it('is captured or released once', () => {
    const wallet = held(aWallet(book.programmeId, lots(30)), 30);
    const released = after(wallet, planRelease(wallet, { holdSeq: wallet.seq, partnerId: redeemer }, facts));
    expect(capture(released, wallet.seq, null)).toMatchObject({ code: 'LEDGER_HOLD_NOT_OPEN' });
    expect(planRelease(released, { holdSeq: wallet.seq, partnerId: redeemer }, facts)).toMatchObject({
      code: 'LEDGER_HOLD_NOT_OPEN',
    });
  });

  it('of another partner reads like none at all', () => {
    const wallet = held(aWallet(book.programmeId, lots(30)), 30);
    expect(capture(wallet, wallet.seq, null, issuer)).toEqual(capture(wallet, 99n, null, issuer));
  });

  it('never yields more than it set aside, whatever the member has besides', () => {
    const wallet = held(aWallet(book.programmeId, lots(30, 30)), 40);
    expect(capture(wallet, wallet.seq, 41)).toMatchObject({
      code: 'LEDGER_INSUFFICIENT_POINTS',
      facts: { missingPoints: 1n },
    });
  });

  const someWallet = fc
    .array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 8 })
    .map((amounts) => aWallet(book.programmeId, lots(...amounts)));
  const share = fc.integer({ min: 1, max: 800 });

  it('released leaves lots and balances as they were', () => {
    fc.assert(
      fc.property(someWallet, share, (wallet, amount) => {
        fc.pre(BigInt(amount) <= wallet.balances.available);
        const holding = held(wallet, amount);
        const back = after(holding, planRelease(holding, { holdSeq: holding.seq, partnerId: redeemer }, facts));
        expect(back.lots).toEqual(wallet.lots);
        expect(back.balances).toEqual(wallet.balances);
      }),
    );
  });

  it('captured in any part loses no point: spent, left and lots add up', () => {
    fc.assert(
      fc.property(someWallet, share, share, (wallet, amount, part) => {
        fc.pre(BigInt(amount) <= wallet.balances.available && part <= amount);
        const holding = held(wallet, amount);
        const done = after(holding, capture(holding, holding.seq, part));
        expect(done.balances).toMatchObject({ held: 0n, available: wallet.balances.available - BigInt(part) });
        expect(done.lots.reduce((sum, { remaining }) => sum + remaining, 0n)).toBe(done.balances.available);
      }),
    );
  });
});
