import fc from 'fast-check';
import { tQuantile, twoTailed } from './student-t';
import { newcombe, welch, wilson, type Sample } from './uplift';

const sampleOf = (values: readonly number[]): Sample => ({
  n: values.length,
  sum: BigInt(values.reduce((all, value) => all + value, 0)),
  sumOfSquares: BigInt(values.reduce((all, value) => all + value * value, 0)),
});

describe('Student’s t', () => {
  // Tables of the distribution: two-sided 5 %.
  it.each([
    [1, 12.7062047364],
    [2, 4.3026527297],
    [5, 2.5705818366],
    [10, 2.228138852],
    [30, 2.0422724563],
    [120, 1.9799304051],
    [1e7, 1.959964],
  ])('has its published 97.5 %% point at %d degrees of freedom', (df, t) => {
    expect(tQuantile(0.05, df)).toBeCloseTo(t, 6);
  });

  it('finds the point whose tails it was asked for', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.001, max: 0.9, noNaN: true }),
        fc.double({ min: 1, max: 500, noNaN: true }),
        (alpha, df) => {
          expect(twoTailed(tQuantile(alpha, df), df)).toBeCloseTo(alpha, 8);
        },
      ),
    );
  });
});

describe('the difference of two proportions', () => {
  // Newcombe 1998, table II, method 10.
  it.each([
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [6, 7, 2, 7, 0.0582, 0.8062],
    [5, 56, 0, 29, -0.0381, 0.1926],
    [0, 10, 0, 20, -0.1611, 0.2775],
    [0, 10, 0, 10, -0.2775, 0.2775],
    [10, 10, 0, 20, 0.6791, 1],
    [10, 10, 0, 10, 0.6075, 1],
  ])('has the published interval for %d/%d and %d/%d', (count, of, other, ofOther, low, high) => {
    const interval = newcombe({ count, of }, { count: other, of: ofOther })!;
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  it('lies within its interval, which turns round with the arms and never leaves −1 to 1', () => {
    const proportion = fc
      .integer({ min: 1, max: 5_000 })
      .chain((of) => fc.integer({ min: 0, max: of }).map((count) => ({ count, of })));
    fc.assert(
      fc.property(proportion, proportion, (a, b) => {
        const [forth, back] = [newcombe(a, b)!, newcombe(b, a)!];
        expect(forth.low).toBeLessThanOrEqual(forth.difference);
        expect(forth.high).toBeGreaterThanOrEqual(forth.difference);
        expect(forth.low).toBeGreaterThanOrEqual(-1 - 1e-12);
        expect(forth.high).toBeLessThanOrEqual(1 + 1e-12);
        expect(back.low).toBeCloseTo(-forth.high, 12);
        expect(wilson(a).low).toBeLessThanOrEqual(a.count / a.of + 1e-12);
      }),
    );
  });

  it('is nothing where an arm is of nobody', () => {
    expect(newcombe({ count: 0, of: 0 }, { count: 1, of: 2 })).toBeNull();
  });
});

describe('the difference of two means', () => {
  it('has the published interval of Student’s sleep data: Welch, t.test(extra ~ group) of R', () => {
    // In tenths of an hour: amounts are whole.
    const one = sampleOf([7, -16, -2, -12, -1, 34, 37, 8, 0, 20]);
    const two = sampleOf([19, 8, 11, 1, -1, 44, 55, 16, 46, 34]);
    const interval = welch(one, two)!;
    expect(interval.difference).toBeCloseTo(-15.8, 10);
    expect(interval.low).toBeCloseTo(-33.654832, 5);
    expect(interval.high).toBeCloseTo(2.054832, 5);
  });

  it('is exact where amounts are so large that their squares differ in the last digits only', () => {
    const large = 4_000_000_000n;
    const far = (values: readonly bigint[]): Sample => ({
      n: values.length,
      sum: values.reduce((all, value) => all + large + value, 0n),
      sumOfSquares: values.reduce((all, value) => all + (large + value) ** 2n, 0n),
    });
    expect(welch(far([1n, 2n, 3n]), far([2n, 2n, 5n]))).toEqual(welch(sampleOf([1, 2, 3]), sampleOf([2, 2, 5])));
  });

  it('grows narrower the more members show the same', () => {
    const width = (times: number) => {
      const many = (values: number[]) => sampleOf(Array.from({ length: times }, () => values).flat());
      const { low, high } = welch(many([1, 2, 3]), many([2, 2, 5]))!;
      return high - low;
    };
    expect([width(10), width(100)]).toEqual([...[width(100), width(10)]].sort((a, b) => b - a));
  });

  it('is nothing of fewer than two members, or where nothing varies', () => {
    expect(welch(sampleOf([1]), sampleOf([1, 2]))).toBeNull();
    expect(welch(sampleOf([1, 1]), sampleOf([2, 2]))).toBeNull();
  });
});
