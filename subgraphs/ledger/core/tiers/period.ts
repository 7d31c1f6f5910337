import { Temporal } from 'temporal-polyfill';
import type { TierStanding } from '../points/wallet';
import type { TierPolicy } from '../rule-book';

/** A stretch of time: [start, end). */
export interface Stretch {
  readonly start: Date;
  readonly end: Date;
}

/** The qualification period an instant lies in, when counting begins with it. Calendar years begin in programme time. */
export function countingPeriod({ period }: TierPolicy, at: Date, timeZone: string): Stretch {
  const zoned = zonedOf(at, timeZone);
  if (period === 'LIFETIME') return { start: at, end: FAR };
  if (period === 'ROLLING_YEAR') {
    const start = zoned.startOfDay();
    return { start: dateOf(start), end: dateOf(start.add({ years: 1 })) };
  }
  const start = zoned.with({ month: 1, day: 1 }).startOfDay();
  return { start: dateOf(start), end: dateOf(start.add({ years: 1 })) };
}

/** When the period that began at `start` ends. */
export function periodEnd({ period }: TierPolicy, start: Date, timeZone: string): Date {
  return period === 'LIFETIME' ? FAR : dateOf(zonedOf(start, timeZone).add({ years: 1 }));
}

/** A rung reached is kept to the end of the period after the one it was reached in, and through the days of grace. */
export function ruleUntil(policy: TierPolicy, countedSince: Date, timeZone: string): Date | null {
  if (policy.period === 'LIFETIME') return null;
  return withGrace(policy, periodEnd(policy, periodEnd(policy, countedSince, timeZone), timeZone), timeZone);
}

/** When the points counted since `countedSince` are closed: the end of their period and the days of grace after it. */
export function reviewAt(policy: TierPolicy, countedSince: Date, timeZone: string): Date {
  return withGrace(policy, periodEnd(policy, countedSince, timeZone), timeZone);
}

/** Until when points count towards the next rung; null: whenever they are earned, or counting has not begun. */
export function countedUntil(policy: TierPolicy, countedSince: Date | null, timeZone: string): Date | null {
  return policy.period === 'LIFETIME' || countedSince === null ? null : reviewAt(policy, countedSince, timeZone);
}

/** When a member who would drop is told: days before the rung may be lost; null when nothing may be. */
export function noticeAt(policy: TierPolicy, until: Date | null, timeZone: string): Date | null {
  if (until === null || policy.noticeDays === 0) return null;
  return dateOf(zonedOf(until, timeZone).subtract({ days: policy.noticeDays }));
}

/** The next instant a member's standing is looked at: a notice still ahead, or the review of the running period. */
export function nextDue(
  policy: TierPolicy,
  { until, countedSince }: Pick<TierStanding, 'until' | 'countedSince'>,
  now: Date,
  timeZone: string,
): Date | null {
  if (policy.period === 'LIFETIME' || countedSince === null) return null;
  const review = reviewAt(policy, countedSince, timeZone);
  const notice = noticeAt(policy, until, timeZone);
  return notice !== null && notice > now && notice < review ? notice : review;
}

/** After any instant a book will ever hold. */
const FAR = new Date('9999-12-31T00:00:00Z');

function withGrace({ graceDays }: TierPolicy, end: Date, timeZone: string): Date {
  return dateOf(zonedOf(end, timeZone).add({ days: graceDays }));
}

function zonedOf(at: Date, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone);
}

function dateOf(zoned: Temporal.ZonedDateTime): Date {
  return new Date(zoned.epochMilliseconds);
}
