import type { Refusal } from '../../../../kernel/errors/refusal';
import { notFound } from '../../../../kernel/errors/shared-refusals';
import type { PartnerId } from '../../../../kernel/values/id';
import { points, type Points } from '../../../../kernel/values/points';
import { splitByLargestRemainder } from '../../../../kernel/values/rounding';
import { feeCredit, issuanceRefund } from '../money/issuance-claims';
import { together, type MoneySide } from '../money/claim';
import { arrearsTo, available, clawedBackBy, pending, type Entry } from '../points/account';
import { payersOf, type LotPart, type PastLot } from '../points/lot';
import { EMPTY_PLAN, type PostingFacts, type PostingPlan } from '../points/posting';
import { originOf, outstandingOf, type Wallet } from '../points/wallet';
import { refuse } from '../refusals';
import { whyClosed } from '../rule-book';
import { uncounted } from '../tiers/standing';
import { moves, splitParts } from './hold';

/** Points to take back from one lot. */
export interface Clawback {
  readonly lotSeq: bigint;
  readonly points: Points;
  /** Its issuer, or null for the operator. */
  readonly issuerId: PartnerId | null;
  /** Whether another member gave the points: they are taken back from the lot in which they were earned. */
  readonly isGift: boolean;
  readonly reason: string;
}

/** What taking points back from one lot does, before it is part of a plan. */
export interface TakenBack extends MoneySide {
  readonly entries: readonly Entry[];
  /** How many were no longer the member's and are owed now. */
  readonly arrears: bigint;
}

/**
 * Posting rule of a clawback against one lot: what is left of it first, AVAILABLE:member → CLAWED_BACK:issuer; what is spent
 * or on hold is owed from now on, ARREARS:payers → CLAWED_BACK:issuer. It never takes another issuer's lot, nor points that
 * were given: their giver's lot is taken back with them, so they would be taken, and paid back, twice (docs/adr/0040).
 *
 * Refuses: lot unknown or another's, its issuer gone, points that were given, more than was issued and neither taken back nor
 * expired, arrears above the programme's limit.
 */
export function planClawback(wallet: Wallet, clawback: Clawback, facts: PostingFacts): PostingPlan | Refusal {
  const lot = wallet.past.lots.get(clawback.lotSeq);
  if (lot === undefined || (clawback.issuerId !== null && lot.issuerId !== clawback.issuerId)) return notFound('lot');
  const closed = whyClosed(facts.book, lot.issuerId);
  if (closed !== null) return closed;
  if (clawback.isGift) {
    const message = 'Another member gave these points; they are taken back from the lot in which they were earned.';
    return refuse('LEDGER_CLAWBACK_OF_GIVEN_POINTS', message);
  }
  const left = takeable(wallet, lot);
  if (clawback.points > left) {
    const message = `Only ${left} points of this lot were neither taken back yet nor expired.`;
    return refuse('LEDGER_CLAWBACK_EXCEEDS_LOT', message, { leftPoints: points(left) });
  }
  const taken = takeBack(wallet, lot, { points: clawback.points, place: 0 });
  const limit = arrearsRefusal(wallet, taken, facts);
  if (limit !== null) return limit;
  const { entries, claims, money } = taken;
  return {
    ...EMPTY_PLAN,
    kind: 'CLAWBACK',
    partnerId: lot.issuerId,
    occurredAt: facts.now,
    reason: clawback.reason,
    entries,
    claims,
    money,
    qualifying: uncounted(wallet, entries, facts.book),
  };
}

/**
 * How much of a lot can be taken back: what was issued, less what was taken back before, and less what expired. The member
 * never had the good of expired points, and their issuer has them back already: to take them again would make the member owe
 * for nothing. A lot that was bought out and the lots that continue it are the same points: what happened to one is past for all.
 */
export function takeable(wallet: Wallet, lot: PastLot): bigint {
  const origin = originOf(wallet, lot);
  return least(leftOf(lot, [lot]), leftOf(origin, familyOf(wallet, origin)));
}

