import { points } from '../../kernel/values/points';
import { newId } from '../../kernel/values/id';
import { ledgerDefinition } from './main';
import { aRuleBook } from './testkit/book';
import { ACT, inputsAt, RECORD, RETURN, type Document } from './testkit/documents';
import { expectTheBookToAddUp, LedgerGraph, NOW } from './testkit/ledger-graph';
import { aCampaign, aPurchaseRule } from './testkit/rules';

const plain = aRuleBook();
const [shop, payer] = plain.brands;
const rule = (change: Parameters<typeof aPurchaseRule>[1]) => aPurchaseRule(shop, change);
const doubled = { kind: 'MULTIPLIER', bps: 20_000 } as const;
const week = rule({
  name: 'Double week',
  from: new Date('2026-03-01T23:00:00Z'),
  until: new Date('2026-03-08T23:00:00Z'),
  effect: doubled,
  campaign: aCampaign(payer, {
    funding: [
      { partyId: shop, bps: 4_000 },
      { partyId: payer, bps: 6_000 },
    ],
  }),
});
const online = rule({ channels: ['ONLINE'], effect: { kind: 'RATE', points: 10n, perAmountMinor: 100n } });
const outlet = rule({ channels: ['TILL'], effect: { kind: 'RATE', points: 5n, perAmountMinor: 100n } });
const fifth = rule({ channels: ['APP'], condition: 'orders.quarter == 5', effect: { kind: 'BONUS', points: 25n } });
const cold = rule({
  channels: ['APP'],
  condition: 'time.hour >= 8 && time.hour < 10 && place.distance < 500.0 && weather.temperature < 5.0',
  effect: { kind: 'BONUS', points: 3n },
});
const action = (name: string, change = {}) => ({
  ...{ id: newId('rul'), partnerId: shop, validFrom: new Date('2020-01-01T00:00:00Z'), action: name },
  ...{ points: points(10n), limit: null, distinctBy: null },
  ...change,
});
const book = {
  ...plain,
  purchaseRules: [week, online, outlet, fifth, cold],
  conversionRates: [
    { currency: 'USD', day: '2026-03-01', rate: '0.9', source: 'ECB reference rate' },
    { currency: 'USD', day: '2026-03-09', rate: '0.925', source: 'ECB reference rate' },
  ],
  actionRules: [
    action('ride.completed', { condition: 'attributes.minutes > 60' }),
    action('referral', { tierPoints: [{ tier: 'GOLD', points: points(20n) }] }),
    action('lounge.visited', { tiers: ['GOLD'] }),
    action('welcome', { points: points(200n), signUpDays: 7, limit: { count: 1, period: 'EVER' as const } }),
  ],
  tiers: plain.tiers.map((tier) => (tier.code === 'GOLD' ? { ...tier, multiplierBps: 15_000 } : tier)),
};
const graph = LedgerGraph.forThisFile(ledgerDefinition, book);
const { act, bringBack, sale } = inputsAt(NOW);
const till = graph.partner(shop);
const enrol = () => graph.enrol({ [shop]: 'OPEN', [payer]: 'OPEN' });
const WHY = `explanation { conversion { amount { amountMinor currency } rate source day }
  fired { source ruleId campaignId points covered { amountMinor } } passed { ruleId reason } }`;
const BUY = RECORD.replace('purchase {', `purchase { ${WHY}`) as Document;
const buy = (member: string, minor: number, change: object = {}) =>
  graph.run(till, BUY, sale(member, BigInt(minor), change));

