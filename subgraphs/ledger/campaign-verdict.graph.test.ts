import { newId, type MemberId } from '../../kernel/values/id';
import { ledgerDefinition } from './main';
import { aRuleBook } from './testkit/book';
import { inputsAt, RECORD, REDEEM, type Document } from './testkit/documents';
import { expectTheBookToAddUp, LedgerGraph } from './testkit/ledger-graph';
import { aCampaign, aPurchaseRule } from './testkit/rules';

const plain = aRuleBook();
const [shop, other] = plain.brands;
const foreign = aRuleBook();
const from = new Date('2026-02-28T23:00:00Z');
// In Warsaw: all of March, and the first three days of April.
const until = new Date('2026-04-03T22:00:00Z');
const aimed = aPurchaseRule(shop, {
  ...{ name: 'Spring coupons', from, until, segments: ['spring'], campaign: aCampaign(shop, { budgetPoints: 5_000n }) },
  effect: { kind: 'BONUS', points: 25n },
});
const quiet = aPurchaseRule(other, {
  ...{ name: 'Nobody came', from, until: new Date('2026-03-20T00:00:00Z'), segments: ['spring'] },
  ...{ campaign: aCampaign(other), effect: { kind: 'BONUS', points: 5n } },
});
const graph = LedgerGraph.forThisFile(ledgerDefinition, { ...plain, purchaseRules: [aimed, quiet] }, foreign);
const admin = graph.admin();
const [till, otherTill] = [graph.partner(shop), graph.partner(other)];
const [aimedId, quietId] = [aimed.campaign!.id, quiet.campaign!.id];

const CLOCK = `mutation ($input: SetTestClockInput!) { answer: setTestClock(input: $input) {
  __typename ... on Refusal { code } } }` as Document;
const RESPOND = `mutation ($input: [RecordCampaignResponseInput!]!) { answer: recordCampaignResponses(input: $input) {
  __typename ... on Refusal { code } } }` as Document;
const DECIDE = `mutation ($input: RecordCampaignDecisionInput!) { answer: recordCampaignDecision(input: $input) {
  __typename ... on Refusal { code } ... on InvalidInput { field }
  ... on RecordCampaignDecisionSuccess { replayed decision { decision reason decidedBy decidedAt } } } }` as Document;
const VERDICTS = `query ($campaignId: ID!, $first: Int!, $after: String) {
  campaignVerdicts(campaignId: $campaignId, first: $first, after: $after) {
    nodes { month verdict through givenAt decision { decision decidedBy }
      reasons { kind finding measuredPpm limitPpm } } } }`;

interface Shown {
  readonly reasons: readonly { readonly kind: string }[];
}
const verdicts = async (campaignId: string) => {
  const { data, codes } = await graph.ask(admin, VERDICTS, { campaignId, first: 100 });
  expect(codes).toEqual([]);
  return data.campaignVerdicts.nodes;
};
const moveTo = async (now: string) => {
  expect((await graph.run(admin, CLOCK, { now })).code).toBeUndefined();
};
const reasonOf = (verdict: Shown, name: string) => verdict.reasons.find(({ kind }) => kind === name);

/** Members of the segment, whom the ledger knows to be on it. */
async function onSegment(count: number): Promise<MemberId[]> {
  const members = Array.from({ length: count }, () => graph.enrol({ [shop]: 'OPEN', [other]: 'OPEN' }));
  for (const memberId of members) {
    graph.feeds.members.announce('members.member_facts.changed.v1', plain.programmeId, {
      ...{ memberId, version: '1', consented: false, segments: ['spring'], attributes: {} },
    });
  }
  const heard = `/* test.facts */ select count(*)::int as n from member_facts where segments && '{spring}'`;
  const known = async () => (await graph.database.pool.query<{ n: number }>(heard)).rows[0]?.n ?? 0;
  while ((await known()) < count) await new Promise((resolve) => setImmediate(resolve));
  return members;
}

