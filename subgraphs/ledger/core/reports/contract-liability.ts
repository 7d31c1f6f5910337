import { divideHalfEven } from '../../../../kernel/values/rounding';
import type { ExpectedRedemption } from './chain-ladder';
import type { VintageStanding } from './vintage';

/**
 * Revenue recognised so far of what was allocated to points: in proportion to rights exercised, so that expected breakage is
 * recognised along with them.
 *
 * Source: IFRS 15 B44 to B47. Of 9,000 allocated, with 4,500 points redeemed of 9,700 expected: 4,175.
 *
 * @param expected points that will have been redeemed in the end; 0 recognises nothing
 * @returns half-even in the unit of `allocated`, never above it
 */
export function recognisedToDate(
  allocated: bigint,
  { redeemed, expected }: { redeemed: bigint; expected: bigint },
): bigint {
  if (expected <= 0n) return 0n;
  const recognised = divideHalfEven(allocated * redeemed, expected);
  return recognised > allocated ? allocated : recognised;
}

/** One vintage at an instant: what it stood at, and what was expected of it then. */
export interface EstimatedVintage {
  readonly standing: VintageStanding;
  readonly expected: ExpectedRedemption;
}

/** How a contract liability moved: opening + allocated − recognised − breakage − changeOfEstimate = closing, in micro-units. */
export interface RollForward {
  readonly openingMicros: bigint;
  /** Set aside for points issued, less for points taken back. */
  readonly allocatedMicros: bigint;
  /** For points redeemed, at what was set aside for each. */
  readonly recognisedMicros: bigint;
  /** For points that will never be redeemed, in proportion to those that were. */
  readonly breakageMicros: bigint;
  /** What a changed expectation adds to, or takes from, revenue of points redeemed before. */
  readonly changeOfEstimateMicros: bigint;
  readonly closingMicros: bigint;
}

export const NO_MOVEMENT: RollForward = {
  ...{ openingMicros: 0n, allocatedMicros: 0n, recognisedMicros: 0n, breakageMicros: 0n },
  ...{ changeOfEstimateMicros: 0n, closingMicros: 0n },
};

/**
 * How the liability of one vintage moved between two instants.
 *
 * Revenue of the time between is A₁·R₁/E₁ − A₀·R₀/E₀. Of it, points redeemed in between at their own price are recognised; the
 * rest of what they release, because fewer are expected than were issued, is breakage; what is left over is the changed
 * expectation about points redeemed before. When nothing is outstanding any more, all that was allocated is revenue.
 *
 * @param before null when the vintage had not begun
 */
export function rollForward(before: EstimatedVintage | null, after: EstimatedVintage): RollForward {
  const [opening, closing] = [before === null ? NOTHING : stateOf(before), stateOf(after)];
  const allocatedMicros = closing.allocated - opening.allocated;
  const revenue = closing.recognised - opening.recognised;
  const exercised = after.standing.redeemed - (before?.standing.redeemed ?? 0n);
  const base = after.standing.issued - after.standing.clawedBack;
  const recognisedMicros = base <= 0n ? 0n : divideHalfEven(closing.allocated * exercised, base);
  const released = recognisedToDate(closing.allocated, { redeemed: exercised, expected: after.expected.points });
  // A reversal may take more back than was exercised in between; then nothing of it is breakage.
  const breakageMicros = exercised <= 0n ? 0n : released - recognisedMicros;
  return {
    openingMicros: opening.allocated - opening.recognised,
    ...{ allocatedMicros, recognisedMicros, breakageMicros },
    changeOfEstimateMicros: revenue - recognisedMicros - breakageMicros,
    closingMicros: closing.allocated - closing.recognised,
  };
}

const NOTHING = { allocated: 0n, recognised: 0n };

function stateOf({ standing, expected }: EstimatedVintage): typeof NOTHING {
  const { allocatedMicros: allocated, redeemed, outstanding } = standing;
  if (outstanding <= 0n) return { allocated, recognised: allocated };
  return { allocated, recognised: recognisedToDate(allocated, { redeemed, expected: expected.points }) };
}

/** Several movements as one. */
export function together(movements: readonly RollForward[]): RollForward {
  return movements.reduce(
    (sum, one) => ({
      openingMicros: sum.openingMicros + one.openingMicros,
      allocatedMicros: sum.allocatedMicros + one.allocatedMicros,
      recognisedMicros: sum.recognisedMicros + one.recognisedMicros,
      breakageMicros: sum.breakageMicros + one.breakageMicros,
      changeOfEstimateMicros: sum.changeOfEstimateMicros + one.changeOfEstimateMicros,
      closingMicros: sum.closingMicros + one.closingMicros,
    }),
    NO_MOVEMENT,
  );
}
