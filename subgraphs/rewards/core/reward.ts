import type { Id, PartnerId, ProgrammeId } from '../../../kernel/values/id';
import { POINTS_MAX, points, type Points } from '../../../kernel/values/points';

export type RewardId = Id<'rwd'>;

/** Something one partner offers for points of the programme, whoever issued them. */
export interface Reward {
  readonly id: RewardId;
  readonly programmeId: ProgrammeId;
  readonly offeredBy: PartnerId;
  readonly name: string;
  /** What one piece costs, > 0. */
  readonly pricePoints: Points;
  readonly validFrom: Date;
  /** The first instant at which it is over; null: no end. */
  readonly validUntil: Date | null;
  /** How long a voucher of it lives, in days of 24 hours. */
  readonly voucherValidityDays: number;
  /** How many were offered in all; null: as many as are asked for. */
  readonly stockOffered: number | null;
  /** How many are left for new orders; null exactly when `stockOffered` is. */
  readonly stockLeft: number | null;
}

/** What the rule book says of a partner, as far as rewards care. */
export interface PartnerStanding {
  readonly partnerId: PartnerId;
  readonly canRedeem: boolean;
  readonly isActive: boolean;
}

/** Whether a partner may offer rewards: it takes points and is not suspended or gone. */
export function acceptsPoints(partner: PartnerStanding | null): boolean {
  return partner !== null && partner.canRedeem && partner.isActive;
}

/**
 * Why a reward cannot be taken, in words for a member; null when it can.
 *
 * @param quantity how many pieces are wanted; 1 when a reward is only shown
 */
export function lockedBecause(
  reward: Reward,
  partner: PartnerStanding | null,
  at: { now: Date; quantity: number },
): string | null {
  if (at.now < reward.validFrom) return 'This reward is not open yet.';
  if (reward.validUntil !== null && at.now >= reward.validUntil) return 'This reward is over.';
  if (!acceptsPoints(partner)) return 'The partner does not accept points at the moment.';
  if (reward.stockLeft === null || reward.stockLeft >= at.quantity) return null;
  return reward.stockLeft === 0 ? 'This reward is sold out.' : `Only ${reward.stockLeft} of this reward are left.`;
}

/** Whether so many pieces of a reward have a price that fits 64 bits. */
export function hasPrice(reward: Reward, quantity: number): boolean {
  return reward.pricePoints * BigInt(quantity) <= POINTS_MAX;
}

/** What an order of so many pieces costs. */
export function priceOf(reward: Reward, quantity: number): Points {
  return points(reward.pricePoints * BigInt(quantity));
}

/** The longest name of a reward, in characters. */
export const REWARD_NAME_MAX = 200;

/** Reads a reward's name: trimmed, well-formed, with something visible in it; null otherwise. */
export function parseRewardName(text: string): string | null {
  const name = text.trim();
  if (name.length > REWARD_NAME_MAX || !name.isWellFormed() || /\p{Cc}/u.test(name)) return null;
  return /[^\p{Cf}\p{Z}]/u.test(name) ? name : null;
}
