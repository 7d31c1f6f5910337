import { Temporal } from 'temporal-polyfill';
import { dayOf, startOfDay } from '../../../../kernel/values/instant';
import type { RuleBook } from '../rule-book';

type ExpiryTerms = Pick<RuleBook, 'pointsValidityDays' | 'expiry' | 'timeZone'>;

/**
 * The first instant at which points earned (or, where expiry rolls, last moved) at `at` cannot be spent: "through day D+N"
 * is 00:00 of D+N+1 in programme time, or the start of the period after the one D+N lies in. Null when points never expire.
 */
export function expiryOf(at: Date, terms: ExpiryTerms): Date | null {
  if (terms.pointsValidityDays === null) return null;
  // Tills send what happens now: the last day asked for is asked for again, thousands of times.
  const last = lastDay.get(terms);
  if (last !== undefined && last.start <= at && at < last.end) return last.expiry;
  const day = dayOf(at, terms.timeZone);
  const expiry = expiryOfDay(day, terms);
  const [start, end] = [startOfDay(day, terms.timeZone), startOfDay(day, terms.timeZone, 1)];
  lastDay.set(terms, { start, end, expiry });
  return expiry;
}

const lastDay = new WeakMap<ExpiryTerms, { start: Date; end: Date; expiry: Date }>();

function expiryOfDay(day: string, terms: ExpiryTerms): Date {
  const { expiry, timeZone } = terms;
  const pointsValidityDays = terms.pointsValidityDays ?? 0;
  if (expiry.kind !== 'END_OF_PERIOD') return startOfDay(day, timeZone, pointsValidityDays + 1);
  const last = Temporal.PlainDate.from(day).add({ days: pointsValidityDays });
  return startOfDay(nextPeriod(last, expiry.period).toString(), timeZone);
}

/** The first day of the period after the one a day lies in. */
function nextPeriod(day: Temporal.PlainDate, period: RuleBook['expiry']['period']): Temporal.PlainDate {
  switch (period) {
    case 'MONTH':
      return day.with({ day: 1 }).add({ months: 1 });
    case 'QUARTER':
      return day.with({ day: 1, month: day.month - ((day.month - 1) % 3) }).add({ months: 3 });
    case 'YEAR':
      return day.with({ day: 1, month: 1 }).add({ years: 1 });
  }
}

/** The instant so many days later by the programme's calendar, at the same time of day. */
export function daysLater(at: Date, days: number, timeZone: string): Date {
  const zoned = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone);
  return new Date(zoned.add({ days }).epochMilliseconds);
}
