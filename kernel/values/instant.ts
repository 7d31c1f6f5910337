import { Temporal } from 'temporal-polyfill';

const RFC3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;

/**
 * Reads an instant as RFC 3339 with an offset; kept to the millisecond, finer digits are cut.
 *
 * @returns null for anything else: no offset, 31 February, a leap second, years PostgreSQL would not take
 */
export function parseInstant(text: string): Date | null {
  if (!RFC3339.test(text)) return null;
  try {
    // Temporal refuses days that do not exist, where `new Date` would roll them over into the next month.
    const instant = Temporal.Instant.from(text);
    return text.slice(17, 19) === '60' ? null : new Date(instant.epochMilliseconds);
  } catch {
    return null;
  }
}

/** Whether a time zone is in the IANA database this Node knows. */
export function isTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}

/** Whether a text is a day of the calendar as ISO 8601 writes it, of a year PostgreSQL knows: not 31 February, not the year 0. */
export function isDay(text: string): boolean {
  if (!/^(?!0000)\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

/** The calendar day (ISO date) an instant falls on in a time zone. */
export function dayOf(instant: Date, timeZone: string): string {
  return zoned(instant, timeZone).toPlainDate().toString();
}

/** The first instant of a calendar day in a time zone; days may be shifted, for "through day D+90". */
export function startOfDay(day: string, timeZone: string, plusDays = 0): Date {
  const start = Temporal.PlainDate.from(day).add({ days: plusDays }).toZonedDateTime(timeZone);
  return new Date(start.epochMilliseconds);
}

/** The last millisecond of a calendar day in a time zone. */
export function endOfDay(day: string, timeZone: string): Date {
  return new Date(startOfDay(day, timeZone, 1).getTime() - 1);
}

/**
 * The instant of a local wall time without an offset, such as a till's `2017-01-01T10:05:51`. In the hour that is
 * skipped in spring the later reading is taken, in the doubled hour of autumn the earlier one.
 */
export function instantOfLocal(local: string, timeZone: string): Date | null {
  try {
    return new Date(Temporal.PlainDateTime.from(local).toZonedDateTime(timeZone).epochMilliseconds);
  } catch {
    return null;
  }
}

function zoned(instant: Date, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(timeZone);
}
