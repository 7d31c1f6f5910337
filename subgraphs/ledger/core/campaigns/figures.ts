import { divideHalfEven } from '../../../../kernel/values/rounding';
import type { Campaign } from './campaign';

/** What the members a campaign is for did in a stretch of time. */
export interface Activity {
  /** Purchases at the campaign's partner. */
  readonly purchases: bigint;
  /** Different members among the buyers. */
  readonly buyers: bigint;
  /** In minor units of the programme's currency. */
  readonly spendMinor: bigint;
  /** Points redeemed at any partner; what was undone later is not taken off. */
  readonly pointsSpent: bigint;
}

/** What a campaign came to, as counted. */
export interface CampaignCounts {
  /** Members on one of its segments now; all members where it has none. */
  readonly targeted: bigint;
  /** Of them, those who opened it, and those who used it. */
  readonly openers: bigint;
  readonly responders: bigint;
  /** Uses by members it is for, and by others. */
  readonly responses: bigint;
  readonly otherResponses: bigint;
  /** Members who got points of it. */
  readonly rewarded: bigint;
  readonly pointsGiven: bigint;
  readonly pointsTakenBack: bigint;
  readonly during: Activity;
  readonly before: Activity;
}

/** The stretches a report compares: as much of the window as has passed, and as long a time just before it. */
export interface Stretches {
  readonly from: Date;
  readonly through: Date;
  /** What happens before it counts: the present itself does. */
  readonly end: Date;
  readonly beforeFrom: Date;
}

/** What of a campaign's window has passed at an instant; nothing of it before it begins. */
export function stretchesOf({ from, until }: Pick<Campaign, 'from' | 'until'>, now: Date): Stretches {
  const isOver = until !== null && until <= now;
  const reached = isOver ? until : now;
  const through = reached > from ? reached : from;
  const end = isOver || now < from ? through : new Date(now.getTime() + 1);
  return { from, through, end, beforeFrom: new Date(2 * from.getTime() - through.getTime()) };
}

/** A part of a whole in millionths, half to even; null where there is no whole. 2 of 31 are 64,516, which is 6.4516 %. */
export function ratePpm(part: bigint, whole: bigint): bigint | null {
  return whole === 0n ? null : divideHalfEven(part * 1_000_000n, whole);
}

/** By how much an amount grew, in millionths of what it was; null where it was nothing. 97 after 50 are 940,000. */
export function changePpm(after: bigint, before: bigint): bigint | null {
  return ratePpm(after - before, before);
}
