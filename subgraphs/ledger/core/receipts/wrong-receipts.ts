import type { Refusal } from '../../../../kernel/errors/refusal';
import { refuse } from '../refusals';

/** Claims of one member that named no receipt of one partner, since the last that did. */
export interface WrongReceipts {
  readonly count: number;
  /** Until then nothing is looked up for the member there. */
  readonly lockedUntil: Date | null;
}

/** So many may be wrong before the first lock; anybody mistypes. */
const FREE = 5;
const FIRST_LOCK_SECONDS = 60;
const LONGEST_LOCK_SECONDS = 86_400;

/** One wrong claim more: from the fifth on each locks for twice as long as the one before, from a minute up to a day. */
export function oneMoreWrong({ count }: WrongReceipts, now: Date): WrongReceipts {
  const doublings = count + 1 - FREE;
  if (doublings < 0) return { count: count + 1, lockedUntil: null };
  const seconds = Math.min(FIRST_LOCK_SECONDS * 2 ** doublings, LONGEST_LOCK_SECONDS);
  return { count: count + 1, lockedUntil: new Date(now.getTime() + seconds * 1_000) };
}

/** The refusal of any claim while the lock lasts, of a right receipt and a wrong one alike; null when there is none. */
export function whyLocked({ lockedUntil }: WrongReceipts, now: Date): Refusal | null {
  if (lockedUntil === null || lockedUntil <= now) return null;
  const retryAfterSeconds = Math.ceil((lockedUntil.getTime() - now.getTime()) / 1_000);
  const message = `Too many claims named no receipt of this partner; claim again in ${retryAfterSeconds} seconds.`;
  return refuse('LEDGER_RECEIPT_CLAIMS_LOCKED', message, { retryAfterSeconds });
}
