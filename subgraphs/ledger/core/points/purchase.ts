import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import type { PartnerId } from '../../../../kernel/values/id';
import { dayOf, startOfDay } from '../../../../kernel/values/instant';
import { micros } from '../../../../kernel/values/money';
import { points, type Points } from '../../../../kernel/values/points';
import { divideFloor } from '../../../../kernel/values/rounding';
import { refuse } from '../refusals';
import { contractAt, earningRuleAt, partnerIn, type Contract, type EarningRule } from '../rule-book';
import type { Claim, Entry, IssuedLot, PostingFacts, PostingPlan } from './posting';
import type { Wallet } from './wallet';

/** A purchase as the till sent it, every value read. */
export interface Purchase {
  readonly partnerId: PartnerId;
  readonly externalRef: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly occurredAt: Date;
  readonly branch: string | null;
  readonly channel: string | null;
  readonly lines: readonly unknown[] | null;
}

/** Points a purchase earns under a rule. Rounds down: the fraction of a step stays with the issuer. */
export function earnedPoints(rule: EarningRule, amountMinor: bigint): Points {
  return points(divideFloor(amountMinor * rule.points, rule.perAmountMinor));
}

/**
 * The first instant at which a lot earned at `earnedAt` cannot be spent: "through day D+N" is 00:00 of D+N+1 in the
 * programme's time zone. Null when points never expire.
 */
export function expiryOf(earnedAt: Date, validityDays: number | null, timeZone: string): Date | null {
  return validityDays === null ? null : startOfDay(dayOf(earnedAt, timeZone), timeZone, validityDays + 1);
}

/**
 * Posting rule of a purchase: ISSUED:issuer → AVAILABLE:member, a lot with the contract's terms, and the programme fee
 * the issuer owes for points released. A purchase that earns nothing is recorded and makes no lot.
 *
 * Refuses, in this order: suspended, cannot issue, no contract or rule in force, other currency, in the future.
 */
export function planPurchase(wallet: Wallet, purchase: Purchase, facts: PostingFacts): PostingPlan | Refusal {
  const terms = issuingTerms(purchase, facts);
  if (isRefusal(terms)) return terms;
  if (purchase.currency !== facts.book.currency) {
    return refuse('LEDGER_CURRENCY_NOT_ACCEPTED', `This programme accounts in ${facts.book.currency}.`);
  }
  if (purchase.occurredAt > facts.now) return refuse('LEDGER_OCCURRED_IN_FUTURE', 'The purchase has not happened yet.');
  const earned = earnedPoints(terms.rule, purchase.amountMinor);
  const recorded = { ...purchase, ruleId: terms.rule.id, points: earned };
  const plan: PostingPlan = {
    kind: 'EARN',
    partnerId: purchase.partnerId,
    externalRef: purchase.externalRef,
    occurredAt: purchase.occurredAt,
    points: earned,
    entries: [],
    claims: [],
    change: {},
    lotChanges: [],
    purchase: recorded,
  };
  return earned === 0n ? plan : { ...plan, ...issue(wallet, { purchase, earned, contract: terms.contract }, facts) };
}

function issuingTerms(purchase: Purchase, { book }: PostingFacts): { contract: Contract; rule: EarningRule } | Refusal {
  const partner = partnerIn(book, purchase.partnerId);
  if (partner !== undefined && partner.status !== 'ACTIVE') {
    return refuse('PARTNERS_PARTNER_SUSPENDED', 'This partner does not issue points at present.');
  }
  if (partner?.canIssue === false) return refuse('LEDGER_PARTNER_CANNOT_ISSUE', 'This partner does not issue points.');
  const contract = contractAt(book, purchase.partnerId, purchase.occurredAt);
  const rule = earningRuleAt(book, purchase.partnerId, purchase.occurredAt);
  if (contract === undefined || rule === undefined) {
    return refuse(
      'LEDGER_PROGRAMME_NOT_READY',
      'No contract and earning rule of this partner is in force at that instant.',
    );
  }
  return { contract, rule };
}

function issue(
  wallet: Wallet,
  earn: { purchase: Purchase; earned: Points; contract: Contract },
  { book }: PostingFacts,
): Pick<PostingPlan, 'entries' | 'claims' | 'change' | 'issued'> {
  const { purchase, earned, contract } = earn;
  const issued: IssuedLot = {
    lotSeq: wallet.lotCount + 1n,
    issuerId: purchase.partnerId,
    remaining: earned,
    earnedAt: purchase.occurredAt,
    expiresAt: expiryOf(purchase.occurredAt, book.pointsValidityDays, book.timeZone),
    settlementModel: contract.settlementModel,
    contractVersion: contract.version,
    feeMicros: micros(contract.feeMicros),
  };
  const entry: Entry = {
    debit: { kind: 'ISSUED', owner: purchase.partnerId },
    credit: { kind: 'AVAILABLE', owner: wallet.memberId },
    amount: earned,
    lotSeq: issued.lotSeq,
  };
  return { entries: [entry], claims: feeClaims(issued), change: { available: earned, qualifying: earned }, issued };
}

/** AT_REDEMPTION: the issuer owes the operator the fee for every point released to the member. */
function feeClaims(lot: IssuedLot): Claim[] {
  if (lot.feeMicros === 0n) return [];
  return [
    {
      entry: 0,
      debtorId: lot.issuerId,
      creditorId: null,
      kind: 'PROGRAMME_FEE',
      micros: micros(lot.feeMicros * lot.remaining),
      lotSeq: lot.lotSeq,
      points: lot.remaining,
      contractVersion: lot.contractVersion,
    },
  ];
}
