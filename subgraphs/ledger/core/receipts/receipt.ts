import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import type { Id, MemberId, PartnerId, ProgrammeId } from '../../../../kernel/values/id';
import { points } from '../../../../kernel/values/points';
import { planDirectAccrual } from '../movements/direct-accrual';
import { earnedOnTerms, planPurchase, type Purchase } from '../movements/purchase';
import { budgetedBy } from '../movements/purchase-earning';
import { daysLater } from '../movements/validity';
import type { PostingRule } from '../movements/carry-out';
import { refuse } from '../refusals';
import type { RuleBook } from '../rule-book';

/** A sale whose buyer the till did not know: whoever holds the receipt may claim its points once, within the window. */
export interface Receipt extends Purchase {
  readonly programmeId: ProgrammeId;
  readonly claimUntil: Date;
}

/** The end of a receipt's window: days from the sale, by the programme's calendar. */
export function claimUntil(occurredAt: Date, { receiptClaimDays, timeZone }: RuleBook): Date {
  return daysLater(occurredAt, receiptClaimDays, timeZone);
}

/** Posting rule of a claimed receipt: the sale as the till recorded it, while its window lasts. */
export function receiptRule(receipt: Receipt): PostingRule {
  return (wallet, facts) =>
    facts.now > receipt.claimUntil
      ? refuse('LEDGER_RECEIPT_CLAIM_OVER', `The receipt could be claimed until ${receipt.claimUntil.toISOString()}.`)
      : planPurchase(wallet, receipt, facts);
}

/** How a claim is being settled: what is posted for it is decided before it is posted, once. */
export type Settlement = 'CREDITED' | 'GOODWILL';

/** EARNED_NOTHING: its partner was late, and the purchase would have earned no points. */
export type MissingClaimState = 'OPEN' | 'CREDITED' | 'REJECTED' | 'GOODWILL' | 'EARNED_NOTHING' | 'REFUSED';

/** A member's claim that a purchase earned nothing, which its partner has to answer in time. */
export interface MissingClaim {
  readonly id: Id<'mpc'>;
  readonly programmeId: ProgrammeId;
  readonly memberId: MemberId;
  readonly partnerId: PartnerId;
  readonly externalRef: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly occurredAt: Date;
  readonly openedAt: Date;
  /** From here on the partner is late and pays the points as goodwill. */
  readonly answerBy: Date;
  readonly state: MissingClaimState;
  /** Why it was rejected, or refused by the ledger. */
  readonly reason: string | null;
  readonly closedAt: Date | null;
  /** Set before the points are posted; from then on it cannot end otherwise, save where the ledger refuses to post. */
  readonly settlesAs: Settlement | null;
}

/** The claimed purchase as a till would have sent it. */
export function claimedPurchase(claim: MissingClaim): Purchase {
  const { partnerId, externalRef, amountMinor, currency, occurredAt } = claim;
  return { partnerId, externalRef, amountMinor, currency, occurredAt, branch: null, channel: null, lines: null };
}

/**
 * Whether a sale the partner recorded is the one a member claims: same receipt, same amount, claimed within its window. A claim made
 * later is for the partner to answer.
 */
export function matches(
  { externalRef, amountMinor, currency, openedAt }: MissingClaim,
  sale: Pick<Receipt, 'externalRef' | 'amountMinor' | 'currency' | 'claimUntil'>,
): boolean {
  return (
    externalRef === sale.externalRef &&
    amountMinor === sale.amountMinor &&
    currency === sale.currency &&
    openedAt <= sale.claimUntil
  );
}

/**
 * Posting rule of a claim its partner left unanswered: what the purchase would have earned, campaigns included, as goodwill at the
 * partner's cost. Null when it would have earned nothing.
 *
 * What campaigns would have given is taken from their budgets, so that an empty one gives as little here as to a claim that is
 * accepted; their funders pay none of it, and it makes no campaign's lot.
 */
export function lateGoodwillRule(claim: MissingClaim): PostingRule {
  const purchase = claimedPurchase(claim);
  return (wallet, facts) => {
    const earning = earnedOnTerms(wallet, purchase, facts);
    if (isRefusal(earning)) return earning;
    const { ownPoints, campaigns, explained } = earning.earned;
    const earned = campaigns.reduce((sum, { points: given }) => sum + given, ownPoints);
    if (earned === 0n) return null;
    const goodwill = planDirectAccrual(
      wallet,
      {
        kind: 'GOODWILL',
        issuerId: claim.partnerId,
        points: points(earned),
        occurredAt: facts.now,
        expiresAt: null,
        isPending: false,
        funding: null,
        externalRef: claim.externalRef,
        reason: 'missing points: the partner did not answer in time',
      },
      facts,
    );
    if (isRefusal(goodwill) || explained === undefined) return goodwill;
    return { ...goodwill, explained, budgeted: budgetedBy(earning.earned, facts) };
  };
}

/**
 * Whether a claim can still be answered that way; else LEDGER_MISSING_CLAIM_CLOSED. One that is being credited can be accepted
 * again, which finishes what an interruption left.
 */
export function whyNotAnswered({ state, settlesAs }: MissingClaim, accept: boolean): Refusal | null {
  if (state !== 'OPEN') return refuse('LEDGER_MISSING_CLAIM_CLOSED', `The claim is ${state}.`);
  if (settlesAs === null || (accept && settlesAs === 'CREDITED')) return null;
  return refuse('LEDGER_MISSING_CLAIM_CLOSED', `The claim is being settled as ${settlesAs}.`);
}
