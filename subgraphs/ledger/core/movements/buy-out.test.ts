import { newId } from '../../../../kernel/values/id';
import { points } from '../../../../kernel/values/points';
import * as ask from '../../testkit/asked';
import { aContract, aRuleBook, aWallet, termsAtRedemption } from '../../testkit/book';
import { MoneySums } from '../../testkit/money-book';
import { PaperBook } from '../../testkit/paper-book';
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

  it('leaves lots that know what was paid for a point of them, and no share of what expires', () => {
    const after = applyPlan(wallet, plan, facts);
    const bought = after.lots.filter(({ issuerId }) => issuerId === issuer);
    expect(bought.map(({ terms }) => [terms.issuanceMicros, terms.reserveMicros])).toEqual([
      [9_000n, 10_000n],
      [9_000n, 10_000n],
    ]);
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

describe('points bought out', () => {
  // A point is paid with 0.008001, of which the issuer and the operator pay a half each; a released point costs a fee of 0.0005.
  const prices = { reimbursementMicros: 8_001n, feeMicros: 500n };
  const agreed = aRuleBook({
    ...{ timeZone: 'UTC', pointsValidityDays: 30 },
    ...{ partners: book.partners, earningRules: book.earningRules },
    contracts: [aContract(issuer, prices), aContract(other, prices)],
  });
  const half = {
    issuerId: issuer,
    contract: aContract(issuer, { ...prices, version: 2, settlementModel: 'AT_ISSUANCE', issuanceMicros: 9_000n }),
    breakageBps: 5_000,
  };
  const memberId = newId('mem');
  const buyOutOf: ask.Asked = { memberId, plan: (wallet, known) => planBuyOut(wallet, half, known) };
  let paper: PaperBook;
  const at = () => ({ memberId, partnerId: issuer, occurredAt: paper.now });
  const takeBack = (lotSeq: bigint, amount: bigint) => paper.post(ask.clawback(memberId, { lotSeq, amount }));
  const bringBack = () => ask.purchaseReturn(at(), 'return', { purchaseSeq: 1n, amountMinor: 10_000n });
  const spend = (amount: bigint) => paper.post(ask.redemption({ ...at(), partnerId: other }, 'spend', amount));
  const figures = () => {
    const { available, arrears, qualifying } = paper.wallet(memberId).balances;
    return { available, arrears, qualifying };
  };
  const accounts = () => {
    const sums = new MoneySums((party) => (party === null ? 'H' : party === issuer ? 'A' : 'B'));
    for (const { plan } of paper.journal) sums.add(plan);
    return Object.fromEntries(sums.accounts());
  };

  beforeEach(() => {
    paper = new PaperBook(agreed, now);
    paper.post(ask.purchase(at(), 'sale', 10_000n));
    expect(figures()).toMatchObject({ available: 100n, qualifying: 100n });
  });

  it('taken back give their issuer what it paid, and the operator what it contributed', () => {
    paper.post(buyOutOf);
    expect(takeBack(2n, 40n)).toMatchObject({
      own: {
        plan: {
          claims: [
            { kind: 'PROGRAMME_FEE_CREDIT', lotSeq: 1n, micros: -20_000n },
            { kind: 'ISSUANCE_REFUND', lotSeq: 2n, micros: -160_000n },
          ],
          money: [{ debit: { kind: 'POINT_FUND' }, credit: { kind: 'GOODWILL_EXPENSE' }, micros: 160_040n }],
        },
      },
    });
    expect(accounts()).toMatchObject({ 'POINT_FUND:A': 60n * 8_001n });
    takeBack(2n, 60n);
    expect(figures()).toEqual({ available: 0n, arrears: 0n, qualifying: 0n });
    // Half a micro-unit of each point is the operator's.
    expect(accounts()).toEqual({ 'CLEARING:A': -50n, GOODWILL_EXPENSE: 50n });
  });

  it.each([
    ['before', () => [paper.post(buyOutOf), paper.post(bringBack())]],
    ['at the same moment', () => paper.postBatch([buyOutOf, bringBack()])],
  ])('%s their goods come back are taken as they are, and nobody owes points', (_when, play) => {
    expect(play().map(({ kind }) => kind)).toEqual(['posted', 'posted']);
    expect(figures()).toEqual({ available: 0n, arrears: 0n, qualifying: 0n });
    expect(accounts()).toEqual({ 'CLEARING:A': -50n, GOODWILL_EXPENSE: 50n });
  });

  it('that expired are not taken again when the goods come back', () => {
    paper.post(buyOutOf);
    paper.now = new Date('2026-05-01T12:00:00Z');
    expect(paper.post(bringBack())).toMatchObject({ kind: 'posted', own: { plan: { returned: { clawedBack: 0n } } } });
    expect(figures()).toMatchObject({ available: 0n, arrears: 0n });
  });

  it('that were taken back are not taken again, of the lot they continue or of their own', () => {
    paper.post(buyOutOf);
    takeBack(2n, 70n);
    expect(takeBack(1n, 31n)).toMatchObject({
      refusal: { code: 'LEDGER_CLAWBACK_EXCEEDS_LOT', facts: { leftPoints: 30n } },
    });
    paper.post(bringBack());
    expect(figures()).toMatchObject({ available: 0n, arrears: 0n });
    expect(takeBack(2n, 1n)).toMatchObject({
      refusal: { code: 'LEDGER_CLAWBACK_EXCEEDS_LOT', facts: { leftPoints: 0n } },
    });
  });

  it('and spent since are owed once', () => {
    paper.post(buyOutOf);
    spend(100n);
    paper.post(bringBack());
    expect(figures()).toMatchObject({ available: 0n, arrears: 100n });
    expect(takeBack(2n, 1n)).toMatchObject({ refusal: { code: 'LEDGER_CLAWBACK_EXCEEDS_LOT' } });
  });
});
