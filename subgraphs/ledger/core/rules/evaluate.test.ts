import fc from 'fast-check';
import { newId } from '../../../../kernel/values/id';
import { aCampaign, aPurchaseRule } from '../../testkit/rules';
import { aRuleBook } from '../../testkit/book';
import { evaluatePurchase, type Evaluated } from './evaluate';
import { reckon } from './explanation';
import { NO_MEMBER_FACTS, type MemberFacts } from './member-facts';
import type { Happened } from './purchase-facts';
import type { PurchaseRule } from './purchase-rule';
import { RuleIndex } from './rule-index';

const book = aRuleBook();
const [shop] = book.brands;
const base = { ...book.earningRules[0]!, points: 1n, perAmountMinor: 100n };
const at = new Date('2026-03-02T11:00:00Z');
const rule = (change: Partial<PurchaseRule>) => aPurchaseRule(shop, change);

interface Scene {
  readonly rules: readonly PurchaseRule[];
  readonly happened?: Partial<Happened>;
  readonly facts?: Partial<MemberFacts>;
  readonly tier?: string | null;
  readonly orders?: readonly Date[];
  readonly heldOut?: readonly string[];
  readonly spent?: readonly string[];
  readonly base?: typeof base;
  readonly timeZone?: string;
}

function evaluate(scene: Scene) {
  const happened: Happened = {
    at,
    amountMinor: 4_999n,
    currency: 'USD',
    channel: 'ONLINE',
    branch: null,
    lines: [],
    ...scene.happened,
  };
  const candidates = new RuleIndex(scene.rules).candidates({
    partnerId: shop,
    at: happened.at,
    channel: happened.channel,
  });
  const asked: Evaluated = {
    happened,
    candidates,
    person: {
      facts: { ...NO_MEMBER_FACTS, ...scene.facts },
      tier: scene.tier ?? 'BASE',
      orders: scene.orders ?? [],
    },
    base: scene.base ?? base,
    tiers: [
      { code: 'BASE', name: 'Base', threshold: 0n as never },
      { code: 'GOLD', name: 'Gold', threshold: 1n as never, multiplierBps: 15_000 },
    ],
    timeZone: scene.timeZone ?? 'Europe/Warsaw',
    conversion: null,
    mayFund: () => true,
    isHeldOut: (campaignId) => (scene.heldOut ?? []).includes(campaignId),
    spent: new Set(scene.spent ?? []),
  };
  const result = evaluatePurchase(asked);
  const given = result.ownPoints + result.campaigns.reduce((sum, { points }) => sum + points, 0n);
  const { amountMinor, fired } = result.explanation;
  expect(reckon({ fired, amountMinor }, amountMinor).reduce((sum, one) => sum + one, 0n)).toBe(given);
  return { ...result, given };
}
const reasons = ({ explanation }: ReturnType<typeof evaluate>) => explanation.passed.map(({ reason }) => reason);

