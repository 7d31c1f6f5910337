import { newId } from '../../../../kernel/values/id';
import { points } from '../../../../kernel/values/points';
import * as ask from '../../testkit/asked';
import { aContract, aRuleBook } from '../../testkit/book';
import { MoneySums } from '../../testkit/money-book';
import { PaperBook } from '../../testkit/paper-book';
import type { FundingShare } from '../points/lot';
import type { Contract } from '../rule-book';

const now = new Date('2026-03-10T12:00:00Z');
const DAY = 86_400_000;

type At = Parameters<typeof ask.purchase>[0];

/** A member who bought at A, whose points redeem at B for as much. */
function bought(terms: Partial<Contract>, amountMinor = 300n) {
  const plain = aRuleBook({ pointsValidityDays: 10, reversalGraceDays: 3 });
  const [a, b] = plain.brands;
  const { reimbursementMicros = 8_009n } = terms;
  const contracts = [aContract(a, { reimbursementMicros, ...terms }), aContract(b, { reimbursementMicros })];
  const paper = new PaperBook({ ...plain, contracts }, now);
  const memberId = newId('mem');
  const ofA = { memberId, partnerId: a, occurredAt: now };
  const ofB = { memberId, partnerId: b, occurredAt: now };
  if (amountMinor > 0n) paper.post(ask.purchase(ofA, 'sale', amountMinor));
  const money = () => {
    const sums = new MoneySums((party) => (party === null ? 'H' : party === a ? 'A' : 'B'));
    for (const { plan } of paper.journal) sums.add(plan);
    return { pairs: Object.fromEntries(sums.pairs()), accounts: Object.fromEntries(sums.accounts()) };
  };
  return { paper, memberId, ofA, ofB, money };
}

describe('points paid for in part in advance, that go in parts,', () => {
  const NOTHING = { pairs: {}, accounts: {} };

  it.each([3_333, 5_000, 6_667])(
    'leave nothing in the prefund of %i basis points when they are returned',
    (prefundBps) => {
      const { paper, ofA, money } = bought({ settlementModel: 'HYBRID', prefundBps });
      for (const n of [1, 2, 3])
        paper.post(ask.purchaseReturn(ofA, `return ${n}`, { purchaseSeq: 1n, amountMinor: 100n }));
      expect(money()).toEqual(NOTHING);
    },
  );

  it('leave nothing in it when they are spent one by one, and their redeemer gets what they cost', () => {
    const { paper, ofB, money } = bought({ settlementModel: 'HYBRID', prefundBps: 5_000 }, 10_000n);
    for (let n = 0; n < 100; n += 1) paper.post(ask.redemption(ofB, `redemption ${n}`, 1n));
    expect(money().accounts).toEqual({ 'CLEARING:A': -800_900n, 'CLEARING:B': 800_900n });
  });

  it('leave nothing in it while others of them are on hold, are captured, or expire and come back', () => {
    const { paper, memberId, ofB, money } = bought({ settlementModel: 'HYBRID', prefundBps: 5_000 }, 700n);
    const until = new Date(now.getTime() + 90 * DAY);
    for (let n = 0; n < 2; n += 1) paper.post(ask.hold(ofB, { amount: 1n, expiresAt: until }));
    paper.post(ask.redemption(ofB, 'one', 1n));
    paper.now = new Date(now.getTime() + 20 * DAY);
    paper.post(ask.sweep(memberId));
    paper.post(ask.reinstatement(memberId, { lotSeq: 1n, amount: 1n, expiresAt: until }));
    paper.post(ask.capture(ofB, 'two', { holdSeq: 2n, amount: 1n }));
    paper.post(ask.reinstatement(memberId, { lotSeq: 1n, amount: 3n, expiresAt: until }));
    paper.post(ask.holdRelease(ofB, 3n));
    for (const redemptionSeq of [4n, 7n]) paper.post(ask.reversal(memberId, { redemptionSeq, amount: null }));
    expect(paper.wallet(memberId).balances.available).toBe(7n);
    for (let n = 0; n < 7; n += 1) paper.post(ask.clawback(memberId, { lotSeq: 1n, amount: 1n }));
    expect(money()).toEqual(NOTHING);
  });
});

describe('the fee of points of joint funding', () => {
  it('goes back to each funder, in whatever parts they are taken back', () => {
    const { paper, memberId, ofA, ofB, money } = bought({ feeMicros: 1n }, 0n);
    const funding: FundingShare[] = [
      { partyId: ofA.partnerId, bps: 6_000 },
      { partyId: ofB.partnerId, bps: 4_000 },
    ];
    const given = { kind: 'EARN', issuerId: ofA.partnerId, points: points(100n), occurredAt: now } as const;
    const rest = { expiresAt: null, isPending: false, funding, externalRef: null, reason: 'test' };
    paper.post(ask.direct(memberId, { ...given, ...rest }));
    expect(money().pairs).toEqual({ 'A>H': 60n, 'B>H': 40n });
    for (let n = 0; n < 100; n += 1) paper.post(ask.clawback(memberId, { lotSeq: 1n, amount: 1n }));
    expect(money()).toEqual({ pairs: {}, accounts: {} });
  });
});

describe('the fee of points given away', () => {
  const undoes = {
    'purchase is returned': (ofA: At) => ask.purchaseReturn(ofA, 'return', { purchaseSeq: 1n, amountMinor: 10_000n }),
    'lot is clawed back': ({ memberId }: At) => ask.clawback(memberId, { lotSeq: 1n, amount: 100n }),
  };
  // 100 points at a fee of 0.0001; HYBRID, half of 0.008009 is paid in advance for each, and 60 of them are refunded.
  const models = [
    { settlementModel: 'AT_REDEMPTION', prefundBps: 0, paid: { 'A>H': 10_000n }, left: {} },
    { settlementModel: 'HYBRID', prefundBps: 5_000, paid: { 'A>H': 410_450n }, left: { 'A>H': 160_180n } },
  ] as const;
  const cases = models.flatMap((model) => Object.entries(undoes).map(([what, undo]) => ({ ...model, what, undo })));

  it.each(cases)(
    '$settlementModel comes back once when their $what: the giver owes what was given, the receiver keeps it',
    ({ settlementModel, prefundBps, paid, left, undo }) => {
      const { paper, memberId, ofA, money } = bought({ settlementModel, prefundBps, feeMicros: 100n }, 10_000n);
      const receiver = newId('mem');
      paper.post(ask.transfer(memberId, receiver, 40n));
      expect(money().pairs).toEqual(paid);
      paper.post(undo(ofA));
      expect(money().pairs).toEqual(left);
      expect(paper.wallet(memberId).balances).toMatchObject({ available: 0n, arrears: 40n });
      expect(paper.wallet(receiver).balances).toMatchObject({ available: 40n, arrears: 0n });
    },
  );
});

describe('the breakage of expired points', () => {
  it('goes back where it came from, in whatever parts they are re-instated', () => {
    const terms = { settlementModel: 'AT_ISSUANCE', issuanceMicros: 9_000n, breakageShareBps: 3_333 } as const;
    const { paper, memberId, money } = bought(terms, 700n);
    const start = money();
    paper.now = new Date(now.getTime() + 20 * DAY);
    paper.post(ask.sweep(memberId));
    expect(money()).not.toEqual(start);
    const expiresAt = new Date(paper.now.getTime() + DAY);
    for (let n = 0; n < 7; n += 1) paper.post(ask.reinstatement(memberId, { lotSeq: 1n, amount: 1n, expiresAt }));
    expect(money()).toEqual(start);
  });
});
