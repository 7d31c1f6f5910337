import { minorPerMajor, type CurrencyCode } from '../../../../kernel/values/money';
import { dayOf } from '../../../../kernel/values/instant';
import { divideHalfEven } from '../../../../kernel/values/rounding';
import type { Conversion } from './explanation';

/** A rate stated in the rule book: units of the programme's currency for one unit of another, on a day and after it. */
export interface ConversionRate {
  readonly currency: string;
  /** The first day it holds, by the programme's calendar; it holds until the next one. */
  readonly day: string;
  /** A decimal such as `4.2715`, exact. */
  readonly rate: string;
  /** Whose rate it is, such as `ECB reference rate`. */
  readonly source: string;
}

/**
 * A purchase's amount in the programme's currency, by the rate of its day or the last one before it. Rounds once, to the whole
 * minor unit, ties to even.
 *
 * @returns null when there is no rate for that currency on that day or before
 */
export function convert(
  { amountMinor, currency, at }: { amountMinor: bigint; currency: string; at: Date },
  { rates, to, timeZone }: { rates: readonly ConversionRate[]; to: CurrencyCode; timeZone: string },
): Conversion | null {
  const day = dayOf(at, timeZone);
  const known = rates
    .filter((rate) => rate.currency === currency && rate.day <= day)
    .reduce<ConversionRate | null>((last, rate) => (last === null || rate.day >= last.day ? rate : last), null);
  if (known === null) return null;
  const { rate, source } = known;
  return {
    amountMinor: convertedMinor(amountMinor, { rate, from: currency as CurrencyCode, to }),
    rate,
    source,
    day: known.day,
  };
}

/** An amount at a rate. */
export function convertedMinor(
  amountMinor: bigint,
  { rate, from, to }: { rate: string; from: CurrencyCode; to: CurrencyCode },
): bigint {
  const [whole = '0', fraction = ''] = rate.split('.');
  const digits = BigInt(whole + fraction);
  const up = minorPerMajor(to);
  const down = 10n ** BigInt(fraction.length) * minorPerMajor(from);
  return divideHalfEven(amountMinor * digits * up, down);
}
