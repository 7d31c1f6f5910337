/** An ISO 4217 code in capitals, such as `EUR`. */
export type CurrencyCode = string & { readonly __unit: 'currency' };

/**
 * Money as whole minor units of one currency (cents, grosze, fils). Never a fraction, never a JavaScript number.
 */
export interface Money {
  readonly amountMinor: bigint;
  readonly currency: CurrencyCode;
}

/** Millionths of a currency's major unit: what one claim is counted in, so that rounding happens once, at the close. */
export type Micros = bigint & { readonly __unit: 'micros' };

/** Brands a bigint as micro-units. */
export function micros(amount: bigint): Micros {
  return amount as Micros;
}

/**
 * Decimal places of a currency's minor unit.
 *
 * Source: ISO 4217 list one; only the currencies that differ from two places are named.
 */
const PLACES: ReadonlyMap<string, number> = new Map([
  ['BHD', 3],
  ['IQD', 3],
  ['JOD', 3],
  ['KWD', 3],
  ['LYD', 3],
  ['OMR', 3],
  ['TND', 3],
  ['BIF', 0],
  ['CLP', 0],
  ['DJF', 0],
  ['GNF', 0],
  ['ISK', 0],
  ['JPY', 0],
  ['KMF', 0],
  ['KRW', 0],
  ['PYG', 0],
  ['RWF', 0],
  ['UGX', 0],
  ['VND', 0],
  ['VUV', 0],
  ['XAF', 0],
  ['XOF', 0],
  ['XPF', 0],
]);

/** How many minor units make one major unit: 100 for EUR, 1 for JPY, 1,000 for KWD. */
export function minorPerMajor(currency: CurrencyCode): bigint {
  return 10n ** BigInt(PLACES.get(currency) ?? 2);
}

/** How many micro-units make one minor unit: 10,000 for EUR. */
export function microsPerMinor(currency: CurrencyCode): bigint {
  return 1_000_000n / minorPerMajor(currency);
}

const KNOWN: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

/** Reads a currency code; null when it is not one of ISO 4217's. */
export function parseCurrency(text: string): CurrencyCode | null {
  return /^[A-Z]{3}$/.test(text) && KNOWN.has(text) ? (text as CurrencyCode) : null;
}