describe('rates', () => {
  const online = rule({ channels: ['ONLINE', 'APP'], effect: { kind: 'RATE', points: 10n, perAmountMinor: 100n } });
  const outlet = rule({ channels: ['TILL'], effect: { kind: 'RATE', points: 5n, perAmountMinor: 100n } });

  it('give 499 for $49.99 online and 249 in an outlet', () => {
    expect(evaluate({ rules: [online, outlet] }).given).toBe(499n);
    expect(evaluate({ rules: [online, outlet], happened: { channel: 'TILL' } }).given).toBe(249n);
    expect(evaluate({ rules: [online, outlet], happened: { channel: null } }).given).toBe(49n);
  });

  it.each([
    ['DOWN', 249n],
    ['HALF_EVEN', 250n],
    ['UP', 250n],
  ] as const)('round %s as the rule says', (rounding, given) => {
    expect(evaluate({ rules: [{ ...outlet, rounding }], happened: { channel: 'TILL' } }).given).toBe(given);
  });

  it('apply to the lines they cover, and the base rate to the rest', () => {
    const lines = [
      { sku: 'A', category: 'shoes', quantity: 1, amountMinor: 3_000n },
      { sku: 'B', category: 'toys', quantity: 1, amountMinor: 1_000n },
    ];
    const shoes = rule({ categories: ['shoes'], effect: { kind: 'RATE', points: 5n, perAmountMinor: 100n } });
    const article = rule({ skus: ['B'], effect: { kind: 'RATE', points: 3n, perAmountMinor: 100n } });
    expect(evaluate({ rules: [shoes, article], happened: { lines } }).given).toBe(150n + 30n + 9n);
  });

  it('share a discount on the whole receipt among its lines', () => {
    const lines = [
      { sku: 'A', category: 'shoes', quantity: 1, amountMinor: 3_000n },
      { sku: 'B', category: null, quantity: 1, amountMinor: 1_000n },
    ];
    const shoes = rule({ categories: ['shoes'], effect: { kind: 'RATE', points: 5n, perAmountMinor: 100n } });
    expect(evaluate({ rules: [shoes], happened: { lines, amountMinor: 2_000n } }).given).toBe(75n + 5n);
  });

  it('compete by priority, then by what is best for the member, and the loser is named', () => {
    const low = rule({ effect: { kind: 'RATE', points: 2n, perAmountMinor: 100n } });
    const high = rule({ effect: { kind: 'RATE', points: 4n, perAmountMinor: 100n } });
    expect(evaluate({ rules: [low, high] }).given).toBe(199n);
    const first = evaluate({ rules: [{ ...low, priority: 1 }, high] });
    expect(first.given).toBe(99n);
    expect(reasons(first)).toEqual(['OUTDONE']);
  });

  it('ask for a minimum and stop at a cap', () => {
    const big = rule({ minAmountMinor: 5_000n, effect: { kind: 'RATE', points: 10n, perAmountMinor: 100n } });
    expect(reasons(evaluate({ rules: [big] }))).toEqual(['BELOW_MINIMUM']);
    expect(evaluate({ rules: [big], happened: { amountMinor: 5_000n } }).given).toBe(500n);
    expect(evaluate({ rules: [{ ...big, capPoints: 120n }], happened: { amountMinor: 5_000n } }).given).toBe(120n);
  });

  it('belong to a branch', () => {
    const north = rule({ branches: ['north'], effect: { kind: 'RATE', points: 2n, perAmountMinor: 100n } });
    expect(evaluate({ rules: [north], happened: { branch: 'north' } }).given).toBe(99n);
    expect(reasons(evaluate({ rules: [north], happened: { branch: 'south' } }))).toEqual(['BRANCH']);
  });
});

describe('stacking', () => {
  const double = { kind: 'MULTIPLIER', bps: 20_000 } as const;

  it('multiplies the tier in: gold earns half as much again', () => {
    expect(evaluate({ rules: [], tier: 'GOLD' }).given).toBe(73n);
  });

  it('multiplies multipliers, adds bonuses, and never multiplies a bonus', () => {
    const bonus = rule({ effect: { kind: 'BONUS', points: 7n } });
    expect(evaluate({ rules: [rule({ effect: double }), rule({ effect: double }), bonus] }).given).toBe(4n * 49n + 7n);
  });

  it('takes of a group only what adds most, whatever its kind', () => {
    const bonus = rule({ group: 'spring', effect: { kind: 'BONUS', points: 48n } });
    const times = rule({ group: 'spring', effect: double });
    const both = evaluate({ rules: [bonus, times] });
    expect(both.given).toBe(98n);
    expect(both.explanation.passed).toEqual([{ ruleId: bonus.id, campaignId: null, reason: 'OUTDONE' }]);
    expect(evaluate({ rules: [{ ...bonus, effect: { kind: 'BONUS', points: 50n } }, times] }).given).toBe(99n);
  });

  it('does not depend on the order rules are listed in', () => {
    const rules = [
      rule({ effect: double }),
      rule({ effect: { kind: 'MULTIPLIER', bps: 13_333 }, priority: 3 }),
      rule({ effect: { kind: 'EXTRA_RATE', points: 3n, perAmountMinor: 700n } }),
      rule({ group: 'g', effect: { kind: 'BONUS', points: 5n } }),
      rule({ group: 'g', effect: { kind: 'BONUS', points: 5n } }),
    ];
    const first = evaluate({ rules });
    fc.assert(
      fc.property(fc.shuffledSubarray(rules, { minLength: rules.length }), (shuffled) => {
        expect(evaluate({ rules: shuffled }).explanation).toEqual(first.explanation);
      }),
      { numRuns: 30 },
    );
  });
});

