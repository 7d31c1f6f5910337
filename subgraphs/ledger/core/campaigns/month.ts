import { Temporal } from 'temporal-polyfill';
import type { Campaign } from './campaign';

/** A calendar month in programme time. */
export interface Month {
  /** Such as `2026-03`. */
  readonly name: string;
  /** The first instant after it. */
  readonly end: Date;
}

/** The month a campaign is judged for after another one, or first of all; null where it ended before. */
export function nextMonth(
  { from, until }: Pick<Campaign, 'from' | 'until'>,
  { after, timeZone }: { after: string | null; timeZone: string },
): Month | null {
  const begins = after === null ? from : endOf(Temporal.PlainYearMonth.from(after), timeZone);
  if (until !== null && begins >= until) return null;
  const month = monthAt(begins, timeZone);
  return { name: month.toString(), end: endOf(month, timeZone) };
}

/** The months a campaign ran in that are over at an instant, from the one after `after` on; oldest first. */
export function monthsOver(
  campaign: Pick<Campaign, 'from' | 'until'>,
  { after, now, timeZone }: { after: string | null; now: Date; timeZone: string },
): Month[] {
  const months: Month[] = [];
  let month = nextMonth(campaign, { after, timeZone });
  while (month !== null && month.end <= now) {
    months.push(month);
    month = nextMonth(campaign, { after: month.name, timeZone });
  }
  return months;
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
