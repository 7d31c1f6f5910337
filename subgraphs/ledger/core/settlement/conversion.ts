import { divideHalfEven } from '../../../../kernel/values/rounding';
import { microsPerMinor, type CurrencyCode } from '../../../../kernel/values/money';
import type { PartnerId } from '../../../../kernel/values/id';

/** A rate locked at a cut-off, and for whom: these partners are paid and pay in its currency. */
export interface LockedRate {
  readonly currency: CurrencyCode;
  /** Units of the currency for one of the programme's, a decimal such as `4.2575`. */
  readonly rate: string;
  /** Who published it, such as `ECB`. */
  readonly source: string;
  /** The publisher's own name for it, such as its date. */
  readonly rateId: string;
  readonly partnerIds: readonly PartnerId[];
}

/** An amount in another currency, and what rounding it once made of it. */
export interface Conversion {
  readonly amountMinor: bigint;
  /** Converted amount less the exact one, in micro-units of the currency. */
  readonly differenceMicros: bigint;
}

const RATE = /^(0|[1-9][0-9]{0,8})(?:\.([0-9]{1,12}))?$/;

/** Whether a text is a rate: positive, at most nine digits before the point and twelve after it. */
export function isRate(text: string): boolean {
  return RATE.test(text) && /[1-9]/.test(text);
}

/**
 * Converts an amount once, half to even, from one currency's minor units into another's.
 *
 * @param rate units of `to` for one of `from`
 * @throws RangeError when the rate is none
 */
export function convert(
  amountMinor: bigint,
  { from, to, rate }: { from: CurrencyCode; to: CurrencyCode; rate: string },
): Conversion {
  const digits = RATE.exec(rate);
  if (digits === null) throw new RangeError(`not a rate: ${rate}`);
  const [, whole = '0', fraction = ''] = digits;
  const scale = 10n ** BigInt(fraction.length);
  const scaled = amountMinor * microsPerMinor(from) * BigInt(whole + fraction);
  const converted = divideHalfEven(scaled, scale * microsPerMinor(to));
  return { amountMinor: converted, differenceMicros: converted * microsPerMinor(to) - divideHalfEven(scaled, scale) };
}