/** A lot and those that continue it. */
function familyOf(wallet: Wallet, origin: PastLot): PastLot[] {
  return [...wallet.past.lots.values()].filter((one) => originOf(wallet, one).lotSeq === origin.lotSeq);
}

/** Points whose fee was paid when they came and has not come back: what expired keeps it, what is taken back does not. */
function chargedOf(wallet: Wallet, origin: PastLot): bigint {
  return familyOf(wallet, origin).reduce((left, { clawedBack }) => left - clawedBack, origin.quantity as bigint);
}

function leftOf({ quantity }: PastLot, lots: readonly PastLot[]): bigint {
  return lots.reduce((left, { clawedBack, expired }) => left - clawedBack - expired, quantity as bigint);
}

/**
 * Takes points of one lot back: pending ones first, then spendable ones, also those that a buy-out moved to lots which continue it,
 * then by arrears to those who pay for the lot, each by its share.
 *
 * @param place index of the first entry within the transaction
 */
export function takeBack(
  wallet: Wallet,
  lot: PastLot,
  { points: amount, place }: { points: bigint; place: number },
): TakenBack {
  const inPending = least(amount, wallet.pendingLots.find(({ lotSeq }) => lotSeq === lot.lotSeq)?.remaining ?? 0n);
  const { taken } = splitParts(openParts(wallet, lot), amount - inPending);
  const missing = taken.reduce((left, part) => left - part.points, amount - inPending);
  const credit = clawedBackBy(lot.issuerId);
  const base = { credit, lotSeq: lot.lotSeq };
  const payers = payersOf(lot);
  const owed = splitByLargestRemainder(
    missing,
    payers.map(({ bps }) => BigInt(bps)),
  );
  const entries: Entry[] = [
    { ...base, debit: pending(wallet.memberId), amount: points(inPending) },
    ...moves(taken, available(wallet.memberId), credit),
    ...payers.map(({ partyId }, n) => ({
      ...base,
      debit: arrearsTo(partyId),
      amount: points(owed[n] ?? 0n),
    })),
  ].filter((entry) => entry.amount > 0n);
  // For pending points nobody has paid anything yet.
  const released = amount - inPending;
  const origin = originOf(wallet, lot);
  const entry = place + (inPending > 0n ? 1 : 0);
  const sides = [
    ...(released === 0n
      ? []
      : [feeCredit({ lot: origin, points: points(released) }, entry, chargedOf(wallet, origin))]),
    ...taken.map((part, n) => issuanceRefund(part, entry + n, outstandingOf(wallet, part.lot.lotSeq))),
  ];
  return { entries, arrears: missing, ...together(sides) };
}

/** What is spendable of a lot, and of lots that continue it. */
function openParts({ lots, past }: Wallet, { lotSeq }: PastLot): LotPart[] {
  return lots
    .filter((lot) => lot.lotSeq === lotSeq || past.lots.get(lot.lotSeq)?.continues === lotSeq)
    .map((lot) => ({ lot, points: lot.remaining }));
}

/**
 * LEDGER_ARREARS_LIMIT_REACHED when a member would be left owing more than the programme allows; null when not. What the member still
 * has fills what is opened at once, so only the rest counts.
 */
export function arrearsRefusal(
  wallet: Wallet,
  { entries, arrears: more }: TakenBack,
  { book }: PostingFacts,
): Refusal | null {
  const limit = book.arrearsLimitPoints;
  if (more === 0n || limit === null) return null;
  const taken = entries.reduce((sum, { debit, amount }) => (debit.kind === 'AVAILABLE' ? sum + amount : sum), 0n);
  const owed = wallet.balances.arrears + more - (wallet.balances.available - taken);
  if (owed <= limit) return null;
  return refuse('LEDGER_ARREARS_LIMIT_REACHED', `The member would owe ${owed} points; ${limit} are allowed.`, {
    limitPoints: limit,
  });
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
