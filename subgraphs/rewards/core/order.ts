import type { Refusal } from '../../../kernel/errors/refusal';
import type { Id, MemberId, PartnerId, ProgrammeId } from '../../../kernel/values/id';
import type { Points } from '../../../kernel/values/points';
import type { RewardId } from './reward';

export type OrderId = Id<'ord'>;

/**
 * Where an order stands. Each state says what is certain, and each step between two can be repeated:
 *
 * PLACED     the order is written, its stock is taken; a hold may or may not exist at the ledger
 * HELD       the ledger holds the points and has named the hold
 * VOUCHERED  the vouchers exist, hidden; the hold may or may not be captured
 * CAPTURED   final: the points are spent and the vouchers are shown
 * CANCELLED  final: no points are spent, no voucher exists, the stock is given back
 */
export const ORDER_STATES = ['PLACED', 'HELD', 'VOUCHERED', 'CAPTURED', 'CANCELLED'] as const;
export type OrderState = (typeof ORDER_STATES)[number];

/** One member's request for pieces of a reward. */
export interface Order {
  readonly id: OrderId;
  readonly programmeId: ProgrammeId;
  readonly rewardId: RewardId;
  /** The redeemer: the partner that offers the reward. */
  readonly partnerId: PartnerId;
  /** Whose authority the points are spent on: the member's own token, or the partner's key. */
  readonly placedBy: 'MEMBER' | 'PARTNER';
  /** Null until the ledger has told whose identity it was. */
  readonly memberId: MemberId | null;
  readonly quantity: number;
  readonly pricePoints: Points;
  readonly state: OrderState;
  readonly holdId: string | null;
  readonly redemptionId: string | null;
  /** What the caller is told of a cancelled order. */
  readonly refusal: Refusal | null;
  readonly placedAt: Date;
  /** When the ledger gives the held points back by itself; the order is not begun again after it. */
  readonly holdExpiresAt: Date;
  /** How often recovery has taken it up. */
  readonly attempts: number;
}

/** What has to be done next to an order; null when nothing. */
export function nextStep(state: OrderState): 'HOLD' | 'ISSUE' | 'CAPTURE' | null {
  switch (state) {
    case 'PLACED':
      return 'HOLD';
    case 'HELD':
      return 'ISSUE';
    case 'VOUCHERED':
      return 'CAPTURE';
    case 'CAPTURED':
    case 'CANCELLED':
      return null;
  }
}

/** The commands an order sends to the ledger. */
export type OrderCommand = 'hold' | 'capture' | 'release';

/**
 * The idempotency key of an order's command. It is made of the order's id alone, so whoever takes the order up again,
 * on this machine or another, repeats the same command instead of giving a second one.
 */
export function commandKey(orderId: OrderId, command: OrderCommand): string {
  return `${orderId}:${command}`;
}

/** How long the points of an unfinished order are set aside. */
export const HOLD_MINUTES = 15;

/** When the hold of an order placed now ends. */
export function holdEnd(placedAt: Date): Date {
  return new Date(placedAt.getTime() + HOLD_MINUTES * 60_000);
}

const PAUSE_SECONDS = { first: 5, most: 300 };

/**
 * When recovery looks at an unfinished order (again): at first soon after the call that placed it must have ended, then
 * after pauses that double up to five minutes, so that a ledger that is down is not flooded when it comes back.
 */
export function resumeAt(now: Date, attempts: number): Date {
  const seconds = Math.min(PAUSE_SECONDS.first * 2 ** Math.min(attempts, 10), PAUSE_SECONDS.most);
  return new Date(now.getTime() + seconds * 1_000);
}
