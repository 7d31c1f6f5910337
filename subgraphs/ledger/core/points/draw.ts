import { points, type Points } from '../../../../kernel/values/points';
import { splitByLargestRemainder } from '../../../../kernel/values/rounding';
import type { OpenLot, Party } from './lot';

/** The part of one lot taken by one spend. */
export interface Draw {
  readonly lot: OpenLot;
  readonly points: Points;
}

/**
 * The order lots are drawn in: soonest expiry first, never-expiring last, then earliest earned, then the member's lot
 * sequence, so that a replay draws the same lots.
 *
 * Why not oldest-earned first: members see the nearest expiry in their wallet, and drawing anything else makes points
 * expire that the member thought were spent (docs/adr/0004).
 */
export function compareDrawOrder(a: OpenLot, b: OpenLot): number {
  return (
    compareExpiry(a.expiresAt, b.expiresAt) ||
    a.earnedAt.getTime() - b.earnedAt.getTime() ||
    (a.lotSeq < b.lotSeq ? -1 : a.lotSeq > b.lotSeq ? 1 : 0)
  );
}

function compareExpiry(a: Date | null, b: Date | null): number {
  // Two never-expiring lots must fall through: Infinity - Infinity would be NaN.
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return a.getTime() - b.getTime();
}

/** The lots that can be spent at an instant: those whose expiry has not come, swept or not. */
export function spendableLots(lots: readonly OpenLot[], at: Date): OpenLot[] {
  return lots.filter(({ expiresAt }) => expiresAt === null || expiresAt > at);
}

/**
 * Chooses which lots pay for a spend.
 *
 * @param lots   spendable lots in draw order
 * @param amount points to spend, > 0
 * @returns draws in the order taken, summing to `amount`; or how many points are missing
 */
export function drawLots(lots: readonly OpenLot[], amount: Points): { draws: Draw[] } | { missing: Points } {
  if (amount <= 0n) throw new RangeError(`drawLots: amount must be positive, got ${amount}`);
  const draws: Draw[] = [];
  let owed: bigint = amount;
  for (const lot of lots) {
    if (owed === 0n) break;
    const taken = lot.remaining < owed ? lot.remaining : points(owed);
    draws.push({ lot, points: taken });
    owed -= taken;
  }
  return owed > 0n ? { missing: points(owed) } : { draws };
}

/**
 * Chooses lots so that each issuer pays its part of what is left of all of them; within one issuer's lots the draw order
 * holds. Rounds by largest remainder, ties to the issuer whose lot comes first.
 *
 * @param lots   spendable lots in draw order
 * @param amount points to spend, > 0
 */
export function drawProRata(lots: readonly OpenLot[], amount: Points): { draws: Draw[] } | { missing: Points } {
  const total = lots.reduce((sum, { remaining }) => sum + remaining, 0n);
  if (total < amount) return { missing: points(amount - total) };
  const issuers = [...new Set(lots.map(({ issuerId }) => issuerId))];
  const lotsOf = (issuer: Party) => lots.filter(({ issuerId }) => issuerId === issuer);
  const weights = issuers.map((issuer) => lotsOf(issuer).reduce((sum, { remaining }) => sum + remaining, 0n));
  const parts = splitByLargestRemainder(amount, weights);
  const draws = issuers.flatMap((issuer, n) => {
    const part = parts[n] ?? 0n;
    const drawn = part === 0n ? { draws: [] } : drawLots(lotsOf(issuer), points(part));
    return 'draws' in drawn ? drawn.draws : [];
  });
  return { draws };
}
