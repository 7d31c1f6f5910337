import { newId, type MemberId } from '../../kernel/values/id';
import { giveVerdicts } from './app/campaigns/give-verdicts';
import { armOf, type Experiment } from './core/experiments/experiment';
import { welch, newcombe } from './core/experiments/uplift';
import { ledgerDefinition } from './main';
import { aRuleBook } from './testkit/book';
import { inputsAt, RECORD, REDEEM } from './testkit/documents';
import { expectTheBookToAddUp, LedgerGraph, NOW } from './testkit/ledger-graph';
import { aCampaign, aPurchaseRule } from './testkit/rules';

const plain = aRuleBook();
const [shop, other] = plain.brands;
const from = new Date('2026-03-01T00:00:00Z');
const until = new Date('2026-03-11T00:00:00Z');
const bonus = aPurchaseRule(shop, {
  ...{ name: 'Spring', from, until, campaign: aCampaign(shop), effect: { kind: 'BONUS', points: 25n } },
});
const elsewhere = aPurchaseRule(other, {
  ...{ name: 'Elsewhere', from, until, campaign: aCampaign(other), effect: { kind: 'BONUS', points: 5n } },
});
const anExperiment = (change: Partial<Experiment>): Experiment => ({
  ...{ id: newId('exp'), code: 'spring', name: 'Spring', kind: 'CAMPAIGN', subject: bonus.campaign!.id, from, until },
  arms: [
    { code: 'held', weight: 1, isControl: true },
    { code: 'treated', weight: 1, isControl: false },
  ],
  ...change,
});
const spring = anExperiment({});
const page = anExperiment({
  ...{ code: 'page', kind: 'PLACEMENT', subject: 'home-page' },
  arms: [
    { code: 'none', weight: 2, isControl: true },
    { code: 'red', weight: 3, isControl: false },
    { code: 'blue', weight: 5, isControl: false },
  ],
});
const over = anExperiment({
  code: 'over',
  kind: 'CHANNEL',
  subject: 'letters',
  until: new Date('2026-03-02T00:00:00Z'),
});
const graph = LedgerGraph.forThisFile(ledgerDefinition, {
  ...{ ...plain, purchaseRules: [bonus, elsewhere], experiments: [spring, page, over] },
});
const admin = graph.admin();
const till = graph.partner(shop);
const otherTill = graph.partner(other);

const INTERVAL = '{ difference low high isCertain }';
const REPORT = `query ($id: ID!) { experimentReport(experimentId: $id) { code from until through arms { arm isControl members buyers
  purchases spend { amountMinor currency } redeemers pointsSpent
  uplift { buyersPpm ${INTERVAL} redeemersPpm ${INTERVAL} spendMicros ${INTERVAL} pointsSpentMilli ${INTERVAL} } } } }`;
const ARMS = `query ($reps: [_Any!]!) { _entities(representations: $reps) { ... on Member {
  experimentArms { experimentId code kind subject arm isControl } } } }`;
const report = async (id: string) => (await graph.ask(admin, REPORT, { id })).data.experimentReport;
const during = { occurredAt: '2026-03-05T10:00:00Z' };

let members: MemberId[];
beforeAll(async () => {
  members = Array.from({ length: 60 }, () => graph.enrol({ [shop]: 'OPEN', [other]: 'OPEN' }));
  for (const memberId of members) {
    graph.feeds.members.announce('members.member.enrolled.v1', plain.programmeId, { memberId });
  }
  const heard = `/* test.members */ select count(*)::int as n from member_projection`;
  const known = async () => (await graph.database.pool.query<{ n: number }>(heard)).rows[0]?.n ?? 0;
  while ((await known()) < members.length) await new Promise((resolve) => setImmediate(resolve));
});
const inArm = (code: string) => members.filter((id) => armOf(spring, id).code === code);
const spendOf = (id: MemberId) => BigInt(1_000 + members.indexOf(id) * 10);
/** Two of three members of the arm with the campaign buy, one of three of the others. */
const buys = (id: MemberId) => {
  const arm = armOf(spring, id).code;
  return inArm(arm).indexOf(id) % 3 < (arm === 'treated' ? 2 : 1);
};

