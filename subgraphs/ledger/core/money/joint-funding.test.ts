import { newId } from '../../../../kernel/values/id';
import { points } from '../../../../kernel/values/points';
import * as ask from '../../testkit/asked';
import { aContract, aRuleBook } from '../../testkit/book';
import { MoneySums } from '../../testkit/money-book';
import { PaperBook } from '../../testkit/paper-book';
import { inPartyOrder } from '../movements/accrual';
import type { Contract } from '../rule-book';

const now = new Date('2026-03-10T12:00:00Z');

/** A, of the terms given, and B, which redeems; a member has 1,000 points of A that A pays 60 % of and B 40 %. */
function jointly(terms: Partial<Contract>, kind: 'EARN' | 'GOODWILL' = 'EARN') {
  const plain = aRuleBook();
  const [a, b] = plain.brands;
  const paper = new PaperBook({ ...plain, contracts: [aContract(a, terms), aContract(b)] }, now);
  const memberId = newId('mem');
  const funding = inPartyOrder([
    { partyId: a, bps: 6_000 },
    { partyId: b, bps: 4_000 },
  ]);
  const given = { kind, issuerId: a, points: points(1_000n), occurredAt: now, expiresAt: null, isPending: false };
  const outcome = paper.post(ask.direct(memberId, { ...given, funding, externalRef: null, reason: 'test' }));
  const names = new Map<string | null, string>([
    [a, 'A'],
    [b, 'B'],
    [null, 'H'],
  ]);
  const money = () => {
    const sums = new MoneySums((party) => names.get(party) ?? '?');
    for (const { plan } of paper.journal) sums.add(plan);
    return { pairs: Object.fromEntries(sums.pairs()), accounts: Object.fromEntries(sums.accounts()) };
  };
  const at = { memberId, occurredAt: now };
  return { paper, outcome, memberId, money, ofA: { ...at, partnerId: a }, ofB: { ...at, partnerId: b } };
}

describe('points of joint funding that were spent and are taken back', () => {
  it.each([
    ['AT_REDEMPTION', {}, { A: 600n, B: 400n }],
    ['AT_ISSUANCE', { issuanceMicros: 12_000n }, { A: 1_000n }],
    ['HYBRID', { prefundBps: 5_000 }, { A: 1_000n }],
  ] as const)('are owed to those who paid for them: %s', (settlementModel, terms, owed) => {
    const { paper, memberId, ofA, ofB } = jointly({ settlementModel, ...terms });
    paper.post(ask.redemption(ofB, 'spent', 1_000n));
    paper.post(ask.clawback(memberId, { lotSeq: 1n, amount: 1_000n }));
    const nameOf = new Map([
      [ofA.partnerId, 'A'],
      [ofB.partnerId, 'B'],
    ]);
    const shown = paper.wallet(memberId).owed.map((one) => [nameOf.get(one.creditorId!), one.points]);
    expect(Object.fromEntries(shown)).toEqual(owed);
  });

  it('give nothing to who shares in them and paid nothing', () => {
    const { paper, memberId, money, ofA, ofB } = jointly({ settlementModel: 'AT_ISSUANCE', issuanceMicros: 12_000n });
    paper.post(ask.redemption(ofB, 'spent', 1_000n));
    paper.post(ask.clawback(memberId, { lotSeq: 1n, amount: 1_000n }));
    paper.post(ask.purchase(ofA, 'again', 100_000n));
    expect(paper.wallet(memberId).balances).toMatchObject({ available: 0n, arrears: 0n });
    // Both lots at 0.012 each from A; B is paid for what was spent there, and A for what filled the arrears.
    expect(money().pairs).toEqual({ 'A>H': 24_000_000n, 'H>A': 10_000_000n, 'H>B': 10_000_000n });
  });
});

describe('goodwill of several', () => {
  it('is paid by each of them by its share when it is spent, and costs no fee', () => {
    const { paper, money, ofA, ofB } = jointly({ feeMicros: 500n }, 'GOODWILL');
    expect(money().pairs).toEqual({});
    paper.post(ask.redemption(ofB, 'at B', 500n));
    paper.post(ask.redemption(ofA, 'at A', 500n));
    expect(money().pairs).toEqual({ 'A>B': 3_000_000n, 'B>A': 2_000_000n });
  });

  it('is no stranger’s to pay', () => {
    const plain = aRuleBook();
    const [a] = plain.brands;
    const paper = new PaperBook(plain, now);
    const given = { kind: 'GOODWILL', issuerId: a, points: points(10n), occurredAt: now, expiresAt: null } as const;
    const funding = [{ partyId: newId('ptr'), bps: 10_000 }];
    const rest = { isPending: false, funding, externalRef: null, reason: 'test' };
    expect(paper.post(ask.direct(newId('mem'), { ...given, ...rest }))).toMatchObject({
      refusal: { code: 'LEDGER_FUNDER_UNKNOWN' },
    });
  });
});
