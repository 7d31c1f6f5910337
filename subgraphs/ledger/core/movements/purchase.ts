import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import type { PartnerId } from '../../../../kernel/values/id';
import { points, type Points } from '../../../../kernel/values/points';
import type { FundingShare } from '../points/lot';
import type { CampaignLot, PostingFacts, PostingPlan } from '../points/posting';
import type { Wallet } from '../points/wallet';
import { notYet } from '../not-yet';
import { refuse } from '../refusals';
import type { Surroundings } from '../rules/purchase-facts';
import { earnedBy, budgetedBy, type PurchaseEarning } from './purchase-earning';
import { contractAt, earningRuleAt, partnerIn, whyNotActive, type Contract, type EarningRule } from '../rule-book';
import { issue, termsOf, type Issuance } from './accrual';
import { whyNotSoldThere } from './branch';
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
  readonly lines: readonly PurchaseLineFact[] | null;
  /** What the partner told beside the receipt. */
  readonly surroundings?: Surroundings | null;
}

/** A line as the till sent it. */
export interface PurchaseLineFact {
  readonly sku: string;
  readonly category?: string | null;
  readonly quantity: number;
  readonly amount: { readonly amountMinor: bigint; readonly currency: string };
}

/**
 * Posting rule of a purchase: what its partner's rules give, in a lot of the partner's own and one for each campaign. A purchase
 * that earns nothing is recorded and makes no lot; points that wait (pending days, release on funding) are owed for only when
 * they are released.
 *
 * Refuses, in this order: suspended or leaving, cannot issue, no contract, unknown branch, no rule in force, a
 * currency without a rate, in the future.
 */
export function planPurchase(wallet: Wallet, purchase: Purchase, facts: PostingFacts): PostingPlan | Refusal {
  const earning = earnedOnTerms(wallet, purchase, facts);
  if (isRefusal(earning)) return earning;
  if (purchase.occurredAt > facts.now) return notYet('The purchase', facts.now);
  const { contract, rule, earned } = earning;
  const waits = rule.pendingDays > 0 || contract.releaseOnFunding;
  const { partnerId: issuerId, occurredAt: earnedAt } = purchase;
  const expiresAt = expiryOf(earnedAt, facts.book);
  const pending = waits ? { releaseAt: releaseAt(earnedAt, { rule, contract }, facts) } : null;
  const issuances: Issuance[] = [];
  let total = 0n;
  const give = (share: bigint, funding?: readonly FundingShare[]): void => {
    total += share;
    if (share <= 0n) return;
    const lotTerms = termsOf(contract, facts, earnedAt, funding);
    const accrual = { issuerId, points: points(share), earnedAt, expiresAt, terms: lotTerms, pending };
    issuances.push(issue(wallet, accrual, issuances.length));
  };
  give(earned.ownPoints);
  for (const campaign of earned.campaigns) give(campaign.points, campaign.funding);
  const kind = waits && total > 0n ? 'PENDING' : 'EARN';
  const sale = saleOf(purchase, { rule, earned: points(total), kind }, joined(issuances));
  if (earned.explained === undefined) return sale;
  const campaignLots = campaignLotsOf(earned, sale.issued);
  return { ...sale, explained: earned.explained, budgeted: budgetedBy(earned, facts), campaignLots };
}

/** What a purchase earns, and the contract and rule it earns on: the same however its points are then given. */
export function earnedOnTerms(
  wallet: Wallet,
  purchase: Purchase,
  facts: PostingFacts,
): { contract: Contract; rule: EarningRule; earned: PurchaseEarning } | Refusal {
  const terms = earningTerms(purchase, facts);
  if (isRefusal(terms)) return terms;
  const earned = earnedBy(wallet, purchase, { rule: terms.rule, facts });
  return isRefusal(earned) ? earned : { ...terms, earned };
}

/** Campaigns' lots are the last that a purchase makes, in the order in which they fired. */
function campaignLotsOf({ campaigns }: PurchaseEarning, issued: PostingPlan['issued']): CampaignLot[] {
  const first = issued.length - campaigns.length;
  return campaigns.map(({ rule, points: given }, n) => ({
    campaignId: rule.campaign?.id ?? '',
    lotSeq: issued[first + n]?.lotSeq ?? 0n,
    points: given,
  }));
}

/** Several issuances of one posting as one. */
function joined(issuances: readonly Issuance[]): Issuance {
  const [first = NOTHING_ISSUED, ...others] = issuances;
  if (others.length === 0) return first;
  return {
    entries: issuances.flatMap(({ entries }) => entries),
    claims: issuances.flatMap(({ claims }) => claims),
    money: issuances.flatMap(({ money }) => money),
    issued: issuances.flatMap(({ issued }) => issued),
  };
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

function earningTerms(purchase: Purchase, facts: PostingFacts): { contract: Contract; rule: EarningRule } | Refusal {
  const { partnerId, occurredAt } = purchase;
  const contract = issuingTerms(partnerId, occurredAt, facts);
  if (isRefusal(contract)) return contract;
  const elsewhere = whyNotSoldThere(facts.book, purchase);
  if (elsewhere !== null) return elsewhere;
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
