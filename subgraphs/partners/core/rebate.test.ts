import { newId } from '../../../kernel/values/id';
import type { EarningRule } from './earning-rule';
import type { InForce, PurchaseRule } from './purchase-rule';
import { judgeRebate, type JudgedPart, type RebateRules } from './rebate';

const shop = newId('ptr');
const from = new Date('2026-03-01T00:00:00Z');
const later = new Date('2026-06-01T00:00:00Z');
const base = (points: bigint, validFrom = new Date('2020-01-01T00:00:00Z'), version = 1): EarningRule => ({
  ...{ id: newId('rul'), partnerId: shop, version, kind: 'BASE_RATE', points, perAmountMinor: 100n, validFrom },
  pendingDays: 0,
});
type Terms = NonNullable<PurchaseRule['terms']>;
const rule = (terms: Partial<Terms>, window: Partial<InForce> = {}): InForce => ({
  ...{ id: newId('rul'), partnerId: shop, code: 'r', version: 1, campaignId: null, validFrom: from, validUntil: null },
  until: null,
  ...window,
  terms: { name: 'r', effect: { kind: 'RATE', points: 10n, perAmountMinor: 100n }, campaign: null, ...terms },
});
const double = { kind: 'MULTIPLIER', bps: 20_000 } as const;
const bonus = (points: bigint) => ({ kind: 'BONUS', points }) as const;
const part: JudgedPart = {
  ...{ partnerId: shop, from, until: null, channels: [], branches: [], tiers: [], segments: [] },
};
const book = (rules: readonly InForce[], earningRules = [base(1n)]): RebateRules => ({
  programme: {
    faceValueMicros: 10_000n,
    currency: 'USD',
    tiers: [
      { code: 'BASE', name: 'Base', thresholdPoints: 0n },
      { code: 'GOLD', name: 'Gold', thresholdPoints: 1n, multiplierBps: 15_000 },
    ],
  },
  earningRules,
  rules,
});
const judge = (rules: readonly InForce[], change: Partial<JudgedPart> = {}, before: readonly InForce[] = []) =>
  judgeRebate({ ...part, tiers: ['BASE'], ...change }, { after: book(rules), before: book(before) });
const bps = (...given: Parameters<typeof judge>) => judge(...given).bps;

