import type { Principal } from '../../kernel/context/principal';
import { newId } from '../../kernel/values/id';
import { ledgerDefinition } from './main';
import { aRuleBook } from './testkit/book';
import { inputsAt, RECORD } from './testkit/documents';
import { expectTheBookToAddUp, LedgerGraph, NOW } from './testkit/ledger-graph';
import { aCampaign, aPurchaseRule } from './testkit/rules';

const plain = aRuleBook();
const [shop, payer] = plain.brands;
const other = newId('ptr');
const rule = (change: Parameters<typeof aPurchaseRule>[1]) => aPurchaseRule(shop, change);
const rules = [
  rule({ channels: ['ONLINE'], effect: { kind: 'RATE', points: 3n, perAmountMinor: 100n } }),
  rule({ categories: ['shoes'], effect: { kind: 'EXTRA_RATE', points: 1n, perAmountMinor: 50n }, rounding: 'UP' }),
  rule({ condition: 'orders.year == 3', effect: { kind: 'BONUS', points: 25n } }),
  rule({ condition: 'has(attributes.rain) && attributes.rain == true', effect: { kind: 'BONUS', points: 2n } }),
  rule({ tiers: ['SILVER', 'GOLD'], group: 'g', effect: { kind: 'MULTIPLIER', bps: 12_000 } }),
  rule({
    branches: ['north'],
    group: 'g',
    effect: { kind: 'BONUS', points: 9n },
    campaign: aCampaign(payer, { budgetPoints: 60n }),
  }),
];
const book = {
  ...plain,
  partners: [...plain.partners, { id: other, code: 'P03', canIssue: true, canRedeem: true, status: 'ACTIVE' as const }],
  contracts: plain.contracts.map((one) => ({ ...one, reimbursementMicros: 8_000n, feeMicros: 500n })),
  purchaseRules: rules,
  conversionRates: [{ currency: 'USD', day: '2026-03-01', rate: '0.9', source: 'ECB reference rate' }],
  tiers: plain.tiers.map((tier) => (tier.code === 'GOLD' ? { ...tier, multiplierBps: 15_000 } : tier)),
};
const graph = LedgerGraph.forThisFile(ledgerDefinition, book);
const people = (partnerId = shop): Principal => ({
  kind: 'staff',
  programmeId: graph.programmeId,
  partnerId,
  subject: 'sten',
});

const EARNED =
  'points effectiveRebateBps costs { micros party { isHub partner { id } } cost { amountMinor currency } }';
const SIMULATE = `query ($input: SimulateRuleInput!) { simulateRule(input: $input) { __typename
  ... on Refusal { code } ... on InvalidInput { field } ... on ConditionNotValid { position } ... on SimulationTooLarge { purchasesMax }
  ... on SimulateRuleSuccess { purchases members turnover { amountMinor currency } postedPoints inForce { ${EARNED} }
    simulated { ${EARNED} } purchasesChanged membersChanged budget { givenPoints budgetPoints spentAt } } } }`;
const TRY = `query ($input: TryEarningRuleInput!) { tryEarningRule(input: $input) { __typename
  ... on Refusal { code } ... on InvalidInput { field }
  ... on TryEarningRuleSuccess { trials { points draftPoints draftReason
    explanation { fired { source points } passed { ruleId reason } } } } } }`;

const stretch = { from: '2026-03-01T00:00:00Z', to: '2026-03-10T12:00:00Z' };
const simulate = async (input: object, who: Principal = people()) => {
  const { data, codes } = await graph.ask(who, SIMULATE, { input: { ...stretch, ...input } });
  return data?.simulateRule ?? codes;
};
const aDraft = (change: object = {}) => ({ name: 'Tried', effect: { kind: 'BONUS', points: '7' }, ...change });

/** The same numbers each time: a purchase of each kind comes to each member. */
function* dice(): Generator<number> {
  for (let seed = 7; ;) yield (seed = (seed * 48_271) % 2_147_483_647);
}

