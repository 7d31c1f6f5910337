import { tQuantile } from './student-t';

/** A difference, and the interval that holds the true one in 95 of 100 such experiments. */
export interface Interval {
  readonly difference: number;
  readonly low: number;
  readonly high: number;
}

/** Of how many, how many did. */
export interface Proportion {
  readonly count: number;
  readonly of: number;
}

/** Figures of one amount over several members. */
export interface Sample {
  readonly n: number;
  readonly sum: bigint;
  readonly sumOfSquares: bigint;
}

const ALPHA = 0.05;
/** The two-sided 95 % point of the normal distribution. */
const Z = 1.959963984540054;

/** Wilson's score interval of a proportion. Source: Wilson 1927. */
export function wilson({ count, of }: Proportion): { low: number; high: number } {
  const p = count / of;
  const centre = p + (Z * Z) / (2 * of);
  const spread = Z * Math.sqrt((p * (1 - p)) / of + (Z * Z) / (4 * of * of));
  const whole = 1 + (Z * Z) / of;
  // At the ends rounding would leave a trace beyond what a proportion can be.
  return {
    low: count === 0 ? 0 : (centre - spread) / whole,
    high: count === of ? 1 : (centre + spread) / whole,
  };
}

/**
 * The difference of two proportions with Newcombe's hybrid score interval, without continuity correction.
 * Source: Newcombe 1998, Statistics in Medicine 17:873–890, method 10; 56/70 and 48/80: 0.0524 to 0.3339.
 *
 * @returns null where one of them is of nobody
 */
export function newcombe(treated: Proportion, control: Proportion): Interval | null {
  if (treated.of === 0 || control.of === 0) return null;
  const [p1, p2] = [treated.count / treated.of, control.count / control.of];
  const [one, two] = [wilson(treated), wilson(control)];
  const difference = p1 - p2;
  return {
    difference,
    low: difference - Math.hypot(p1 - one.low, two.high - p2),
    high: difference + Math.hypot(one.high - p1, p2 - two.low),
  };
}

/**
 * The difference of two means with Welch's interval, which does not take the variances to be equal.
 * Source: Welch 1947, Biometrika 34:28–35.
 *
 * @returns null where one has fewer than two members, or neither varies
 */
export function welch(treated: Sample, control: Sample): Interval | null {
  if (treated.n < 2 || control.n < 2) return null;
  const [a, b] = [momentsOf(treated), momentsOf(control)];
  const variance = a.ofMean + b.ofMean;
  if (variance === 0) return null;
  const df = variance ** 2 / (a.ofMean ** 2 / (treated.n - 1) + b.ofMean ** 2 / (control.n - 1));
  const difference = a.mean - b.mean;
  const reach = tQuantile(ALPHA, df) * Math.sqrt(variance);
  return { difference, low: difference - reach, high: difference + reach };
}

/** The mean, and the variance of the mean. */
function momentsOf({ n, sum, sumOfSquares }: Sample): { mean: number; ofMean: number } {
  // The squares of large amounts differ little from the square of their sum: the difference is taken before anything is rounded.
  const variance = Number(BigInt(n) * sumOfSquares - sum * sum) / (n * (n - 1));
  return { mean: Number(sum) / n, ofMean: variance / n };
}
