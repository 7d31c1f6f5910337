import fc from 'fast-check';
import { points } from '../../../../kernel/values/points';
import { aRuleBook } from '../../testkit/book';
import { nextTier, tierFor } from './ladder';

const { tiers } = aRuleBook();

describe('the ladder', () => {
  it.each([
    [0n, 'BASE', 'SILVER', 500n],
    [499n, 'BASE', 'SILVER', 1n],
    [500n, 'SILVER', 'GOLD', 500n],
    [999n, 'SILVER', 'GOLD', 1n],
  ])('at %s qualifying points is at %s, with %s %s points away', (qualifying, code, next, missing) => {
    expect(tierFor(tiers, points(qualifying))?.code).toBe(code);
    expect(nextTier(tiers, points(qualifying))).toMatchObject({ tier: { code: next }, missing });
  });

  it('has a top', () => {
    expect(tierFor(tiers, points(1_000n))?.code).toBe('GOLD');
    expect(nextTier(tiers, points(1_000n))).toBeNull();
  });

  it('with no rung puts nobody anywhere', () => expect(tierFor([], points(5n))).toBeUndefined());

  it('always tells just how many points lead to the next rung', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2_000n }), (qualifying) => {
        const next = nextTier(tiers, points(qualifying));
        fc.pre(next !== null);
        expect(tierFor(tiers, points(qualifying + next!.missing))).toBe(next!.tier);
        expect(tierFor(tiers, points(qualifying + next!.missing - 1n))).not.toBe(next!.tier);
      }),
    );
  });
});
