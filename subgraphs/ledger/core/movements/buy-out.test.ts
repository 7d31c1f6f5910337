import { points } from '../../../../kernel/values/points';
import { aContract, aRuleBook, aWallet, termsAtRedemption } from '../../testkit/book';
import type { OpenLot } from '../points/lot';
import { applyPlan } from '../points/posting';
import { planBuyOut } from './buy-out';

const book = aRuleBook();
const [issuer, other] = book.brands;
const now = new Date('2026-03-10T12:00:00Z');
const facts = { programmeId: book.programmeId, book, now };
const expiresAt = new Date('2028-03-31T00:00:00Z');
const lot = (n: number, remaining: number, issuerId = issuer, terms = termsAtRedemption(issuerId)): OpenLot => ({
  lotSeq: BigInt(n),
  issuerId,
  remaining: points(BigInt(remaining)),
  earnedAt: new Date(Date.UTC(2026, 0, n)),
  expiresAt,
  terms,
});
const contract = aContract(issuer, { version: 2, settlementModel: 'AT_ISSUANCE', issuanceMicros: 12_000n });
const buyOut = { issuerId: issuer, contract, breakageBps: 1_000 };

describe('a buy-out', () => {
  const wallet = aWallet(book.programmeId, [lot(1, 100), lot(2, 50, other), lot(3, 7)]);
  const plan = planBuyOut(wallet, buyOut, facts);
  if (plan === null) throw new Error('nothing to buy out');

  it('pays the fund for what is outstanding, less the part agreed never to be spent', () => {
    expect(
      plan.claims.map(({ kind, debtorId, creditorId, micros, points: of }) => [kind, debtorId, creditorId, micros, of]),
    ).toEqual([
      ['BUY_OUT', issuer, null, 100n * 10_000n - 100_000n, 100n],
      ['BUY_OUT', issuer, null, 7n * 10_000n - 7_000n, 7n],
    ]);
    expect(
      plan.claims.every(({ hubAccount }) => hubAccount?.kind === 'POINT_FUND' && hubAccount.owner === issuer),
    ).toBe(true);
  });

  it('fills the fund up to the reserve of every point: the operator contributes what is agreed never to be spent', () => {
    expect(plan.money.map(({ debit, credit, micros }) => [debit.kind, credit.kind, credit.owner, micros])).toEqual([
      ['GOODWILL_EXPENSE', 'POINT_FUND', issuer, 100_000n],
      ['GOODWILL_EXPENSE', 'POINT_FUND', issuer, 7_000n],
    ]);
  });

  it('changes nothing for the member: the same points, expiring as they did, in lots of the new terms', () => {
    const after = applyPlan(wallet, plan, facts);
    expect(after.balances).toEqual(wallet.balances);
    const shown = after.lots.map(({ remaining, issuerId, expiresAt: until, terms }) => {
      return `${remaining} ${issuerId} ${until?.toISOString()} ${terms.settlementModel}`;
    });
    expect(new Set(shown)).toEqual(
      new Set([
        `100 ${issuer} ${expiresAt.toISOString()} AT_ISSUANCE`,
        `50 ${other} ${expiresAt.toISOString()} AT_REDEMPTION`,
        `7 ${issuer} ${expiresAt.toISOString()} AT_ISSUANCE`,
      ]),
    );
  });

  it('leaves no margin to be earned: nothing was paid above the reserve', () => {
    const after = applyPlan(wallet, plan, facts);
    const bought = after.lots.filter(({ issuerId }) => issuerId === issuer);
    expect(bought.map(({ terms }) => terms.issuanceMicros - terms.reserveMicros)).toEqual([0n, 0n]);
    expect(bought.map(({ terms }) => terms.breakageShareBps)).toEqual([0, 0]);
  });

  it('comes again and finds nothing to do', () => {
    expect(planBuyOut(applyPlan(wallet, plan, facts), buyOut, facts)).toBeNull();
  });

  it('takes what its issuer alone pays for: what others pay for in part or whole stays as agreed', () => {
    const paidBy = (...funding: [typeof issuer, number][]) =>
      termsAtRedemption(issuer, { funding: funding.map(([partyId, bps]) => ({ partyId, bps })) });
    const together = lot(1, 1_000, issuer, paidBy([issuer, 6_000], [other, 4_000]));
    const byAnother = lot(2, 1_000, issuer, paidBy([other, 10_000]));
    expect(planBuyOut(aWallet(book.programmeId, [together, byAnother]), buyOut, facts)).toBeNull();
  });
});
