import { newId, type MemberId } from '../../kernel/values/id';
import { ledgerDefinition } from './main';
import { aRuleBook } from './testkit/book';
import { inputsAt, RECORD, REDEEM, RETURN, type Document } from './testkit/documents';
import { expectTheBookToAddUp, LedgerGraph, NOW } from './testkit/ledger-graph';
import { aCampaign, aPurchaseRule } from './testkit/rules';

const plain = aRuleBook();
const [shop, other] = plain.brands;
const from = new Date('2026-03-01T00:00:00Z');
const until = new Date('2026-03-11T00:00:00Z');
const aimed = aPurchaseRule(shop, {
  ...{ name: 'Spring coupons', from, until, segments: ['spring'], campaign: aCampaign(shop, { budgetPoints: 5_000n }) },
  effect: { kind: 'BONUS', points: 25n },
});
const open = aPurchaseRule(other, {
  ...{ name: 'For all', from, until, campaign: aCampaign(other), effect: { kind: 'BONUS', points: 0n } },
});
const graph = LedgerGraph.forThisFile(ledgerDefinition, { ...plain, purchaseRules: [aimed, open] });
const admin = graph.admin();
const till = graph.partner(shop);
const otherTill = graph.partner(other);
const [aimedId, openId] = [aimed.campaign!.id, open.campaign!.id];

const REPORT = `query ($id: ID!) { campaignReport(campaignId: $id) { name segments from until through partner { id }
  targeted openers openRatePpm responses otherResponses responders responseRatePpm rewarded pointsGiven pointsTakenBack
  budgetPoints cost { amountMinor currency } spendChangePpm pointsSpentChangePpm
  during { purchases buyers spend { amountMinor } pointsSpent } before { purchases buyers spend { amountMinor } pointsSpent } } }`;
const RESPOND = `mutation ($input: [RecordCampaignResponseInput!]!) { answer: recordCampaignResponses(input: $input) {
  __typename ... on Refusal { code } ... on InvalidInput { field }
  ... on RecordCampaignResponseSuccess { campaignId memberId kind replayed } } }` as Document;

const response = (member: string, change: object = {}) => ({
  ...{ idempotencyKey: newId('req'), campaignId: aimedId, member: { id: member }, kind: 'USED' },
  ...{ occurredAt: '2026-03-05T10:00:00Z', ...change },
});
const respond = (rows: object[], who = till) => graph.run(who, RESPOND, rows);
const report = async (id: string) => (await graph.ask(admin, REPORT, { id })).data.campaignReport;

/** Members of the segment, whom the ledger knows to be on it. */
async function onSegment(count: number): Promise<MemberId[]> {
  const members = Array.from({ length: count }, () => graph.enrol({ [shop]: 'OPEN', [other]: 'OPEN' }));
  for (const memberId of members) {
    graph.feeds.members.announce('members.member_facts.changed.v1', plain.programmeId, {
      ...{ memberId, version: '1', consented: false, segments: ['spring'], attributes: {} },
    });
  }
  const heard = `/* test.facts */ select count(*)::int as n from member_facts where segments && '{spring}'`;
  const count1 = async () => (await graph.database.pool.query<{ n: number }>(heard)).rows[0]?.n ?? 0;
  while ((await count1()) < count) await new Promise((resolve) => setImmediate(resolve));
  return members;
}

