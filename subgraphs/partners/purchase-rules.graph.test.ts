import { partnersDefinition } from './main';
import { PartnersGraph, type Founded } from './testkit/partners-graph';

let graph: PartnersGraph;
let shop: Founded;
beforeAll(async () => {
  graph = await PartnersGraph.open(partnersDefinition);
  shop = await graph.found({
    tiers: [
      { code: 'BASE', name: 'Base', thresholdPoints: '0' },
      { code: 'GOLD', name: 'Gold', thresholdPoints: '100', multiplierBps: 15_000 },
    ],
  });
});
afterAll(() => graph.close());

const RULE =
  '... on PurchaseRuleSuccess { rule { id code version campaignId isStopped } } ... on ConditionNotValid { position }';
let codes = 0;
const aRule = (change: object = {}) => ({
  ...{ partnerId: shop.partnerId, code: `rule-${(codes += 1)}`, name: 'Online', validFrom: '2026-03-01T00:00:00Z' },
  effect: { kind: 'RATE', points: '10', perAmountMinor: '100' },
  ...change,
});
const aCampaign = (change: object = {}) =>
  aRule({ effect: { kind: 'MULTIPLIER', bps: 20_000 }, phase: 'FULL', purpose: 'EARNING', ...change });
const change = (name: string, input: object) =>
  graph
    .ask(
      shop.admin,
      `mutation ($input: ${inputOf(name)}!) {
  ${name}(input: $input) { __typename ... on Refusal { code } ... on InvalidInput { field }
    ${/^set(Conv|Purp)/.test(name) ? '' : RULE} } }`,
      {
        input: { idempotencyKey: `k${(codes += 1)}`, ...input },
      },
    )
    .then(({ data, codes: faults }) => data?.[name] ?? faults);