describe('a simulation', () => {
  const members = Array.from({ length: 5 }, () => graph.enrol({ [shop]: 'OPEN', [other]: 'OPEN' }));
  const from = new Date(stretch.from).getTime();
  const PURCHASES = 60;

  beforeAll(async () => {
    const throws = dice();
    const one = <T>(...of: T[]): T => of[(throws.next().value as number) % of.length]!;
    for (let n = 0; n < PURCHASES; n += 1) {
      const lines = [{ sku: 'a', category: 'shoes', quantity: 1, amount: { amountMinor: '1234', currency: 'EUR' } }];
      const isForeign = one(true, false, false, false);
      const { sale } = inputsAt(new Date(from + n * 3_600_000));
      const bought = sale(members[n % members.length]!, BigInt(2_000 + ((throws.next().value as number) % 20_000)), {
        channel: one('ONLINE', 'TILL', null),
        branch: one('north', null),
        ...(isForeign ? {} : { lines: one(lines, null) }),
        ...(one(true, false) ? { attributes: { rain: true } } : {}),
      });
      const amount = isForeign ? { ...bought.amount, currency: 'USD' } : bought.amount;
      await graph.run(graph.partner(shop), RECORD, { ...bought, amount });
    }
  });

  it('of the rules that were in force comes to the points that were posted, purchase by purchase', async () => {
    const whole = await simulate({});
    expect(whole).toMatchObject({
      purchases: PURCHASES,
      members: 5,
      purchasesChanged: 0,
      membersChanged: 0,
      budget: null,
    });
    expect([whole.inForce.points, whole.simulated.points]).toEqual([whole.postedPoints, whole.postedPoints]);
    // Each rule counts for something: without it another sum comes out, so a replay that passed one over would be seen.
    for (const { id } of rules) {
      const without = await simulate({ without: [id] });
      expect(without.simulated.points).not.toBe(whole.postedPoints);
      expect(without.inForce.points).toBe(whole.postedPoints);
    }
    const days = await Promise.all(
      [0, 1, 2].map((day) => simulate({ from: at(day * 24), to: at(day * 24 + 24), without: [rules[5]!.id] })),
    );
    expect(days.map(({ purchases }) => purchases)).toEqual([24, 24, 12]);
  });
  const at = (hours: number) => new Date(from + hours * 3_600_000).toISOString();

  it('says what ten points a euro are: a rebate of 10 %', async () => {
    const ids = rules.map(({ id }) => id);
    const rate = { kind: 'RATE', points: '10', perAmountMinor: '100' };
    const ten = await simulate({ draft: aDraft({ effect: rate }), without: ids, from: at(0), to: at(5) });
    const { inForce, simulated, turnover } = ten;
    expect(Number(simulated.points)).toBeGreaterThanOrEqual((Number(turnover.amountMinor) / 100) * 10 - 5 * 10);
    expect(Math.round(simulated.effectiveRebateBps / 10)).toBe(100);
    expect(inForce.effectiveRebateBps).toBeLessThan(1_000);
    expect(ten).toMatchObject({ purchases: 5, purchasesChanged: 5, membersChanged: 5 });
  });

  it('divides the cost among who would pay, fees included', async () => {
    const campaign = {
      ...{ phase: 'FULL', purpose: 'EARNING' },
      funding: [
        { partnerId: shop, bps: 4_000 },
        { partnerId: payer, bps: 6_000 },
      ],
    };
    const draft = aDraft({ campaign, branches: ['north'], channels: ['TILL'] });
    const without = rules.map(({ id }) => id);
    const { simulated, budget } = await simulate({ draft, without });
    const { purchasesChanged } = await simulate({ draft });
    const given = 7n * BigInt(purchasesChanged);
    expect(given > 0n && purchasesChanged < PURCHASES).toBe(true);
    expect(budget).toEqual({ givenPoints: given.toString(), budgetPoints: null, spentAt: null });
    const costs = (of: typeof simulated) =>
      new Map<string, bigint>(
        of.costs.map((one: { party: { partner: { id: string } }; micros: string }) => [
          one.party.partner.id,
          BigInt(one.micros),
        ]),
      );
    const own = BigInt(simulated.points) - given;
    // 0.0085 a point: 0.008 for the redeemer and 0.0005 for the programme; shares of each in whole millionths.
    expect(costs(simulated).get(payer)).toBe((given * 8_500n * 6n) / 10n);
    expect(costs(simulated).get(shop)).toBe(own * 8_500n + (given * 8_500n * 4n) / 10n);
  });

  it('burns a budget to where it no longer holds what is asked, and says when', async () => {
    const campaign = { phase: 'FULL', purpose: 'LIFECYCLE', budgetPoints: '20' };
    const { budget, purchasesChanged } = await simulate({ draft: aDraft({ campaign }) });
    expect(budget).toEqual({
      givenPoints: '14',
      budgetPoints: '20',
      spentAt: new Date(from + 2 * 3_600_000).toISOString(),
    });
    expect(purchasesChanged).toBe(2);
  });

  it('writes nothing into any table', async () => {
    const before = await graph.written();
    expect(before.length).toBeGreaterThan(20);
    await simulate({ draft: aDraft({ campaign: { phase: 'FULL', purpose: 'EARNING', budgetPoints: '20' } }) });
    await graph.ask(people(), TRY, { input: { draft: aDraft(), purchases: [example()] } });
    expect(await graph.written()).toEqual(before);
    await graph.run(graph.partner(shop), RECORD, inputsAt(NOW).sale(members[0]!, 100n));
    expect(await graph.written()).not.toEqual(before);
  });

  it('is for the partner’s own people and the admin, and for nobody else', async () => {
    expect(await simulate({ partnerId: shop }, graph.admin())).toMatchObject({ __typename: 'SimulateRuleSuccess' });
    expect(await simulate({}, graph.admin())).toMatchObject({ code: 'INVALID_INPUT', field: 'input.partnerId' });
    expect(await simulate({ partnerId: newId('ptr') }, graph.admin())).toMatchObject({ code: 'NOT_FOUND' });
    expect(await simulate({ partnerId: shop }, people(other))).toMatchObject({ code: 'FORBIDDEN' });
    expect(await simulate({}, people(other))).toMatchObject({ purchases: 0, inForce: { effectiveRebateBps: null } });
    const strangers = graph.everyKind({ partnerId: shop, memberId: members[0]! });
    for (const kind of ['anonymous', 'partner', 'member', 'finance', 'host'] as const) {
      expect(await simulate({ partnerId: shop }, strangers[kind])).toMatchObject({ code: 'FORBIDDEN' });
    }
  });

  it('is refused for what could not be saved either, and for too long a stretch', async () => {
    const refusal = (draft: object) => simulate({ draft: aDraft(draft) });
    expect(await refusal({ condition: 'purchase.discount > 1' })).toMatchObject({
      ...{ code: 'PARTNERS_CONDITION_NOT_VALID', position: 9 },
    });
    expect(await refusal({ effect: { kind: 'MULTIPLIER', bps: 9_999 } })).toMatchObject({
      field: 'input.draft.effect.bps',
    });
    const stranger = { phase: 'FULL', purpose: 'EARNING', funding: [{ partnerId: newId('ptr'), bps: 10_000 }] };
    expect(await refusal({ campaign: stranger })).toMatchObject({ field: 'input.draft.campaign.funding' });
    expect(await simulate({ from: stretch.to })).toMatchObject({ code: 'INVALID_INPUT', field: 'input.to' });
    expect(await simulate({ from: '2025-01-01T00:00:00Z' })).toMatchObject({
      code: 'INVALID_INPUT',
      field: 'input.to',
    });
  });

  const example = (change: object = {}) => ({ amount: { amountMinor: '1000', currency: 'EUR' }, ...change });
  const tryOn = async (input: object) => {
    const { data, codes } = await graph.ask(people(), TRY, { input });
    return data?.tryEarningRule ?? codes;
  };

  it('of examples says what a draft gives to each and why it gives nothing', async () => {
    const draft = aDraft({
      ...{ tiers: ['GOLD'], segments: ['students'], signUpDays: 7, minAmountMinor: '500', branches: ['south'] },
      condition: 'orders.year == 2 && place.distance < 500.0',
    });
    const good = {
      tier: 'GOLD',
      segments: ['students'],
      enrolledDays: 7,
      branch: 'south',
      orders: 2,
      distanceMetres: 499,
    };
    const cases: [object, string | null][] = [
      [{}, null],
      [{ branch: 'north' }, 'BRANCH'],
      [{ tier: 'BASE' }, 'TIER'],
      [{ segments: [] }, 'SEGMENT'],
      [{ enrolledDays: 8 }, 'SIGN_UP_WINDOW'],
      [{ amount: { amountMinor: '499', currency: 'EUR' } }, 'BELOW_MINIMUM'],
      [{ orders: 3 }, 'CONDITION_FALSE'],
      [{ distanceMetres: null }, 'FACTS_NOT_TOLD'],
    ];
    const { trials } = await tryOn({ draft, purchases: cases.map(([change]) => example({ ...good, ...change })) });
    expect(trials.map((trial: { draftReason: string | null }) => trial.draftReason)).toEqual(
      cases.map(([, why]) => why),
    );
    expect(trials.map((trial: { draftPoints: string }) => trial.draftPoints)).toEqual(['7', ...Array(7).fill('0')]);
    // 10 of base, 5 more on gold, 20 % of these 15 in the group, 7 of the draft.
    expect(trials[0].points).toBe('25');
    expect(trials[0].explanation.fired.map(({ source }: { source: string }) => source)).toEqual([
      'BASE',
      'TIER',
      'RULE',
      'RULE',
    ]);
  });

  it('of examples is refused for an example that could not be recorded', async () => {
    expect(await tryOn({ purchases: Array(51).fill(example()) })).toMatchObject({ field: 'input.purchases' });
    expect(await tryOn({ purchases: [example({ orders: 0 })] })).toMatchObject({ field: 'input.purchases[0].orders' });
    expect(await tryOn({ purchases: [example({ amount: { amountMinor: '1', currency: 'SEK' } })] })).toMatchObject({
      ...{ code: 'LEDGER_CURRENCY_NOT_ACCEPTED' },
    });
    expect(await tryOn({ purchases: [example({ occurredAt: '2019-01-01T00:00:00Z' })] })).toMatchObject({
      ...{ code: 'LEDGER_PROGRAMME_NOT_READY' },
    });
    expect(
      (await graph.ask(people(other), TRY, { input: { partnerId: shop, purchases: [] } })).data.tryEarningRule,
    ).toMatchObject({
      ...{ code: 'FORBIDDEN' },
    });
  });
});

expectTheBookToAddUp(graph);
