import fc from 'fast-check';
import { isRefusal } from '../../../../kernel/errors/refusal';
import { points } from '../../../../kernel/values/points';
import { aRuleBook, aWallet, termsAtRedemption } from '../../testkit/book';
import type { OpenLot } from '../points/lot';
import { applyPlan, type PostingPlan } from '../points/posting';
import { planRedemption, type Redemption } from './redemption';

const book = aRuleBook();
const [issuer, redeemer] = book.brands;
const now = new Date('2026-03-10T12:00:00Z');
const facts = { programmeId: book.programmeId, book, now };
const lot = (lotSeq: number, remaining: number, issuerId = issuer, expiresAt: Date | null = null): OpenLot => ({
  lotSeq: BigInt(lotSeq),
  issuerId,
  remaining: points(BigInt(remaining)),
  earnedAt: new Date('2026-01-01T00:00:00Z'),
  expiresAt,
  terms: termsAtRedemption(issuerId),
});
const spend = (amount: number, change: Partial<Redemption> = {}): Redemption => ({
  kind: 'REDEEM',
  partnerId: redeemer,
  externalRef: 'S-1',
  points: points(BigInt(amount)),
  occurredAt: now,
  expectedVersion: null,
  isSteppedUp: false,
  ...change,
});
const planned = (outcome: ReturnType<typeof planRedemption>): PostingPlan => {
  if (isRefusal(outcome)) throw new Error(outcome.code);
  return outcome;
};

describe('a redemption', () => {
  it('makes the issuer of each lot owe the redeemer, and nobody for the redeemer’s own', () => {
    const plan = planned(
      planRedemption(aWallet(book.programmeId, [lot(1, 30), lot(2, 30, redeemer)]), spend(50), facts),
    );
    expect(plan.entries).toMatchObject([
      { credit: { kind: 'REDEEMED', owner: redeemer }, amount: 30n, lotSeq: 1n },
      { credit: { kind: 'REDEEMED', owner: redeemer }, amount: 20n, lotSeq: 2n },
    ]);
    expect(plan.claims).toMatchObject([
      { entry: 0, debtorId: issuer, creditorId: redeemer, micros: 300_000n, points: 30n, contractVersion: 1 },
    ]);
  });

  it('pays the price in force when it happened, not when it was recorded', () => {
    const dearer = {
      ...book.contracts[1]!,
      version: 2,
      validFrom: new Date('2026-03-01T00:00:00Z'),
      reimbursementMicros: 12_000n,
    };
    const rules = { ...facts, book: { ...book, contracts: [...book.contracts, dearer] } };
    const wallet = aWallet(book.programmeId, [lot(1, 30)]);
    const before = spend(10, { occurredAt: new Date('2026-02-28T23:59:59Z') });
    expect(planned(planRedemption(wallet, before, rules)).claims[0]?.micros).toBe(100_000n);
    expect(planned(planRedemption(wallet, spend(10), rules)).claims[0]?.micros).toBe(120_000n);
  });

  it('does not spend points whose expiry has come, swept or not', () => {
    const wallet = aWallet(book.programmeId, [lot(1, 30, issuer, now), lot(2, 10)]);
    expect(planRedemption(wallet, spend(11), facts)).toMatchObject({
      code: 'LEDGER_INSUFFICIENT_POINTS',
      facts: { missingPoints: 1n },
    });
  });

  it('needs the version the caller decided upon, when one is given', () => {
    const wallet = aWallet(book.programmeId, [lot(1, 30)]);
    expect(planRedemption(wallet, spend(10, { expectedVersion: 1n }), facts)).toMatchObject({ kind: 'REDEEM' });
    expect(planRedemption(wallet, spend(99, { expectedVersion: 0n }), facts)).toMatchObject({
      code: 'LEDGER_VERSION_CHANGED',
      facts: { currentVersion: 1n },
    });
  });

  it('takes from the account what it takes from the lots, entry by entry, and is paid for nothing twice', () => {
    const lots = fc.array(fc.tuple(fc.integer({ min: 1, max: 300 }), fc.boolean()), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(lots, fc.integer({ min: 1, max: 3_000 }), (drawn, amount) => {
        const wallet = aWallet(
          book.programmeId,
          drawn.map(([remaining, own], n) => lot(n + 1, remaining, own ? redeemer : issuer)),
        );
        const outcome = planRedemption(wallet, spend(amount), facts);
        if (isRefusal(outcome)) return expect(wallet.balances.available).toBeLessThan(BigInt(amount));
        const after = applyPlan(wallet, outcome, facts);
        const left = after.lots.reduce((sum, { remaining }) => sum + remaining, 0n);
        expect(after.balances.available).toBe(wallet.balances.available - BigInt(amount));
        expect(left).toBe(after.balances.available);
        expect(outcome.entries.reduce((sum, entry) => sum + entry.amount, 0n)).toBe(BigInt(amount));
        const owed = outcome.claims.reduce((sum, { micros }) => sum + micros, 0n);
        const foreign = outcome.entries.filter(({ lotSeq }) => drawn[Number(lotSeq) - 1]?.[1] === false);
        expect(owed).toBe(foreign.reduce((sum, entry) => sum + entry.amount, 0n) * 10_000n);
      }),
    );
  });
});