const inputOf = (name: string) => `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
const published = async (code: string) => {
  const book = await graph.lastBook(shop.programmeId);
  const ids = await graph.database.pool.query<{ id: string }>('select id from purchase_rule where code = $1', [code]);
  return book.purchaseRules.filter((rule: { id: string }) => ids.rows.some(({ id }) => id === rule.id));
};

describe('a rule for purchases', () => {
  it('is published whole, with nothing left to work out', async () => {
    const input = aRule({ channels: ['ONLINE'], condition: 'purchase.amount > 1000', capPoints: '500' });
    expect(await change('setPurchaseRule', input)).toMatchObject({ rule: { code: input.code, version: 1 } });
    expect(await published(input.code)).toMatchObject([
      {
        ...{ from: '2026-03-01T00:00:00.000Z', until: null, channels: ['ONLINE'], capPoints: '500', campaign: null },
        ...{ effect: { kind: 'RATE', points: '10', perAmountMinor: '100' }, condition: 'purchase.amount > 1000' },
      },
    ]);
  });

  it('ends where its next version begins, and at once when it is stopped', async () => {
    const first = aRule();
    await change('setPurchaseRule', first);
    await change('setPurchaseRule', { ...first, validFrom: '2026-06-01T00:00:00Z' });
    expect((await published(first.code)).map(({ until }: { until: string }) => until)).toEqual([
      '2026-06-01T00:00:00.000Z',
      null,
    ]);
    const { partnerId, code } = first;
    expect(await change('stopPurchaseRule', { partnerId, code })).toMatchObject({
      rule: { isStopped: true, version: 3 },
    });
    expect((await published(code)).map(({ until }: { until: string }) => until)).toEqual(['2026-03-01T10:00:00.000Z']);
  });

  it.each([
    ['purchase.amount > "x"', 0],
    ['purchase.discount > 1', 9],
    ['purchase.amount', 0],
  ])('is refused with the place of what is wrong in %s', async (condition, position) => {
    expect(await change('setPurchaseRule', aRule({ condition }))).toMatchObject({
      ...{ code: 'PARTNERS_CONDITION_NOT_VALID', position },
    });
  });

  it('says which field cannot be what it says', async () => {
    const bad = aRule({ effect: { kind: 'MULTIPLIER', bps: 9_999 } });
    expect(await change('setPurchaseRule', bad)).toMatchObject({ code: 'INVALID_INPUT', field: 'input.effect.bps' });
  });

  it('is known to the ledger with the multiplier of each tier', async () => {
    const { tiers } = await graph.lastBook(shop.programmeId);
    expect(tiers.map((tier: { multiplierBps: number }) => tier.multiplierBps)).toEqual([10_000, 15_000]);
  });
});

describe('a campaign', () => {
  it('keeps its id through its phases and ends at once when it is stopped', async () => {
    const input = aCampaign({ phase: 'TEASER', budgetPoints: '1000' });
    const { rule } = await change('createCampaign', input);
    await change('changeCampaign', { ...input, phase: 'FULL', validFrom: '2026-03-05T00:00:00Z' });
    expect((await published(input.code)).map(({ campaign }: { campaign: object }) => campaign)).toMatchObject([
      {
        id: rule.campaignId,
        phase: 'TEASER',
        budgetPoints: '1000',
        funding: [{ partnerId: shop.partnerId, bps: 10_000 }],
      },
      { id: rule.campaignId, phase: 'FULL' },
    ]);
    await change('stopCampaign', { partnerId: shop.partnerId, code: input.code });
    expect(await published(input.code)).toMatchObject([{ until: '2026-03-01T10:00:00.000Z' }]);
  });

  it('is not begun twice, and not changed when it was never begun', async () => {
    const input = aCampaign();
    await change('createCampaign', input);
    expect(await change('createCampaign', input)).toMatchObject({ code: 'PARTNERS_RULE_CODE_TAKEN' });
    expect(await change('changeCampaign', aCampaign())).toMatchObject({ code: 'NOT_FOUND' });
    expect(await change('stopCampaign', { partnerId: shop.partnerId, code: 'none' })).toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it.each([
    ['shares that are not the whole', { bps: 9_000 }, {}, 'input.funding'],
    ['a soft launch to nobody', { bps: 10_000 }, { phase: 'SOFT' }, 'input.segments'],
  ])('refuses %s', async (_, { bps }, terms, field) => {
    const input = aCampaign({ funding: [{ partnerId: shop.partnerId, bps }], ...terms });
    expect(await change('createCampaign', input)).toMatchObject({ code: 'INVALID_INPUT', field });
  });

  it('shows in the calendar what it meets', async () => {
    // A partner of its own: rules of the tests before would stack to more than a purchase costs.
    const partnerId = await graph.join(shop.admin);
    const window = { partnerId, validFrom: '2027-01-01T00:00:00Z', validUntil: '2027-01-08T00:00:00Z' };
    const [a, b] = [aCampaign(window), aCampaign({ ...window, validFrom: '2027-01-05T00:00:00Z' })];
    const apart = aCampaign({ ...window, effect: { kind: 'BONUS', points: '5' } });
    const begun: string[] = [];
    for (const one of [a, b, apart]) begun.push((await change('createCampaign', one)).rule.campaignId);
    const { data } = await graph.ask(
      shop.admin,
      `{ campaignCalendar(from: "2027-01-01T00:00:00Z", to: "2027-02-01T00:00:00Z") { code conflictingCampaignIds } }`,
    );
    const met = new Map(
      data.campaignCalendar.map((one: { code: string; conflictingCampaignIds: string[] }) => [
        one.code,
        one.conflictingCampaignIds.filter((id) => begun.includes(id)),
      ]),
    );
    expect([a, b, apart].map(({ code }) => met.get(code))).toEqual([[begun[1]], [begun[0]], []]);
  });
});

describe('what rules are reckoned with', () => {
  it('is a rate of exchange for each day, stated once', async () => {
    const rate = { currency: 'PLN', day: '2026-03-01', rate: '0.2345', source: 'NBP table A' };
    expect(await change('setConversionRate', rate)).toMatchObject({ __typename: 'SetConversionRateSuccess' });
    expect(await change('setConversionRate', rate)).toMatchObject({ code: 'PARTNERS_CONVERSION_RATE_STATED' });
    expect(await change('setConversionRate', { ...rate, rate: '0' })).toMatchObject({ field: 'input.rate' });
    const february = { ...rate, day: '2026-02-31' };
    expect(await change('setConversionRate', february)).toMatchObject({ code: 'INVALID_INPUT', field: 'input.day' });
    expect((await graph.lastBook(shop.programmeId)).conversionRates).toEqual([rate]);
  });

  it('is a budget for each purpose, the last one set', async () => {
    const budget = { partnerId: shop.partnerId, purpose: 'EARNING', period: 'MONTH', points: '100' };
    await change('setPurposeBudget', budget);
    await change('setPurposeBudget', { ...budget, points: '200' });
    expect((await graph.lastBook(shop.programmeId)).purposeBudgets).toEqual([{ ...budget, points: '200' }]);
  });
});

it('tries a condition on samples before it counts', async () => {
  const trial = async (condition: string, samples: object[]) => {
    const query = `query ($c: String!, $s: [ConditionSampleInput!]!) {
      tryCondition(condition: $c, samples: $s) { outcome position } }`;
    const { data } = await graph.ask(shop.admin, query, { c: condition, s: samples });
    return data.tryCondition.map(({ outcome }: { outcome: string }) => outcome);
  };
  const cold = 'time.hour >= 8 && time.hour < 10 && weather.temperature < 5.0';
  const at = { occurredAt: '2026-03-02T07:30:00Z' };
  expect(await trial(cold, [{ ...at, temperatureCelsius: 4 }, { ...at, temperatureCelsius: 5 }, at])).toEqual([
    'TRUE',
    'FALSE',
    'NOT_TOLD',
  ]);
  expect(await trial('attributes.minutes > 60', [{ attributes: { minutes: 61 } }, { attributes: {} }])).toEqual([
    'TRUE',
    'FAILED',
  ]);
  expect(await trial('minutes > 60', [{}])).toEqual(['NOT_VALID']);
});

it('rewards an action under a condition, by tier and after enrolment', async () => {
  const reward = {
    ...{ partnerId: shop.partnerId, action: 'ride.completed', points: '10', validFrom: '2026-03-01T00:00:00Z' },
    ...{ condition: 'attributes.minutes > 60', tierPoints: [{ tier: 'GOLD', points: '20' }], signUpDays: 7 },
  };
  const set = (input: object) =>
    graph.change(shop.admin, 'setActionRule', input, '... on ConditionNotValid { position }');
  expect(await set(reward)).toMatchObject({ __typename: 'SetActionRuleSuccess' });
  expect((await graph.lastBook(shop.programmeId)).actionRules).toMatchObject([
    { condition: 'attributes.minutes > 60', tierPoints: [{ tier: 'GOLD', points: '20' }], signUpDays: 7 },
  ]);
  expect(await set({ ...reward, condition: '1 +' })).toMatchObject({
    code: 'PARTNERS_CONDITION_NOT_VALID',
    position: 3,
  });
});
