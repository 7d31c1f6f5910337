import type { Refusal } from '../../../../kernel/errors/refusal';
import { notFound } from '../../../../kernel/errors/shared-refusals';
import type { PartnerId } from '../../../../kernel/values/id';
import { points, type Points } from '../../../../kernel/values/points';
import { reversalMoney, type Price } from '../money/redemption-claims';
import { together } from '../money/claim';
import { available, redeemedAt, type Entry } from '../points/account';
import type { Lot, LotPart } from '../points/lot';
import { EMPTY_PLAN, type PostingFacts, type PostingPlan } from '../points/posting';
import { outstandingOf, standingLot, type PastRedemption, type Wallet } from '../points/wallet';
import { refuse } from '../refusals';
import { contractAt, whyClosed, type Contract, type RuleBook } from '../rule-book';
import { daysLater } from './validity';

/** A redemption to undo, in whole or part. */
export interface Reversal {
  readonly redemptionSeq: bigint;
  /** The redeemer, or null for the operator. */
  readonly partnerId: PartnerId | null;
  /** Null: all that is left of it. */
  readonly points: Points | null;
  readonly reason: string;
}

/**
 * Posting rule of a reversal: REDEEMED:redeemer → AVAILABLE:member, what was drawn last comes back first, and mirror claims at
 * the original price. A lot comes back spendable for at least the programme's days of grace.
 *
 * Refuses: unknown or another partner's, its partner gone, more than is left of it.
 */
export function planReversal(wallet: Wallet, reversal: Reversal, facts: PostingFacts): PostingPlan | Refusal {
  const past = wallet.past.redemptions.get(reversal.redemptionSeq);
  if (past === undefined || (reversal.partnerId !== null && past.partnerId !== reversal.partnerId)) {
    return notFound('redemption');
  }
  const closed = whyClosed(facts.book, past.partnerId);
  if (closed !== null) return closed;
  const left = past.points - past.reversed;
  const amount = reversal.points ?? left;
  if (amount > left || left === 0n) {
    const message = `Only ${left} points of the redemption were not reversed yet.`;
    return refuse('LEDGER_REVERSAL_EXCEEDS_REDEMPTION', message, { leftPoints: points(left) });
  }
  const returns = lastDrawnFirst(past, amount);
  const price = originalPrice(past, facts.book);
  return {
    ...EMPTY_PLAN,
    kind: 'REVERSAL',
    partnerId: past.partnerId,
    occurredAt: facts.now,
    reason: reversal.reason,
    entries: returns.map(({ part }): Entry => ({
      debit: redeemedAt(past.partnerId),
      credit: available(wallet.memberId),
      amount: part.points,
      lotSeq: part.lot.lotSeq,
    })),
    ...together(
      returns.map(({ part, stillSpent }, entry) => {
        const outstanding = outstandingOf(wallet, part.lot.lotSeq);
        return reversalMoney(part, entry, { price, stillSpent, outstanding });
      }),
    ),
    restated: returns.map(({ part }) => graced(standingLot(wallet, part.lot), facts)),
    reversed: { redemptionSeq: past.seq, points: amount },
  };
}

/**
 * How much of what was paid beside points goes back with those reversed so far.
 *
 * Minor units in proportion to the points, rounded down: the redeemer keeps the rest until the last point comes back, and then
 * gives all of it.
 */
export function moneyBack(
  paidMinor: bigint,
  { points: spent, reversed }: { points: bigint; reversed: bigint },
): bigint {
  return spent === 0n ? 0n : (paidMinor * reversed) / spent;
}

interface Return {
  readonly part: LotPart;
  /** Points of the same draw that stay spent. */
  readonly stillSpent: bigint;
}

/** The draws that give `amount` back, beginning where the last reversal stopped. */
function lastDrawnFirst({ draws, reversed }: PastRedemption, amount: bigint): Return[] {
  const returns: Return[] = [];
  let skip: bigint = reversed;
  let owed = amount;
  for (const { lot, points: size } of [...draws].reverse()) {
    const gone = skip < size ? skip : size;
    skip -= gone;
    const back = size - gone < owed ? size - gone : owed;
    owed -= back;
    if (back > 0n) returns.push({ part: { lot, points: points(back) }, stillSpent: size - gone - back });
  }
  return returns;
}

/** The price that was owed: of the version the claims name, or the one in force then when nobody owed anything. */
function originalPrice({ partnerId, contractVersion, occurredAt }: PastRedemption, book: RuleBook): Price {
  const contract: Contract | undefined =
    book.contracts.find((one) => one.partnerId === partnerId && one.version === contractVersion) ??
    contractAt(book, partnerId, occurredAt);
  return {
    creditorId: partnerId,
    perPoint: contract?.reimbursementMicros ?? 0n,
    contractVersion: contract?.version ?? 0,
    kind: 'REDEMPTION_REVERSAL',
  };
}

function graced(lot: Lot, { book, now }: PostingFacts): Lot {
  if (lot.expiresAt === null) return lot;
  const least = daysLater(now, book.reversalGraceDays, book.timeZone);
  return lot.expiresAt >= least ? lot : { ...lot, expiresAt: least };
}
