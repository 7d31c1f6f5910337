import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import { notFound } from '../../../../kernel/errors/shared-refusals';
import type { PartnerId } from '../../../../kernel/values/id';
import { points, type Points } from '../../../../kernel/values/points';
import { available, held, type Account, type Entry } from '../points/account';
import type { LotPart } from '../points/lot';
import { EMPTY_PLAN, type MoneyBeside, type PostingFacts, type PostingPlan } from '../points/posting';
import { standingLot, type Hold, type Wallet } from '../points/wallet';
import { refuse } from '../refusals';
import {
  atPrice,
  drawForSpending,
  paidBeside,
  priceOf,
  redeemingTerms,
  spentEntries,
  spentMoney,
  whyNotPaidIn,
} from './redemption';

/** Points to set aside for a redemption that is not finished. */
export interface HoldRequest {
  readonly partnerId: PartnerId;
  readonly points: Points;
  readonly expiresAt: Date;
  readonly isSteppedUp: boolean;
}

/**
 * Posting rule of a hold: AVAILABLE:member → HELD:member. The lots are chosen now, so that what is captured later is
 * what was set aside, whatever is earned in between; points on hold do not expire.
 *
 * Refuses, in this order: suspended, cannot redeem, no contract, times out at once, step-up, in arrears, insufficient points.
 */
export function planHold(wallet: Wallet, request: HoldRequest, facts: PostingFacts): PostingPlan | Refusal {
  const terms = redeemingTerms(request.partnerId, facts.now, facts);
  if (isRefusal(terms)) return terms;
  if (request.expiresAt <= facts.now)
    return refuse('LEDGER_HOLD_ENDS_IN_PAST', 'The hold would have timed out when it was made.');
  const lots = drawForSpending(wallet, request, facts);
  if (isRefusal(lots)) return lots;
  const hold: Hold = {
    seq: wallet.seq + 1n,
    partnerId: request.partnerId,
    points: request.points,
    captured: points(0n),
    state: 'OPEN',
    expiresAt: request.expiresAt,
    lots,
  };
  return {
    ...EMPTY_PLAN,
    kind: 'HOLD',
    partnerId: request.partnerId,
    occurredAt: facts.now,
    entries: moves(lots, available(wallet.memberId), held(wallet.memberId)),
    hold,
  };
}

/** A hold becoming a redemption, whole or in part. */
export interface Capture {
  readonly holdSeq: bigint;
  readonly partnerId: PartnerId;
  /** Null: all of it. */
  readonly points: Points | null;
  /** What the member pays beside the points; absent: nothing. */
  readonly money?: MoneyBeside | null;
  readonly externalRef: string;
}

/**
 * Posting rule of a capture: HELD:member → REDEEMED:redeemer in the order the lots were set aside; what is not captured
 * goes back to the lots it came from in the same transaction.
 */
export function planCapture(wallet: Wallet, capture: Capture, facts: PostingFacts): PostingPlan | Refusal {
  const hold = openHold(wallet, capture, facts);
  if (isRefusal(hold)) return hold;
  const amount = capture.points ?? hold.points;
  if (amount > hold.points) {
    const missingPoints = points(amount - hold.points);
    return refuse('LEDGER_INSUFFICIENT_POINTS', `The hold is ${missingPoints} points short.`, { missingPoints });
  }
  const contract = redeemingTerms(hold.partnerId, facts.now, facts);
  if (isRefusal(contract)) return contract;
  const foreign = whyNotPaidIn(capture.money, facts);
  if (foreign !== null) return foreign;
  const { taken, left } = splitParts(hold.lots, amount);
  const from = held(wallet.memberId) as Account & { owner: typeof wallet.memberId };
  return {
    ...EMPTY_PLAN,
    kind: 'CAPTURE',
    partnerId: hold.partnerId,
    externalRef: capture.externalRef,
    occurredAt: facts.now,
    entries: [...spentEntries(from, hold.partnerId, taken), ...moves(left, from, available(wallet.memberId))],
    ...spentMoney(wallet, atPrice(taken, priceOf(contract))),
    restated: left.map(({ lot }) => standingLot(wallet, lot)),
    hold: { ...hold, state: 'CAPTURED', captured: amount },
    ...paidBeside(capture.money),
  };
}

/** Posting rule of a release: HELD:member → AVAILABLE:member, to the same lots. */
export function planRelease(
  wallet: Wallet,
  release: { readonly holdSeq: bigint; readonly partnerId: PartnerId },
  facts: PostingFacts,
): PostingPlan | Refusal {
  const hold = openHold(wallet, release, facts);
  return isRefusal(hold) ? hold : releasing(wallet, hold, { state: 'RELEASED', now: facts.now });
}

/**
 * Posting rule of a hold whose time has passed: its points go back as by a release.
 *
 * @returns null when it is not open any more or its time has not come: a sweep that comes twice does nothing
 */
export function planHoldTimeout(wallet: Wallet, holdSeq: bigint, { now }: PostingFacts): PostingPlan | null {
  const hold = wallet.past.holds.get(holdSeq);
  if (hold?.state !== 'OPEN' || hold.expiresAt > now) return null;
  return releasing(wallet, hold, { state: 'TIMED_OUT', now });
}

function releasing(
  wallet: Wallet,
  hold: Hold,
  { state, now }: { state: 'RELEASED' | 'TIMED_OUT'; now: Date },
): PostingPlan {
  return {
    ...EMPTY_PLAN,
    kind: 'HOLD_RELEASE',
    partnerId: hold.partnerId,
    occurredAt: now,
    entries: moves(hold.lots, held(wallet.memberId), available(wallet.memberId)),
    restated: hold.lots.map(({ lot }) => standingLot(wallet, lot)),
    hold: { ...hold, state },
  };
}

/** The partner's own open hold; another partner's reads like none at all. */
function openHold(
  wallet: Wallet,
  { holdSeq, partnerId }: { holdSeq: bigint; partnerId: PartnerId },
  { now }: PostingFacts,
): Hold | Refusal {
  const hold = wallet.past.holds.get(holdSeq);
  if (hold === undefined || hold.partnerId !== partnerId) return notFound('hold');
  // Its time has passed though nobody has swept it yet: what the member was promised holds to the instant.
  const state = hold.state === 'OPEN' && hold.expiresAt <= now ? 'TIMED_OUT' : hold.state;
  return state === 'OPEN' ? hold : refuse('LEDGER_HOLD_NOT_OPEN', `The hold is ${state}.`);
}

/** The first `amount` points of parts, in their order, and the rest. */
export function splitParts(parts: readonly LotPart[], amount: bigint): { taken: LotPart[]; left: LotPart[] } {
  const taken: LotPart[] = [];
  const left: LotPart[] = [];
  let owed = amount;
  for (const { lot, points: size } of parts) {
    const part = size < owed ? size : owed;
    owed -= part;
    if (part > 0n) taken.push({ lot, points: points(part) });
    if (part < size) left.push({ lot, points: points(size - part) });
  }
  return { taken, left };
}

/** One entry for each part, between two accounts of a member. */
export function moves(parts: readonly LotPart[], debit: Account, credit: Account): Entry[] {
  return parts.map(({ lot, points: amount }) => ({ debit, credit, amount, lotSeq: lot.lotSeq }));
}