describe('an experiment about a campaign', () => {
  const given = new Map<MemberId, bigint>();
  beforeAll(async () => {
    const { sale, spend } = inputsAt(NOW);
    for (const id of members.filter(buys)) {
      const bought = await graph.run(till, RECORD, sale(id, spendOf(id), during));
      expect(bought.code).toBeUndefined();
      given.set(id, BigInt(bought.earned) - spendOf(id) / 100n);
    }
    // Elsewhere, and before it began, counts nowhere.
    const [one] = inArm('treated') as [MemberId];
    await graph.run(otherTill, RECORD, sale(one, 90_000n, during));
    await graph.run(till, RECORD, sale(one, 90_000n, { occurredAt: '2026-02-25T10:00:00Z' }));
    await graph.run(otherTill, REDEEM, spend(one, '30', during));
  });

  it('gives its points to members of the other arm, and none to the held out, who earn what everybody earns', () => {
    for (const [id, extra] of given) expect(extra).toBe(armOf(spring, id).code === 'treated' ? 25n : 0n);
    expect(new Set(given.values())).toEqual(new Set([0n, 25n]));
  });

  it('says of a purchase why the campaign gave nothing', async () => {
    const { sale } = inputsAt(NOW);
    const PREVIEW = `query ($input: RecordPurchaseInput!) { previewPurchase(input: $input) {
      ... on RecordPurchaseSuccess { earned purchase { explanation { passed { campaignId reason } } } } ... on Refusal { code } } }`;
    const [held] = inArm('held') as [MemberId];
    const { data, codes } = await graph.ask(till, PREVIEW, { input: sale(held, 1_000n, during) });
    expect(codes).toEqual([]);
    expect(data.previewPurchase.purchase.explanation.passed).toEqual([
      { campaignId: bonus.campaign!.id, reason: 'HELD_OUT' },
    ]);
  });

  it('counts every member of an arm, and compares what they did with the control', async () => {
    const { arms, through } = await report(spring.id);
    expect(through).toBe(NOW.toISOString());
    const figures = (code: string) => {
      const all = inArm(code);
      const bought = all.filter(buys).map(spendOf);
      return { n: all.length, bought, sum: bought.reduce((sum, one) => sum + one, 0n) };
    };
    const [held, treated] = [figures('held'), figures('treated')];
    for (const [code, { n, bought, sum }] of Object.entries({ held, treated })) {
      expect(arms.find(({ arm }: { arm: string }) => arm === code)).toMatchObject({
        ...{ members: `${n}`, buyers: `${bought.length}`, purchases: `${bought.length}` },
        spend: { amountMinor: `${sum}`, currency: 'EUR' },
        ...{
          isControl: code === 'held',
          redeemers: code === 'held' ? '0' : '1',
          pointsSpent: code === 'held' ? '0' : '30',
        },
      });
    }
    const [control, other] = arms;
    expect(control.uplift).toBeNull();
    const rate = newcombe({ count: treated.bought.length, of: treated.n }, { count: held.bought.length, of: held.n })!;
    const sample = ({ n, bought, sum }: typeof held) => ({
      ...{ n, sum, sumOfSquares: bought.reduce((all, one) => all + one * one, 0n) },
    });
    const mean = welch(sample(treated), sample(held))!;
    const scaled = (value: number, unit: number) => String(Math.round(value * unit));
    expect(other.uplift).toMatchObject({
      buyersPpm: { difference: scaled(rate.difference, 1e6), low: scaled(rate.low, 1e6), high: scaled(rate.high, 1e6) },
      spendMicros: {
        difference: scaled(mean.difference, 1e4),
        low: scaled(mean.low, 1e4),
        high: scaled(mean.high, 1e4),
      },
      redeemersPpm: { isCertain: false },
    });
  });

  it('is for admins and finance, and for nobody who asks for one that is not there', async () => {
    expect((await graph.ask(till, REPORT, { id: spring.id })).codes).toEqual(['FORBIDDEN']);
    expect((await graph.ask(admin, REPORT, { id: newId('exp') })).codes).toEqual(['NOT_FOUND']);
  });
});

