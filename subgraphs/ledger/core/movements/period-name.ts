import { Temporal } from 'temporal-polyfill';
import type { Period } from '../rule-book';

/** The calendar period an instant lies in, in programme time: equal names are the same period. */
export function periodName(at: Date, period: Period, timeZone: string): string {
  const day = Temporal.Instant.fromEpochMilliseconds(at.getTime())
    .toZonedDateTimeISO(timeZone)
    .toPlainDate()
    .toString();
  const length = { DAY: 10, MONTH: 7, YEAR: 4, EVER: 0 }[period];
  return day.slice(0, length);
}