describe('a campaign', () => {
  const payer = newId('ptr');
  const week = (change: Partial<PurchaseRule> = {}, terms = {}) =>
    rule({
      from: new Date('2026-03-01T23:00:00Z'),
      until: new Date('2026-03-08T23:00:00Z'),
      effect: { kind: 'MULTIPLIER', bps: 20_000 },
      campaign: aCampaign(payer, terms),
      ...change,
    });

  it('is a part of its own: the base is not changed by it', () => {
    const { ownPoints, campaigns } = evaluate({ rules: [week()] });
    expect(ownPoints).toBe(49n);
    expect(campaigns.map(({ points, funding }) => [points, funding])).toEqual([
      [49n, [{ partyId: payer, bps: 10_000 }]],
    ]);
  });

  it.each([
    ['2026-03-01T22:59:59.999Z', 49n],
    ['2026-03-01T23:00:00Z', 98n],
    ['2026-03-08T22:59:59.999Z', 98n],
    ['2026-03-08T23:00:00Z', 49n],
  ])('runs from Monday 00:00 to Sunday 23:59 of the programme: at %s', (instant, given) => {
    expect(evaluate({ rules: [week()], happened: { at: new Date(instant) } }).given).toBe(given);
  });

  it('earns by its phase', () => {
    const phase = (name: string, scene: Partial<Scene> = {}) =>
      reasons(evaluate({ ...scene, rules: [week({ segments: name === 'SOFT' ? ['friends'] : [] }, { phase: name })] }));
    expect(phase('TEASER')).toEqual(['TEASER']);
    expect(phase('SOFT')).toEqual(['SEGMENT']);
    expect(phase('SOFT', { facts: { segments: new Set(['friends']) } })).toEqual([]);
    expect(phase('IN_STORE')).toEqual(['CHANNEL']);
    expect(phase('IN_STORE', { happened: { channel: 'TILL' } })).toEqual([]);
    expect(phase('FULL')).toEqual([]);
  });

  it('gives nothing out of a spent budget; the base earns and the reason is told', () => {
    const campaign = week();
    const spent = evaluate({ rules: [campaign], spent: [campaign.campaign!.id] });
    expect([spent.given, reasons(spent)]).toEqual([49n, ['BUDGET_SPENT']]);
  });

  it('gives nothing to whom an experiment holds out, and what it always gives to the others', () => {
    const [held, other] = [week(), week()];
    const given = evaluate({ rules: [held, other], heldOut: [held.campaign!.id] });
    expect(given.explanation.passed).toEqual([{ ruleId: held.id, campaignId: held.campaign!.id, reason: 'HELD_OUT' }]);
    expect(given.given).toBe(evaluate({ rules: [other] }).given);
  });
});

describe('conditions', () => {
  const order = (day: string) => new Date(`${day}T12:00:00Z`);

  it('reward the fifth order of a quarter of the programme', () => {
    const fifth = rule({ condition: 'orders.quarter == 5' });
    const four = ['2026-01-01', '2026-01-09', '2026-02-01', '2026-03-01'].map(order);
    expect(evaluate({ rules: [fifth], orders: four }).given).toBe(59n);
    expect(evaluate({ rules: [fifth], orders: [...four, order('2026-03-01')] }).given).toBe(49n);
    expect(evaluate({ rules: [fifth], orders: [order('2025-12-31'), ...four.slice(1)] }).given).toBe(49n);
  });

  it.each([
    ['Europe/Warsaw', '2025-12-31T23:00:00Z', 1n],
    ['Europe/Warsaw', '2025-12-31T22:59:59.999Z', 0n],
    ['Asia/Riyadh', '2025-12-31T21:00:00Z', 1n],
    ['Asia/Riyadh', '2025-12-31T20:59:59.999Z', 0n],
    ['Asia/Tehran', '2025-12-31T20:30:00Z', 1n],
    ['Asia/Tehran', '2025-12-31T20:29:59.999Z', 0n],
  ])('count in %s from its own midnight: %s', (timeZone, instant, counted) => {
    const second = rule({ condition: 'orders.quarter == 2' });
    expect(evaluate({ rules: [second], timeZone, orders: [new Date(instant)] }).given).toBe(49n + 10n * counted);
  });

  it.each([
    ['before the clocks go forward', '2026-03-29T00:59:00Z', 1n],
    ['after the clocks went forward, at three', '2026-03-29T01:00:00Z', 3n],
    ['in the first of the doubled hours', '2026-10-25T00:30:00Z', 2n],
    ['in the second of the doubled hours', '2026-10-25T01:30:00Z', 2n],
  ])('read the clock of the programme %s', (_, instant, hour) => {
    const timed = rule({ condition: `time.hour == ${hour}` });
    expect(evaluate({ rules: [timed], happened: { at: new Date(instant) } }).given).toBe(59n);
  });

  it('know the hour, the distance and the weather', () => {
    const cold = rule({
      condition: 'time.hour >= 8 && time.hour < 10 && place.distance < 500.0 && weather.temperature < 5.0',
    });
    const eight = new Date('2026-03-02T07:00:00Z');
    const told = { at: eight, distanceMetres: 499, temperatureCelsius: 4 };
    expect(evaluate({ rules: [cold], happened: told }).given).toBe(59n);
    expect(reasons(evaluate({ rules: [cold], happened: { ...told, temperatureCelsius: 5 } }))).toEqual([
      'CONDITION_FALSE',
    ]);
    expect(reasons(evaluate({ rules: [cold], happened: { at: eight } }))).toEqual(['FACTS_NOT_TOLD']);
  });

  it('that fail cost the rule, not the purchase', () => {
    const failing = rule({ condition: 'attributes.none > 3' });
    const unread = rule({ condition: 'purchase.amount > "x"' });
    const result = evaluate({ rules: [failing, unread, rule({})] });
    expect(result.given).toBe(59n);
    expect(reasons(result)).toEqual(['CONDITION_FAILED', 'CONDITION_FAILED']);
    expect(result.failures).toHaveLength(2);
  });
});

