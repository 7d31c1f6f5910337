import { divideHalfEven } from '../../../../kernel/values/rounding';

/** What is known of a pair's lines without reading them. */
export interface PairSums {
  /** The exact sum of its lines. */
  readonly exactMicros: bigint;
  /** What is left of its lines when each is cut down to whole minor units, together. */
  readonly remainders: bigint;
  /** What rounding left over in the cycle before. */
  readonly carryInMicros: bigint;
}

/** A pair's bill, and how many of its lines bill one minor unit more than their floor. */
export interface Bill {
  readonly billedMinor: bigint;
  readonly carryMicros: bigint;
  readonly raisedLines: bigint;
}

/**
 * Bills a pair from its sums: as `directionalTotal` bills it from its lines, and without looking at one of them.
 *
 * Source: SETTLEMENT §4.3. Because a carry is at most half a minor unit, between none and all of the lines are raised.
 */
export function billPair({ exactMicros, remainders, carryInMicros }: PairSums, microsPerMinor: bigint): Bill {
  const due = exactMicros + carryInMicros;
  const billedMinor = divideHalfEven(due, microsPerMinor);
  return {
    billedMinor,
    carryMicros: due - billedMinor * microsPerMinor,
    raisedLines: billedMinor - (exactMicros - remainders) / microsPerMinor,
  };
}

/** Where the raised lines of a pair end: by remainder, the largest first, and among equals in the order of posting. */
export interface Cut {
  readonly remainder: bigint;
  /** Lines of that very remainder up to this place are raised. */
  readonly tie: bigint;
}

/**
 * Moves a cut past lines that bill nothing: what they would have been raised by goes to the next of the same remainder.
 *
 * @param ties places of the suspended lines of the cut's remainder
 */
export function cutPast({ remainder, tie }: Cut, ties: readonly bigint[]): Cut {
  let moved = tie;
  for (const place of [...ties].sort((a, b) => (a < b ? -1 : 1))) if (place <= moved) moved += 1n;
  return { remainder, tie: moved };
}
