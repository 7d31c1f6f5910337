import { points } from '../../../../kernel/values/points';
import { aRuleBook, aWallet, termsAtRedemption } from '../../testkit/book';
import { planExpiry } from './expiry';
import type { OpenLot } from '../points/lot';
import { applyPlan, shownPoints } from '../points/posting';

const book = aRuleBook();
const [issuer, other] = book.brands;
const day = (n: number): Date => new Date(Date.UTC(2026, 0, n));
const at = (now: Date) => ({ programmeId: book.programmeId, book, now });
const lot = (lotSeq: bigint, expiresAt: Date | null, issuerId = issuer): OpenLot => ({
  lotSeq,
  issuerId,
  remaining: points(10n * lotSeq),
  earnedAt: day(1),
  expiresAt,
  terms: termsAtRedemption(issuerId),
});
const wallet = aWallet(book.programmeId, [lot(1n, day(5)), lot(2n, day(5), other), lot(3n, day(6)), lot(4n, null)]);

describe('expiry', () => {
  it('does nothing before the first instant at which a lot cannot be spent', () => {
    expect(planExpiry(wallet, at(new Date(day(5).getTime() - 1)))).toBeNull();
  });

  it('takes what is due in one transaction, back to each issuer, and nobody owes anybody', () => {
    const plan = planExpiry(wallet, at(day(5)));
    expect(plan).toMatchObject({ kind: 'EXPIRY', claims: [], money: [] });
    expect(plan && shownPoints(plan)).toBe(-30n);
    expect(plan?.entries.map(({ credit, amount }) => [credit.kind, credit.owner, amount])).toEqual([
      ['EXPIRED', issuer, 10n],
      ['EXPIRED', other, 20n],
    ]);
  });

  it('does nothing the second time', () => {
    const facts = at(day(6));
    const plan = planExpiry(wallet, facts);
    if (plan === null) throw new Error('something is due');
    const after = applyPlan(wallet, plan, facts);
    expect(after.balances).toMatchObject({ available: 40n, qualifying: 100n });
    expect(planExpiry(after, facts)).toBeNull();
  });

  it('leaves never-expiring points alone for ever', () => {
    const plan = planExpiry(wallet, at(new Date('2999-01-01T00:00:00Z')));
    expect(plan?.entries.map(({ lotSeq }) => lotSeq)).toEqual([1n, 2n, 3n]);
  });
});