describe('a purchase under rules', () => {
  it('earns 499 for 49.99 online and 249 in an outlet, and says which rule gave it', async () => {
    const member = enrol();
    const bought = await buy(member, 4_999, { channel: 'ONLINE' });
    expect(bought).toMatchObject({ earned: '499', lots: [{ quantity: '499' }] });
    expect(bought.purchase.explanation.fired).toMatchObject([
      { source: 'BASE', points: '0' },
      { source: 'RULE', ruleId: online.id, points: '499', covered: { amountMinor: '4999' } },
    ]);
    expect(await buy(member, 4_999, { channel: 'TILL' })).toMatchObject({ earned: '249' });
  });

  it('says the base rate where nothing else was looked at', async () => {
    const { purchase } = await buy(enrol(), 4_999);
    expect(purchase.explanation).toMatchObject({
      conversion: null,
      fired: [{ source: 'BASE', ruleId: book.earningRules[0]!.id, points: '49' }],
      passed: [],
    });
  });

  it('is the same when it is previewed, recorded and asked for again', async () => {
    const member = enrol();
    const input = sale(member, 2_000n, { channel: 'APP' });
    const preview = BUY.replace('mutation', 'query').replace('recordPurchase(', 'previewPurchase(') as Document;
    const seen = await graph.run(till, preview, input);
    const first = await graph.run(till, BUY, input);
    const again = await graph.run(till, BUY, input);
    expect(seen.purchase.explanation).toEqual(first.purchase.explanation);
    expect(first.purchase.explanation.passed).toMatchObject([
      { reason: 'CONDITION_FALSE' },
      { reason: 'FACTS_NOT_TOLD' },
    ]);
    expect(again).toMatchObject({ replayed: true, purchase: first.purchase });
  });

  it('rewards the fifth order of a quarter, sent at once or one after another', async () => {
    const [apart, together] = [enrol(), enrol()];
    const earned: string[] = [];
    for (let n = 0; n < 6; n += 1) earned.push((await buy(apart, 1_000, { channel: 'APP' })).earned);
    expect(earned).toEqual(['10', '10', '10', '10', '35', '10']);
    const all = await Promise.all(Array.from({ length: 6 }, () => buy(together, 1_000, { channel: 'APP' })));
    expect(all.filter((one) => one.earned === '35')).toHaveLength(1);
  });

  it('knows hour, distance and weather', async () => {
    const member = enrol();
    const near = { channel: 'APP', occurredAt: '2026-03-10T07:30:00Z', distanceMetres: 499, temperatureCelsius: 4.5 };
    expect(await buy(member, 1_000, near)).toMatchObject({ earned: '13' });
    expect(await buy(member, 1_000, { ...near, distanceMetres: 500 })).toMatchObject({ earned: '10' });
    expect(await buy(member, 1_000, { ...near, temperatureCelsius: 5 })).toMatchObject({ earned: '10' });
    expect(await buy(member, 1_000, { ...near, occurredAt: '2026-03-10T09:00:00Z' })).toMatchObject({ earned: '10' });
  });

  it('earns half as much again on gold', async () => {
    const member = enrol();
    await buy(member, 100_000);
    expect(await buy(member, 10_000)).toMatchObject({ earned: '150' });
  });
});

describe('a campaign', () => {
  const during = { occurredAt: '2026-03-08T22:59:59.999Z' };

  it('gives a lot of its own, which its funders pay for when it is spent', async () => {
    const member = enrol();
    const bought = await buy(member, 10_000, during);
    expect(bought).toMatchObject({ earned: '200', lots: [{ quantity: '100' }, { quantity: '100' }] });
    expect(bought.purchase.explanation.fired).toMatchObject([
      { source: 'BASE', points: '100' },
      { source: 'CAMPAIGN', campaignId: week.campaign!.id, points: '100' },
    ]);
    expect(await buy(member, 10_000, { occurredAt: '2026-03-08T23:00:00Z' })).toMatchObject({ earned: '100' });
  });

  it('takes back of each lot what its own rule gave when goods come back', async () => {
    const member = enrol();
    const bought = sale(member, 10_050n, during);
    await graph.run(till, RECORD, bought);
    const back = (minor: bigint) => graph.run(till, RETURN, bringBack(bought.externalRef, minor));
    expect(await back(5_000n)).toMatchObject({ clawedBack: '100', account: { available: '100' } });
    expect(await back(100n)).toMatchObject({ clawedBack: '2' });
    expect(await back(4_950n)).toMatchObject({ clawedBack: '98', account: { available: '0' } });
  });
});

