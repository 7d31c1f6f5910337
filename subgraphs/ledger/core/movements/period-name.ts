import { Temporal } from 'temporal-polyfill';
import type { Period } from '../rule-book';

/** The calendar period an instant lies in, in programme time: equal names are the same period. */
export function periodName(at: Date, period: Period, timeZone: string): string {
  const length = { DAY: 10, MONTH: 7, YEAR: 4, EVER: 0 }[period];
  return dayIn(timeZone, at).slice(0, length);
}

/** The day last asked for in each time zone: whoever posts asks it for every batch, and days begin at whole minutes. */
const days = new Map<string, { readonly minute: number; readonly day: string }>();

function dayIn(timeZone: string, at: Date): string {
  const minute = Math.floor(at.getTime() / 60_000);
  const known = days.get(timeZone);
  if (known?.minute === minute) return known.day;
  const instant = Temporal.Instant.fromEpochMilliseconds(at.getTime());
  const day = instant.toZonedDateTimeISO(timeZone).toPlainDate().toString();
  days.set(timeZone, { minute, day });
  return day;
}