describe('a sign-up window', () => {
  const offer = rule({ signUpDays: 7, effect: { kind: 'BONUS', points: 200n } });
  const enrolledAt = new Date('2026-03-02T22:59:59Z');

  it.each([
    ['the last minute of day 7', '2026-03-09T22:59:59.999Z', 249n],
    ['the first instant of day 8', '2026-03-09T23:00:00Z', 49n],
    ['the day of enrolment', '2026-03-02T22:59:59Z', 249n],
    ['the day before', '2026-03-01T22:00:00Z', 49n],
  ])('ends with a day of the programme: %s', (_, instant, given) => {
    expect(evaluate({ rules: [offer], facts: { enrolledAt }, happened: { at: new Date(instant) } }).given).toBe(given);
  });

  it('does not open for a member whose enrolment is not known', () => {
    expect(reasons(evaluate({ rules: [offer] }))).toEqual(['SIGN_UP_WINDOW']);
  });
});

describe('what a smaller purchase would have earned', () => {
  it('never gives more for less, and nothing for nothing, by any rules', () => {
    const effects = fc.oneof(
      fc.record({ kind: fc.constant('BONUS' as const), points: fc.bigInt(0n, 50n) }),
      fc.record({ kind: fc.constant('MULTIPLIER' as const), bps: fc.integer({ min: 10_000, max: 40_000 }) }),
      fc.record({
        kind: fc.constant('EXTRA_RATE' as const),
        points: fc.bigInt(0n, 9n),
        perAmountMinor: fc.bigInt(1n, 500n),
      }),
    );
    const rules = fc.array(fc.record({ effect: effects, minAmountMinor: fc.bigInt(0n, 3_000n) }), { maxLength: 4 });
    fc.assert(
      fc.property(rules, fc.bigInt(0n, 4_999n), fc.bigInt(0n, 4_999n), (some, a, b) => {
        const { explanation, given } = evaluate({ rules: some.map((one) => rule(one)) });
        const total = (kept: bigint) => reckon(explanation, kept).reduce((sum, one) => sum + one, 0n);
        const [less, more] = a < b ? [a, b] : [b, a];
        expect(total(less) <= total(more) && total(more) <= given).toBe(true);
        expect(total(0n)).toBe(0n);
      }),
      { numRuns: 200 },
    );
  });

  it('falls back to the base rate below the minimum of a rate', () => {
    const big = rule({ minAmountMinor: 3_000n, effect: { kind: 'RATE', points: 10n, perAmountMinor: 100n } });
    const { explanation } = evaluate({ rules: [big] });
    const total = (kept: bigint) => reckon(explanation, kept).reduce((sum, one) => sum + one, 0n);
    expect([total(4_999n), total(3_000n), total(2_999n)]).toEqual([499n, 300n, 29n]);
  });
});