describe('a purchase in another currency', () => {
  it('is converted at the rate of its day, kept as it was paid, and says whose rate it was', async () => {
    const member = enrol();
    const dollars = { amount: { amountMinor: '1001', currency: 'USD' } };
    const bought = await buy(member, 1, dollars);
    expect(bought).toMatchObject({ earned: '9', purchase: { amount: { amountMinor: '1001', currency: 'USD' } } });
    expect(bought.purchase.explanation.conversion).toEqual({
      amount: { amountMinor: '926', currency: 'EUR' },
      ...{ rate: '0.925', source: 'ECB reference rate', day: '2026-03-09' },
    });
    expect(await buy(member, 1, { ...dollars, occurredAt: '2026-03-08T22:59:59Z' })).toMatchObject({
      purchase: { explanation: { conversion: { rate: '0.9', amount: { amountMinor: '901' } } } },
    });
  });

  it('counts as it was converted among what the partner sold', async () => {
    const admin = graph.admin('ada', book.programmeId);
    const sold = async () => {
      const { data } = await graph.ask(admin, '{ currentCycle { id } }', {});
      const { id } = data.currentCycle as { id: string };
      const query = 'query ($id: ID!) { partnerTotals(cycleId: $id) { partner { id } amount { amountMinor } } }';
      const totals = (await graph.ask(admin, query, { id })).data.partnerTotals as {
        partner: { id: string };
        amount: { amountMinor: string };
      }[];
      return BigInt(totals.find(({ partner }) => partner.id === shop)!.amount.amountMinor);
    };
    const before = await sold();
    await buy(enrol(), 1, { amount: { amountMinor: '1001', currency: 'USD' } });
    expect((await sold()) - before).toBe(926n);
  });

  it('is refused on a day that no rate covers', async () => {
    const early = { amount: { amountMinor: '1001', currency: 'USD' }, occurredAt: '2026-02-28T22:59:59Z' };
    expect(await buy(enrol(), 1, early)).toMatchObject({ code: 'LEDGER_CURRENCY_NOT_ACCEPTED' });
    expect(await buy(enrol(), 1, { amount: { amountMinor: '1', currency: 'GBP' } })).toMatchObject({
      code: 'LEDGER_CURRENCY_NOT_ACCEPTED',
    });
  });
});

describe('an action under a condition', () => {
  it('earns for a ride of 61 minutes and not for one of 60', async () => {
    const member = enrol();
    const ride = (minutes: unknown) => graph.run(till, ACT, act(member, 'ride.completed', { attributes: { minutes } }));
    expect(await ride(61)).toMatchObject({ earned: '10' });
    expect(await ride(60)).toMatchObject({ code: 'LEDGER_ACTION_NOT_REWARDED' });
    expect(await ride('long')).toMatchObject({ code: 'LEDGER_ACTION_NOT_REWARDED' });
  });

  it('welcomes a member through day 7 after enrolment, and not on day 8', async () => {
    const [first, second] = [enrol(), enrol()];
    for (const memberId of [first, second]) {
      graph.feeds.members.announce('members.member.enrolled.v1', book.programmeId, { memberId });
      await buy(memberId, 1);
    }
    graph.clock.set(new Date('2026-03-18T12:00:00Z'));
    const late = act(second, 'welcome', { occurredAt: '2026-03-17T23:00:00Z' });
    const just = act(first, 'welcome', { occurredAt: '2026-03-17T22:59:59Z' });
    expect(await graph.run(till, ACT, just)).toMatchObject({ earned: '200' });
    expect(await graph.run(till, ACT, late)).toMatchObject({ code: 'LEDGER_ACTION_NOT_REWARDED' });
  });

  it('gives a tier its own points, and some things to a tier only', async () => {
    const member = enrol();
    expect(await graph.run(till, ACT, act(member, 'referral'))).toMatchObject({ earned: '10' });
    expect(await graph.run(till, ACT, act(member, 'lounge.visited'))).toMatchObject({
      code: 'LEDGER_ACTION_NOT_REWARDED',
    });
    await buy(member, 100_000);
    expect(await graph.run(till, ACT, act(member, 'referral'))).toMatchObject({ earned: '20' });
    expect(await graph.run(till, ACT, act(member, 'lounge.visited'))).toMatchObject({ earned: '10' });
  });
});

expectTheBookToAddUp(graph);
