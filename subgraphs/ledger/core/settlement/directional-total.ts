import type { PartnerId } from '../../../../kernel/values/id';
import { divideFloor, divideHalfEven } from '../../../../kernel/values/rounding';

/** A partner, or the operator when null. */
export type Party = PartnerId | null;

/** One claim of a pair, as a line of its statement. */
export interface ClaimLine {
  readonly micros: bigint;
}

/** All claims of one debtor to one creditor in a cycle, rounded once. */
export interface DirectionalTotal {
  readonly exactMicros: bigint;
  readonly carryInMicros: bigint;
  /** What is billed, in minor units: round(carryIn + exact), half to even. */
  readonly billedMinor: bigint;
  /** What rounding left over, taken into the next cycle; at most half a minor unit either way. */
  readonly carryMicros: bigint;
  /** Each line's share of what is billed, in the lines' order; they add up to it. */
  readonly lineMinors: readonly bigint[];
}

/**
 * Bills one pair: sums exactly, adds the carry of the last cycle, rounds once half to even, and spreads the minor units
 * over the lines by largest remainder, ties to the earlier line.
 *
 * Source: SETTLEMENT §4.3. Rounds once a cycle and never per event; what is left goes to the pair's carry.
 *
 * @param microsPerMinor 10,000 for a currency of two decimals
 */
export function directionalTotal(
  lines: readonly ClaimLine[],
  { carryInMicros, microsPerMinor }: { carryInMicros: bigint; microsPerMinor: bigint },
): DirectionalTotal {
  const exactMicros = lines.reduce((sum, { micros }) => sum + micros, 0n);
  const due = exactMicros + carryInMicros;
  const billedMinor = divideHalfEven(due, microsPerMinor);
  return {
    exactMicros,
    carryInMicros,
    billedMinor,
    carryMicros: due - billedMinor * microsPerMinor,
    lineMinors: spread(lines, billedMinor, microsPerMinor),
  };
}

/** Every line gets its floor; the units still missing go to the largest remainders, one too many is taken from the smallest. */
function spread(lines: readonly ClaimLine[], billedMinor: bigint, microsPerMinor: bigint): bigint[] {
  const shares = lines.map(({ micros }) => divideFloor(micros, microsPerMinor));
  const missing = billedMinor - shares.reduce((sum, share) => sum + share, 0n);
  const byRemainder = lines
    .map(({ micros }, index) => ({ index, remainder: micros - divideFloor(micros, microsPerMinor) * microsPerMinor }))
    .sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1));
  const step = missing < 0n ? -1n : 1n;
  const order = missing < 0n ? byRemainder.reverse() : byRemainder;
  for (const { index } of order.slice(0, Number(missing * step))) shares[index] = (shares[index] ?? 0n) + step;
  return shares;
}