describe('the arms of a member', () => {
  const reps = (ids: readonly string[]) => ids.map((id) => ({ __typename: 'Member', id }));
  const armsOf = async (who: typeof admin, ids: readonly string[]) =>
    (await graph.ask(who, ARMS, { reps: reps(ids) })).data._entities.map(
      ({ experimentArms }: { experimentArms: object[] | null }) => experimentArms,
    );

  it('are those of the experiments that run, to whoever may read the member', async () => {
    const [id] = members as [MemberId];
    const expected = [spring, page].map((one) => ({
      ...{ experimentId: one.id, code: one.code, kind: one.kind, subject: one.subject },
      ...{ arm: armOf(one, id).code, isControl: armOf(one, id).isControl },
    }));
    for (const who of [admin, till, graph.member(id)]) expect(await armsOf(who, [id])).toEqual([expected]);
    expect(await armsOf(graph.member(members[1]!), [id])).toEqual([null]);
  });

  it('are the same for all members at once in the database as for one in the program', async () => {
    const { arms } = await report(page.id);
    const expected = page.arms.map(({ code }) => ({
      arm: code,
      members: `${members.filter((id) => armOf(page, id).code === code).length}`,
    }));
    expect(arms).toMatchObject(expected);
    // The whole programme takes part, and purchases count wherever they were made.
    expect(arms.reduce((sum: number, { buyers }: { buyers: string }) => sum + Number(buyers), 0)).toBe(
      members.filter((id) => buys(id) || id === inArm('treated')[0]).length,
    );
  });
});

describe('a month that is over', () => {
  const VERDICTS = `query ($id: ID!, $after: String) { campaignVerdicts(campaignId: $id, first: 1, after: $after) {
    nodes { month verdict through givenAt reasons { kind measuredPpm limitPpm finding } } pageInfo { hasNextPage endCursor } } }`;
  const CLOCK = `mutation ($input: SetTestClockInput!) {
    setTestClock(input: $input) { ... on SetTestClockSuccess { now } ... on Refusal { code } } }`;
  const verdicts = async (id: string, after?: string) =>
    (await graph.ask(admin, VERDICTS, { id, after })).data.campaignVerdicts;

  it('has each campaign judged once, for and against, by what an experiment showed first', async () => {
    expect((await verdicts(bonus.campaign!.id)).nodes).toEqual([]);
    const moved = await graph.ask(admin, CLOCK, {
      input: { now: '2026-05-15T10:00:00Z' },
    });
    expect(moved.codes).toEqual([]);
    const { nodes, pageInfo } = await verdicts(bonus.campaign!.id);
    // It ended in March: April has nothing to say of it.
    expect(pageInfo.hasNextPage).toBe(false);
    expect(nodes).toMatchObject([
      { month: '2026-03', through: until.toISOString(), givenAt: '2026-03-31T22:00:00.000Z' },
    ]);
    const reasonOf = (kind: string) => nodes[0].reasons.find((one: { kind: string }) => one.kind === kind);
    const { spend } = await upliftShown();
    expect(reasonOf('UPLIFT').finding).toBe(
      !spend.isCertain ? 'UNKNOWN' : BigInt(spend.difference) > 0n ? 'FOR' : 'AGAINST',
    );
    expect(reasonOf('OPEN_RATE')).toEqual({
      ...{ kind: 'OPEN_RATE', measuredPpm: null, limitPpm: '150000', finding: 'UNKNOWN' },
    });
    expect(reasonOf('COST_SHARE').measuredPpm).toMatch(/^[0-9]+$/);
    const { rows } = await graph.database.pool.query<{ n: number }>(
      '/* test.verdicts */ select count(*)::int as n from campaign_verdict',
    );
    expect(rows[0]?.n).toBe(2);
    expect(moved.data.setTestClock.now).toBe('2026-05-15T10:00:00.000Z');
  });

  it('is not judged again, whoever comes again', async () => {
    const before = await verdicts(elsewhere.campaign!.id);
    await Promise.all(
      [1, 2].map(() =>
        giveVerdicts(
          { database: graph.database },
          { ...plain, purchaseRules: [bonus, elsewhere] },
          { now: new Date() },
        ),
      ),
    );
    expect(await verdicts(elsewhere.campaign!.id)).toEqual(before);
  });

  it('is told to admins and finance', async () => {
    expect((await graph.ask(till, VERDICTS, { id: bonus.campaign!.id })).codes).toEqual(['FORBIDDEN']);
    expect((await graph.ask(admin, VERDICTS, { id: newId('cmp') })).codes).toEqual(['NOT_FOUND']);
  });

  async function upliftShown() {
    const { arms } = await report(spring.id);
    return { spend: arms[1].uplift.spendMicros };
  }
});

expectTheBookToAddUp(graph);