describe('the most a purchase can bring back', () => {
  it('is 10 % for ten points a dollar of 0.01 each, and half as much again on gold', () => {
    expect(bps([rule({})])).toBe(1_000);
    expect(bps([rule({})], { tiers: [] })).toBe(1_500);
    expect(bps([])).toBe(100);
  });

  it('takes the best rate, multiplies it, adds extras, and of a group the best of each kind', () => {
    const extra = { kind: 'EXTRA_RATE', points: 1n, perAmountMinor: 50n } as const;
    expect(bps([rule({}), rule({ effect: { kind: 'RATE', points: 4n, perAmountMinor: 100n } })])).toBe(1_000);
    expect(bps([rule({}), rule({ effect: double }), rule({ effect: double }), rule({ effect: extra })])).toBe(4_200);
    expect(bps([rule({}), rule({ effect: double, group: 'g' }), rule({ effect: double, group: 'g' })])).toBe(2_000);
    expect(bps([rule({}), rule({ effect: double, group: 'g' }), rule({ effect: extra, group: 'g' })])).toBe(2_200);
  });

  it('is not hidden by what else is in its group: a purchase may miss the other, or get less by it', () => {
    const extra = { kind: 'EXTRA_RATE', points: 11n, perAmountMinor: 100n } as const;
    const inGroup = [rule({ effect: double, group: 'g' }), rule({ effect: extra, group: 'g', condition: 'false' })];
    const triple = rule({ effect: { kind: 'MULTIPLIER', bps: 30_000 } });
    expect(bps([rule({}), ...inGroup, triple])).toBeGreaterThanOrEqual(6_000);
    const twenty = rule({ effect: { kind: 'MULTIPLIER', bps: 200_000 }, group: 'g' });
    const one = rule({ effect: bonus(1n), group: 'g' });
    expect(judge([rule({}), one, twenty], {}, [rule({}), one])).toMatchObject({
      ...{ isRaised: true, boundedBps: 20_000, unboundedPoints: 1n, boundedRise: { boundedBps: 20_000 } },
    });
  });

  it('is raised by a multiplier in the place of a bonus without a minimum', () => {
    const before = [rule({ effect: bonus(1n) })];
    expect(judge([rule({ effect: double })], {}, before)).toMatchObject({ isRaised: true, bps: 200 });
    const students = rule({ effect: bonus(1n), segments: ['students'] });
    const judged = judge([students, rule({ effect: double, segments: ['parents'] })]);
    expect(judged).toMatchObject({ bps: null, boundedBps: 200, unboundedPoints: 1n, boundedRise: { boundedBps: 200 } });
  });

  it('of a bonus is by the least it asks for; without one there is no most', () => {
    expect(bps([rule({ effect: bonus(50n), minAmountMinor: 1_000n })])).toBe(100 + 500);
    expect(judge([rule({ effect: bonus(50n) })])).toMatchObject({ bps: null, boundedBps: 100, unboundedPoints: 50n });
    expect(judge([rule({ effect: bonus(0n) })]).bps).toBe(100);
  });

  it('does not count what is elsewhere, at another time, for others, or only shown', () => {
    const apart = [
      rule({ effect: double, branches: ['south'] }),
      rule({ effect: double, tiers: ['GOLD'] }),
      rule({ effect: double }, { validFrom: new Date('2020-01-01T00:00:00Z'), until: from }),
      rule({ effect: double }, { partnerId: newId('ptr') }),
      rule({ effect: double, channels: ['TILL'] }),
      rule({ effect: double, campaign: { phase: 'TEASER', purpose: 'EARNING', funding: [] } }),
    ];
    expect(bps([rule({}), ...apart], { branches: ['north'], channels: ['ONLINE'] })).toBe(1_000);
    expect(bps([rule({}), ...apart], { branches: ['south'], channels: ['TILL'] })).toBe(4_000);
  });

  it('takes a member to be in one segment at a time', () => {
    const doubled = ['students', 'parents'].map((segment) => rule({ effect: double, segments: [segment] }));
    expect(bps([rule({}), ...doubled])).toBe(2_000);
    expect(bps([rule({}), ...doubled, rule({ effect: double, segments: ['students', 'parents'] })])).toBe(4_000);
    expect(bps([rule({}), ...doubled], { segments: ['others'] })).toBe(1_000);
  });

  it('is looked for at every instant at which a rule begins', () => {
    const june = rule({ effect: double }, { validFrom: later });
    expect(bps([rule({}), june])).toBe(2_000);
    expect(bps([rule({}), june], { until: later })).toBe(1_000);
  });

  it('is raised where it was less before, though more comes back at another time', () => {
    const spring = rule({ effect: { kind: 'RATE', points: 30n, perAmountMinor: 100n } }, { until: later });
    const all = rule({});
    expect(judge([spring, all], {}, [spring])).toMatchObject({ isRaised: false });
    const summer = base(1n, later, 2);
    const books = (rules: InForce[]) => book(rules, [base(1n), summer]);
    expect(
      judgeRebate({ ...part, tiers: ['BASE'] }, { after: books([spring, all]), before: books([spring]) }),
    ).toMatchObject({
      ...{ isRaised: true, bps: 1_000 },
    });
  });

  it('is raised by one more bonus without a minimum', () => {
    const one = rule({ effect: bonus(5n) });
    expect(judge([one, rule({ effect: bonus(7n) })], {}, [one])).toMatchObject({
      isRaised: true,
      unboundedPoints: 12n,
    });
    expect(judge([one], {}, [one])).toMatchObject({ isRaised: false });
    // It opens no loop: what is multiplied stays as it was.
    expect(judge([one, rule({ effect: bonus(7n) })], {}, [one]).boundedRise).toBeNull();
  });
});
