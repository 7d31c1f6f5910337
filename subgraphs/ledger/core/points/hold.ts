import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import { notFound } from '../../../../kernel/errors/shared-refusals';
import type { PartnerId } from '../../../../kernel/values/id';
import { points, type Points } from '../../../../kernel/values/points';
import { refuse } from '../refusals';
import type { Entry, PostingFacts, PostingPlan } from './posting';
import { drawSpendable, redeemingTerms, redemptionClaims, spentEntries } from './redemption';
import type { HeldLot, Hold, OpenLot, Wallet } from './wallet';

/** Points to set aside for a redemption that is not finished. */
export interface HoldRequest {
  readonly partnerId: PartnerId;
  readonly points: Points;
  readonly expiresAt: Date;
}

/**
 * Posting rule of a hold: AVAILABLE:member → HELD:member. The lots are chosen now, so that what is captured later is
 * what was set aside, whatever is earned in between.
 */
export function planHold(wallet: Wallet, request: HoldRequest, facts: PostingFacts): PostingPlan | Refusal {
  const terms = redeemingTerms(request.partnerId, facts.now, facts);
  if (isRefusal(terms)) return terms;
  const draws = drawSpendable(wallet, request.points, facts.now);
  if (isRefusal(draws)) return draws;
  const lots = draws.map(({ lot, points: taken }): HeldLot => ({ ...lot, points: taken }));
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
    kind: 'HOLD',
    partnerId: request.partnerId,
    externalRef: null,
    occurredAt: facts.now,
    points: -request.points,
    entries: lots.map((lot): Entry => moveOf(wallet, lot.lotSeq, lot.points, 'AVAILABLE', 'HELD')),
    claims: [],
    change: { available: -request.points, held: request.points },
    lotChanges: draws.map(({ lot, points: taken }) => ({ lot, by: -taken })),
    hold,
  };
}

/** A hold becoming a redemption, whole or in part. */
export interface Capture {
  readonly holdSeq: bigint;
  readonly partnerId: PartnerId;
  /** Null: all of it. */
  readonly points: Points | null;
  readonly externalRef: string;
}

/**
 * Posting rule of a capture: HELD:member → REDEEMED:redeemer in the order the lots were set aside; what is not captured
 * goes back to the lots it came from in the same transaction.
 */
export function planCapture(wallet: Wallet, capture: Capture, facts: PostingFacts): PostingPlan | Refusal {
  const hold = openHold(wallet, capture.holdSeq, capture.partnerId);
  if (isRefusal(hold)) return hold;
  const amount = capture.points ?? hold.points;
  if (amount > hold.points) {
    const missingPoints = points(amount - hold.points);
    return refuse('LEDGER_INSUFFICIENT_POINTS', `The hold is ${missingPoints} points short.`, { missingPoints });
  }
  const contract = redeemingTerms(hold.partnerId, facts.now, facts);
  if (isRefusal(contract)) return contract;
  const { taken, left } = splitHeld(hold.lots, amount);
  const back = points(hold.points - amount);
  return {
    kind: 'CAPTURE',
    partnerId: hold.partnerId,
    externalRef: capture.externalRef,
    occurredAt: facts.now,
    points: back,
    entries: [
      ...spentEntries('HELD', wallet.memberId, hold.partnerId, taken),
      ...left.map((lot) => moveOf(wallet, lot.lotSeq, lot.points, 'HELD', 'AVAILABLE')),
    ],
    claims: redemptionClaims(hold.partnerId, contract, taken),
    change: { held: -hold.points, available: back },
    lotChanges: left.map((lot) => ({ lot: restored(lot), by: lot.points })),
    hold: { ...hold, state: 'CAPTURED', captured: amount },
  };
}

/** Posting rule of a release: HELD:member → AVAILABLE:member, to the same lots. */
export function planRelease(
  wallet: Wallet,
  release: { readonly holdSeq: bigint; readonly partnerId: PartnerId },
  facts: PostingFacts,
): PostingPlan | Refusal {
  const hold = openHold(wallet, release.holdSeq, release.partnerId);
  if (isRefusal(hold)) return hold;
  return {
    kind: 'HOLD_RELEASE',
    partnerId: hold.partnerId,
    externalRef: null,
    occurredAt: facts.now,
    points: hold.points,
    entries: hold.lots.map((lot) => moveOf(wallet, lot.lotSeq, lot.points, 'HELD', 'AVAILABLE')),
    claims: [],
    change: { held: -hold.points, available: hold.points },
    lotChanges: hold.lots.map((lot) => ({ lot: restored(lot), by: lot.points })),
    hold: { ...hold, state: 'RELEASED' },
  };
}

/** The partner's own open hold; another partner's reads like none at all. */
function openHold(wallet: Wallet, seq: bigint, partnerId: PartnerId): Hold | Refusal {
  const hold = wallet.holds.get(seq);
  if (hold === undefined || hold.partnerId !== partnerId) return notFound('hold');
  return hold.state === 'OPEN' ? hold : refuse('LEDGER_HOLD_NOT_OPEN', `The hold is ${hold.state}.`);
}

function splitHeld(lots: readonly HeldLot[], amount: Points): { taken: HeldLot[]; left: HeldLot[] } {
  const taken: HeldLot[] = [];
  const left: HeldLot[] = [];
  let owed: bigint = amount;
  for (const lot of lots) {
    const part = lot.points < owed ? lot.points : owed;
    owed -= part;
    if (part > 0n) taken.push({ ...lot, points: points(part) });
    if (part < lot.points) left.push({ ...lot, points: points(lot.points - part) });
  }
  return { taken, left };
}

function restored(lot: HeldLot): OpenLot {
  const { lotSeq, issuerId, points: remaining, earnedAt, expiresAt } = lot;
  return { lotSeq, issuerId, remaining, earnedAt, expiresAt };
}

function moveOf(
  wallet: Wallet,
  lotSeq: bigint,
  amount: Points,
  from: 'AVAILABLE' | 'HELD',
  to: 'AVAILABLE' | 'HELD',
): Entry {
  const owner = wallet.memberId;
  return { debit: { kind: from, owner }, credit: { kind: to, owner }, amount, lotSeq };
}
