import type { Refusal } from '../../../../kernel/errors/refusal';
import type { Id, MemberId, PartnerId, ProgrammeId } from '../../../../kernel/values/id';
import { points } from '../../../../kernel/values/points';
import { planDirectAccrual } from '../movements/direct-accrual';
import { planPurchase, type Purchase } from '../movements/purchase';
import { earnedPoints } from '../movements/purchase-earning';
import { daysLater } from '../movements/validity';
import type { PostingRule } from '../movements/carry-out';
import { refuse } from '../refusals';
import { earningRuleAt, type RuleBook } from '../rule-book';

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

export type MissingClaimState = 'OPEN' | 'CREDITED' | 'REJECTED' | 'GOODWILL' | 'REFUSED';

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
 * Posting rule of a claim its partner left unanswered: what the purchase would have earned, as goodwill at the partner's
 * cost. Null when it would have earned nothing.
 */
export function lateGoodwillRule(claim: MissingClaim): PostingRule {
  return (wallet, facts) => {
    const rule = earningRuleAt(facts.book, claim.partnerId, claim.occurredAt);
    const earned = rule === undefined ? 0n : earnedPoints(rule, claim.amountMinor);
    if (earned === 0n) return null;
    return planDirectAccrual(
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
