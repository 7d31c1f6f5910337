import { Temporal } from 'temporal-polyfill';
import type { Campaign } from './campaign';

/** A calendar month in programme time. */
export interface Month {
  /** Such as `2026-03`. */
  readonly name: string;
  /** The first instant after it. */
  readonly end: Date;
}

/** The months a campaign ran in that are over at an instant, from the one after `after` on; oldest first. */
export function monthsOver(
  { from, until }: Pick<Campaign, 'from' | 'until'>,
  { after, now, timeZone }: { after: string | null; now: Date; timeZone: string },
): Month[] {
  const months: Month[] = [];
  let month = monthAt(after === null ? from : endOf(Temporal.PlainYearMonth.from(after), timeZone), timeZone);
  for (;;) {
    const begins = endOf(month.subtract({ months: 1 }), timeZone);
    const end = endOf(month, timeZone);
    if (end > now || (until !== null && begins >= until)) return months;
    months.push({ name: month.toString(), end });
    month = month.add({ months: 1 });
  }
}

/** When the first month that is not over yet at `after`’s end ends: where the next verdict falls due; null when none will. */
export function nextMonthEnd(
  { from, until }: Pick<Campaign, 'from' | 'until'>,
  { after, timeZone }: { after: string | null; timeZone: string },
): Date | null {
  const begins = after === null ? from : endOf(Temporal.PlainYearMonth.from(after), timeZone);
  return until !== null && begins >= until ? null : endOf(monthAt(begins, timeZone), timeZone);
}

function monthAt(at: Date, timeZone: string): Temporal.PlainYearMonth {
  return Temporal.Instant.fromEpochMilliseconds(at.getTime())
    .toZonedDateTimeISO(timeZone)
    .toPlainDate()
    .toPlainYearMonth();
}

function endOf(month: Temporal.PlainYearMonth, timeZone: string): Date {
  const first = month.add({ months: 1 }).toPlainDate({ day: 1 });
  return new Date(first.toZonedDateTime(timeZone).epochMilliseconds);
}