describe('the monthly verdict on a campaign', () => {
  let members: MemberId[];
  beforeAll(async () => {
    await moveTo('2026-02-10T12:00:00Z');
    members = await onSegment(30);
    const [first, second] = members as [MemberId, MemberId];
    const { sale, spend } = inputsAt(new Date('2026-02-20T10:00:00Z'));
    const post = async (who: typeof till, mutation: Document, input: object) =>
      expect((await graph.run(who, mutation, input)).code).toBeUndefined();
    const respond = async (memberId: MemberId, kind: string, occurredAt: string) => {
      const row = { idempotencyKey: newId('req'), campaignId: aimedId, member: { id: memberId }, kind, occurredAt };
      expect((await graph.run(till, RESPOND, [row]))[0].code).toBeUndefined();
    };
    // Before: 100.00 paid and 50 points spent. In March: 120.00, and 97 points.
    await moveTo('2026-02-20T12:00:00Z');
    await post(till, RECORD, sale(first, 10_000n, { occurredAt: '2026-02-20T10:00:00Z' }));
    await post(till, REDEEM, spend(first, '50', { occurredAt: '2026-02-20T11:00:00Z' }));
    await moveTo('2026-03-31T12:00:00Z');
    await post(till, RECORD, sale(first, 9_000n, { occurredAt: '2026-03-02T10:00:00Z' }));
    await post(till, RECORD, sale(second, 3_000n, { occurredAt: '2026-03-31T10:00:00Z' }));
    await post(otherTill, REDEEM, spend(first, '97', { occurredAt: '2026-03-05T10:00:00Z' }));
    for (const member of members.slice(0, 6)) await respond(member, 'OPENED', '2026-03-03T10:00:00Z');
    for (const member of members.slice(0, 3)) await respond(member, 'USED', '2026-03-03T11:00:00Z');
  });

  it('tells 20 % who opened it and 94 % more points spent, as the purchases and answers of the month come to', async () => {
    await moveTo('2026-04-20T00:00:00Z');
    const [march] = await verdicts(aimedId);
    expect(march).toMatchObject({
      month: '2026-03',
      verdict: 'KEEP',
      givenAt: '2026-03-31T22:00:00.000Z',
      decision: null,
    });
    expect(reasonOf(march, 'OPEN_RATE')).toMatchObject({ finding: 'FOR', measuredPpm: '200000' });
    expect(reasonOf(march, 'RESPONSE_RATE')).toMatchObject({ finding: 'FOR', measuredPpm: '100000' });
    expect(reasonOf(march, 'POINTS_SPENT_CHANGE')).toMatchObject({ finding: 'FOR', measuredPpm: '940000' });
    expect(reasonOf(march, 'SPEND_CHANGE')).toMatchObject({ finding: 'FOR', measuredPpm: '200000' });
  });

  it('holds against a campaign that nothing was bought with it, though points were spent', async () => {
    const [march] = await verdicts(quietId);
    expect(reasonOf(march, 'POINTS_SPENT_CHANGE')).toMatchObject({ finding: 'FOR', measuredPpm: '940000' });
    expect(reasonOf(march, 'SPEND_CHANGE')).toMatchObject({ finding: 'UNKNOWN', measuredPpm: null });
    expect(await verdicts(quietId)).toHaveLength(1);
  });

  it('stays what it was when something of its month is told late, and nobody can change it', async () => {
    await moveTo('2026-06-10T00:00:00Z');
    const before = await verdicts(aimedId);
    expect(before.map((one: { month: string }) => one.month)).toEqual(['2026-04', '2026-03']);
    const late = inputsAt(new Date()).sale(members[4]!, 50_000n, { occurredAt: '2026-03-30T10:00:00Z' });
    expect((await graph.run(till, RECORD, late)).code).toBeUndefined();
    await moveTo('2026-07-10T00:00:00Z');
    expect(await verdicts(aimedId)).toEqual(before);
    const change = `/* test.change */ update campaign_verdict set verdict = 'STOP'`;
    await expect(graph.database.pool.query(change)).rejects.toThrow();
  });
});

describe('what was done after a verdict', () => {
  const told = (change: object = {}) => ({
    ...{ idempotencyKey: newId('req'), campaignId: aimedId, month: '2026-03', decision: 'CHANGED' },
    ...{ reason: 'Fewer, larger coupons.', ...change },
  });

  it('is refused by its own reason', async () => {
    const codes = [];
    const wrong = [
      { month: '2026-02' },
      { campaignId: newId('cmp') },
      { month: 'March' },
      { reason: ' ' },
      { idempotencyKey: '' },
    ];
    for (const change of wrong) codes.push((await graph.run(admin, DECIDE, told(change))).code);
    expect(codes).toEqual(['NOT_FOUND', 'NOT_FOUND', 'INVALID_INPUT', 'INVALID_INPUT', 'INVALID_INPUT']);
    const eve = graph.admin('eve', foreign.programmeId);
    for (const [who, code] of [
      [till, 'FORBIDDEN'],
      [graph.finance(), 'FORBIDDEN'],
      [eve, 'NOT_FOUND'],
    ] as const)
      expect((await graph.run(who, DECIDE, told())).code).toBe(code);
    expect((await verdicts(aimedId)).map((one: { decision: unknown }) => one.decision)).toEqual([null, null]);
  });

  it('is kept once, with who said it, and stands', async () => {
    const input = told();
    const kept = await graph.run(admin, DECIDE, input);
    expect(kept).toMatchObject({
      replayed: false,
      decision: {
        decision: 'CHANGED',
        reason: 'Fewer, larger coupons.',
        decidedBy: 'ada',
        decidedAt: '2026-07-10T00:00:00.000Z',
      },
    });
    expect(await graph.run(admin, DECIDE, input)).toEqual({ ...kept, replayed: true });
    expect((await graph.run(graph.admin('bea'), DECIDE, told({ decision: 'STOPPED' }))).code).toBe(
      'LEDGER_VERDICT_DECIDED',
    );
    const [, march] = await verdicts(aimedId);
    expect(march.decision).toEqual({ decision: 'CHANGED', decidedBy: 'ada' });
  });
});

expectTheBookToAddUp(graph);
