import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import type { PartnerId } from '../../../../kernel/values/id';
import { points, type Points } from '../../../../kernel/values/points';
import { divideFloor } from '../../../../kernel/values/rounding';
import type { PostingFacts, PostingPlan } from '../points/posting';
import type { Wallet } from '../points/wallet';
import { refuse } from '../refusals';
import { contractAt, earningRuleAt, partnerIn, whyNotActive, type Contract, type EarningRule } from '../rule-book';
import { issue, termsOf, type Issuance } from './accrual';
import { daysLater, expiryOf } from './validity';

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
 * Posting rule of a purchase: what its earning rule gives, issued by its partner. A purchase that earns nothing is recorded
 * and makes no lot; points that wait (pending days, release on funding) are owed for only when they are released.
 *
 * Refuses, in this order: suspended, cannot issue, no contract or rule in force, other currency, in the future.
 */
export function planPurchase(wallet: Wallet, purchase: Purchase, facts: PostingFacts): PostingPlan | Refusal {
  const terms = earningTerms(purchase, facts);
  if (isRefusal(terms)) return terms;
  if (purchase.currency !== facts.book.currency) {
    return refuse('LEDGER_CURRENCY_NOT_ACCEPTED', `This programme accounts in ${facts.book.currency}.`);
  }
  if (purchase.occurredAt > facts.now) return refuse('LEDGER_OCCURRED_IN_FUTURE', 'The purchase has not happened yet.');
  const earned = earnedPoints(terms.rule, purchase.amountMinor);
  if (earned === 0n) return saleOf(purchase, { rule: terms.rule, earned, kind: 'EARN' }, NOTHING_ISSUED);
  const { issuerId, contract, rule } = { issuerId: purchase.partnerId, ...terms };
  const waits = rule.pendingDays > 0 || contract.releaseOnFunding;
  const issuance = issue(wallet, {
    issuerId,
    points: earned,
    earnedAt: purchase.occurredAt,
    expiresAt: expiryOf(purchase.occurredAt, facts.book),
    terms: termsOf(contract, facts, purchase.occurredAt),
    pending: waits ? { releaseAt: releaseAt(purchase.occurredAt, { rule, contract }, facts) } : null,
  });
  return saleOf(purchase, { rule, earned, kind: waits ? 'PENDING' : 'EARN' }, issuance);
}

const NOTHING_ISSUED: Issuance = { entries: [], claims: [], money: [], issued: [] };

/** Written out field by field: it is made for every purchase, and copying objects into it would cost more than all else. */
function saleOf(
  { partnerId, externalRef, amountMinor, currency, occurredAt, branch, channel, lines }: Purchase,
  { rule, earned, kind }: { rule: EarningRule; earned: Points; kind: 'EARN' | 'PENDING' },
  { entries, claims, money, issued }: Issuance,
): PostingPlan {
  const ruleId = rule.id;
  return {
    kind,
    partnerId,
    externalRef,
    occurredAt,
    reason: null,
    entries,
    claims,
    money,
    qualifying: earned,
    issued,
    restated: [],
    purchase: {
      partnerId,
      externalRef,
      amountMinor,
      currency,
      branch,
      channel,
      lines,
      ruleId,
      points: earned,
      occurredAt,
    },
  };
}

/** Points that wait for money wait until somebody says it came; others until their days have passed. */
function releaseAt(at: Date, terms: { rule: EarningRule; contract: Contract }, { book }: PostingFacts): Date | null {
  return terms.contract.releaseOnFunding ? null : daysLater(at, terms.rule.pendingDays, book.timeZone);
}

function earningTerms(
  { partnerId, occurredAt }: Purchase,
  facts: PostingFacts,
): { contract: Contract; rule: EarningRule } | Refusal {
  const contract = issuingTerms(partnerId, occurredAt, facts);
  if (isRefusal(contract)) return contract;
  const rule = earningRuleAt(facts.book, partnerId, occurredAt);
  return rule === undefined
    ? refuse('LEDGER_PROGRAMME_NOT_READY', 'No earning rule of this partner is in force at that instant.')
    : { contract, rule };
}

/** The issuer's contract at an instant; or why it cannot issue. */
export function issuingTerms(partnerId: PartnerId, at: Date, { book }: PostingFacts): Contract | Refusal {
  const partner = partnerIn(book, partnerId);
  const inactive = partner === undefined ? null : whyNotActive(partner);
  if (inactive !== null) return inactive;
  if (partner?.canIssue === false) return refuse('LEDGER_PARTNER_CANNOT_ISSUE', 'This partner does not issue points.');
  return (
    contractAt(book, partnerId, at) ??
    refuse('LEDGER_PROGRAMME_NOT_READY', 'No contract of this partner is in force at that instant.')
  );
}
