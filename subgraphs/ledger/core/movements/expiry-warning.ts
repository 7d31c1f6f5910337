import { EMPTY_PLAN, type PostingFacts, type PostingPlan } from '../points/posting';
import type { Wallet } from '../points/wallet';

/** What a notice of points about to expire says why; the days before their expiry follow. */
export const EXPIRING_REASON = 'points.expiring';

/** Points of a member that expire together, and how many days before that the member is told. */
export interface ExpiryWarning {
  readonly expiresAt: Date;
  readonly days: number;
}

/**
 * Posting rule of a warning: nothing moves, a line says that points expire in so many days.
 *
 * @returns null when none of those points are left to be spent, or their time is over
 */
export function planExpiryWarning(
  wallet: Wallet,
  { expiresAt, days }: ExpiryWarning,
  { now }: PostingFacts,
): PostingPlan | null {
  const isLeft = wallet.lots.some((lot) => lot.expiresAt?.getTime() === expiresAt.getTime());
  if (!isLeft || expiresAt <= now) return null;
  return { ...EMPTY_PLAN, kind: 'NOTICE', partnerId: null, occurredAt: now, reason: `${EXPIRING_REASON}.${days}` };
}