describe('the report on a campaign', () => {
  let members: MemberId[];
  let stranger: MemberId;
  beforeAll(async () => {
    members = await onSegment(3);
    stranger = graph.enrol({ [shop]: 'OPEN' });
    const [first, second] = members as [MemberId, MemberId];
    const { sale, spend, bringBack } = inputsAt(NOW);
    const before = { occurredAt: '2026-02-25T10:00:00Z' };
    const during = { occurredAt: '2026-03-05T10:00:00Z' };
    // The first spends 50.00 before and 97.00 during; 100.00 elsewhere and long ago counts nowhere.
    for (const input of [
      sale(first, 5_000n, before),
      sale(first, 10_000n, { occurredAt: '2026-01-02T10:00:00Z' }),
      sale(first, 9_700n, during),
    ])
      expect((await graph.run(till, RECORD, input)).code).toBeUndefined();
    await graph.run(otherTill, RECORD, sale(first, 10_000n, during));
    await graph.run(till, REDEEM, spend(first, '50', before));
    await graph.run(otherTill, REDEEM, spend(first, '97', during));
    const bought = await graph.run(till, RECORD, sale(second, 2_000n, during));
    await graph.run(till, RETURN, bringBack(bought.purchase.externalRef, 2_000n));
    const rows = [
      response(first),
      response(first, { occurredAt: NOW.toISOString() }),
      response(second, { kind: 'OPENED' }),
      response(stranger),
    ];
    for (const row of await respond(rows)) expect(row.code).toBeUndefined();
  });

  it('counts members, not acts, and only those it is for', async () => {
    expect(await report(aimedId)).toMatchObject({
      ...{ name: 'Spring coupons', segments: ['spring'], partner: { id: shop }, through: NOW.toISOString() },
      ...{ targeted: '3', responses: '2', responders: '1', responseRatePpm: '333333', otherResponses: '1' },
      ...{ openers: '1', openRatePpm: '333333' },
    });
  });

  it('counts what it gave, what came back, and what the rest costs at face value', async () => {
    const { rewarded, pointsGiven, pointsTakenBack, budgetPoints, cost } = await report(aimedId);
    expect({ rewarded, pointsGiven, pointsTakenBack, budgetPoints }).toEqual({
      ...{ rewarded: '2', pointsGiven: '50', pointsTakenBack: '25', budgetPoints: '5000' },
    });
    expect(cost).toEqual({ amountMinor: `${(25n * plain.faceValueMicros) / 10_000n}`, currency: 'EUR' });
  });

  it('compares spend at the partner and points spent anywhere with as long a time before', async () => {
    const { during, before, spendChangePpm, pointsSpentChangePpm } = await report(aimedId);
    expect(before).toEqual({ purchases: '1', buyers: '1', spend: { amountMinor: '5000' }, pointsSpent: '50' });
    expect(during).toEqual({ purchases: '2', buyers: '2', spend: { amountMinor: '11700' }, pointsSpent: '97' });
    expect({ spendChangePpm, pointsSpentChangePpm }).toEqual({
      spendChangePpm: '1340000',
      pointsSpentChangePpm: '940000',
    });
  });

  it('is about every member where the campaign is for everybody', async () => {
    const all = await report(openId);
    const count = '/* test.members */ select count(*) as n from member_projection';
    const { rows } = await graph.database.pool.query<{ n: string }>(count);
    expect(Number(rows[0]?.n)).toBeGreaterThanOrEqual(3);
    expect(all).toMatchObject({ segments: [], targeted: rows[0]?.n, pointsGiven: '0', responses: '0' });
    expect(all.during).toMatchObject({ purchases: '1', spend: { amountMinor: '10000' } });
    expect(all.spendChangePpm).toBeNull();
  });

  it('is given page by page, each campaign once', async () => {
    const PAGE = `query ($after: String) { campaignReports(first: 1, after: $after) {
      nodes { campaignId } pageInfo { hasNextPage endCursor } } }`;
    const first = (await graph.ask(admin, PAGE)).data.campaignReports;
    const second = (await graph.ask(admin, PAGE, { after: first.pageInfo.endCursor })).data.campaignReports;
    expect([...first.nodes, ...second.nodes].map(({ campaignId }) => campaignId as string).sort()).toEqual(
      [aimedId, openId].sort(),
    );
    expect([first.pageInfo.hasNextPage, second.pageInfo.hasNextPage]).toEqual([true, false]);
  });

  it('is for the desk alone', async () => {
    for (const who of [till, graph.member(stranger)])
      expect((await graph.ask(who, REPORT, { id: aimedId })).codes).toEqual(['FORBIDDEN']);
    expect((await graph.ask(admin, REPORT, { id: newId('cmp') })).codes).toEqual(['NOT_FOUND']);
  });

  it('keeps a response once, and refuses each row by its own reason', async () => {
    const row = response(stranger, { kind: 'OPENED' });
    const late = response(stranger, { occurredAt: '2026-02-28T23:59:59Z' });
    const outcomes = await respond([
      row,
      row,
      { ...row, kind: 'USED' },
      late,
      response(stranger, { occurredAt: '2026-03-10T12:00:01Z' }),
      response(stranger, { campaignId: newId('cmp') }),
      response(newId('mem')),
      response(stranger, { idempotencyKey: '' }),
    ]);
    expect(outcomes.map((one: Record<string, unknown>) => one['code'] ?? one['replayed'])).toEqual([
      ...[false, true, 'IDEMPOTENCY_MISMATCH', 'LEDGER_CAMPAIGN_NOT_RUNNING', 'LEDGER_OCCURRED_IN_FUTURE'],
      ...['NOT_FOUND', 'NOT_FOUND', 'INVALID_INPUT'],
    ]);
    expect((await respond([row]))[0]).toMatchObject({ replayed: true });
    expect((await respond([response(stranger)], admin))[0]).toMatchObject({ code: 'FORBIDDEN' });
  });
});

expectTheBookToAddUp(graph);
