import fc from 'fast-check';
import { newId } from '../../../../kernel/values/id';
import { aCampaign, aPurchaseRule } from '../../testkit/rules';
import { Candidates, PASSED_MAX } from './candidates';
import type { PassedReason } from './explanation';
import type { PurchaseRule } from './purchase-rule';

const shop = newId('ptr');
const candidatesOf = (rules: readonly PurchaseRule[]) =>
  new Candidates(rules.map((rule) => ({ rule, condition: null })));

const some = <T>(...of: T[]) => fc.subarray(of, { maxLength: 2 });
const rule = fc
  .record({
    branches: some('north', 'south'),
    tiers: some('GOLD', 'BASE'),
    segments: some('students', 'parents'),
    phase: fc.constantFrom('TEASER', 'SOFT', 'IN_STORE', 'FULL', null),
  })
  .map(({ phase, ...lists }) =>
    aPurchaseRule(shop, { ...lists, campaign: phase === null ? null : aCampaign(shop, { phase }) }),
  );
const buyer = fc.record({
  channel: fc.constantFrom('TILL', 'APP', null),
  branch: fc.constantFrom('north', 'south', 'unheard of', null),
  tier: fc.constantFrom('GOLD', 'BASE', null),
  segments: fc.subarray(['students', 'parents', 'others']).map((codes) => new Set(codes)),
});
type Buyer = typeof buyer extends fc.Arbitrary<infer T> ? T : never;

/** Rule by rule, as the rule reads. */
function whyNot({ campaign, branches, tiers, segments }: PurchaseRule, of: Buyer): PassedReason | null {
  if (campaign?.phase === 'TEASER') return 'TEASER';
  if (campaign?.phase === 'IN_STORE' && of.channel !== 'TILL') return 'CHANNEL';
  if (branches.length > 0 && !branches.includes(of.branch ?? '')) return 'BRANCH';
  if (tiers.length > 0 && !tiers.includes(of.tier ?? '')) return 'TIER';
  const asks = segments.length > 0 || campaign?.phase === 'SOFT';
  return asks && !segments.some((code) => of.segments.has(code)) ? 'SEGMENT' : null;
}

describe('candidates', () => {
  it('are sifted to those that rule by rule would be left, and every other is named with its reason', () => {
    fc.assert(
      fc.property(
        fc.array(rule, { maxLength: 12 }),
        fc.array(buyer, { minLength: 1, maxLength: 6 }),
        (rules, buyers) => {
          const candidates = candidatesOf(rules);
          // One after another, so that what is kept from one is met by the next.
          for (const of of buyers) {
            const sifted = candidates.siftedBy(of);
            const places = sifted.placesFor(of.segments);
            const fired = places.map(() => null);
            expect(places).toEqual([...rules.keys()].filter((place) => whyNot(rules[place]!, of) === null));
            expect(sifted.passed(places, fired).map(({ ruleId, reason }) => [ruleId, reason])).toEqual(
              rules.flatMap((one) => (whyNot(one, of) === null ? [] : [[one.id, whyNot(one, of)]])),
            );
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('that come out alike share one list, and others do not', () => {
    const rules = [aPurchaseRule(shop), aPurchaseRule(shop, { segments: ['students'] })];
    const sifted = candidatesOf(rules).siftedBy({ channel: null, branch: null, tier: null });
    const list = (segments: string[], ...reasons: (PassedReason | null)[]) =>
      sifted.passed(sifted.placesFor(new Set(segments)), reasons);
    expect(list([], 'BELOW_MINIMUM')).toBe(list(['others'], 'BELOW_MINIMUM'));
    expect(list([], 'BELOW_MINIMUM')).not.toEqual(list([], null));
    expect(list([], 'BELOW_MINIMUM')).not.toEqual(list(['students'], 'BELOW_MINIMUM', null));
  });

  it('are named up to a hundred', () => {
    const rules = Array.from({ length: PASSED_MAX + 1 }, () => aPurchaseRule(shop, { branches: ['north'] }));
    const sifted = candidatesOf(rules).siftedBy({ channel: null, branch: null, tier: null });
    expect(sifted.passed([], []).map(({ ruleId }) => ruleId)).toEqual(rules.slice(0, -1).map(({ id }) => id));
  });
});
