/**
 * A whole number of loyalty points. Never fractional, never a JavaScript number.
 *
 * Unit: one point of a single programme's currency.
 * Range: |x| < 2^63, the width of the PostgreSQL `bigint` that stores it.
 */
export type Points = bigint & { readonly __unit: 'points' };

/** The largest amount a PostgreSQL `bigint` holds. */
export const POINTS_MAX = 2n ** 63n - 1n;

/**
 * Brands a bigint as points.
 *
 * @throws RangeError outside 64 bits: a caller's bug, outside input goes through `parseWhole`.
 */
export function points(amount: bigint): Points {
  if (amount > POINTS_MAX || amount < -POINTS_MAX) throw new RangeError(`points: ${amount} does not fit 64 bits`);
  return amount as Points;
}

const WHOLE = /^-?(0|[1-9][0-9]{0,18})$/;

/**
 * Reads a whole number written in ASCII digits, as it travels on the wire.
 *
 * @returns the exact number, or null when the text is anything else: fractions, exponents, grouping, spaces, other
 *          scripts' digits, leading zeros, a plus sign, more than 64 bits. Nothing is ever rounded.
 */
export function parseWhole(text: string): bigint | null {
  if (!WHOLE.test(text)) return null;
  const amount = BigInt(text);
  return amount > POINTS_MAX || amount < -POINTS_MAX ? null : amount;
}
