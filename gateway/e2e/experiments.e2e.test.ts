import { foundCoalition, purchase, type Coalition } from './testkit/coalition';
import { openAsOne, type TestHub } from './testkit/hubs';

const REFUSAL = '__typename ... on Refusal { code message } ... on InvalidInput { field }';
const CAMPAIGN = `mutation ($input: CreateCampaignInput!) { result: createCampaign(input: $input) { ${REFUSAL}
  ... on PurchaseRuleSuccess { rule { campaignId } } } }`;
const EXPERIMENT = `mutation ($input: CreateExperimentInput!) { result: createExperiment(input: $input) { ${REFUSAL}
  ... on ExperimentSuccess { ruleBookVersion experiment { id } } } }`;
const STOP = `mutation ($input: StopExperimentInput!) { result: stopExperiment(input: $input) { ${REFUSAL}
  ... on ExperimentSuccess { ruleBookVersion experiment { until } } } }`;
const RECORD = `mutation ($rows: [RecordPurchaseInput!]!) { recordPurchases(input: $rows) { ${REFUSAL}
  ... on RecordPurchaseSuccess { earned purchase { explanation { passed { reason } } } } } }`;
const REPORT = `query ($id: ID!) { experimentReport(experimentId: $id) { arms { arm isControl members buyers purchases
  spend { amountMinor } uplift { buyersPpm { difference } } } } }`;
const BONUS = 50;
const COUNT = 24;

interface Recorded {
  readonly code?: string;
  readonly earned: string;
  readonly purchase: { readonly explanation: { readonly passed: readonly { readonly reason: string }[] } };
}
interface Arm {
  readonly arm: string;
  readonly isControl: boolean;
}

describe('an experiment about a campaign, in a hub that runs', () => {
  let hub: TestHub;
  let coalition: Coalition;
  let members: { id: string; token: string }[];
  let campaignId: string;
  let experimentId: string;
  const input = (change: object) => ({ input: { idempotencyKey: JSON.stringify(change), ...change } });

  beforeAll(async () => {
    hub = await openAsOne();
    coalition = await foundCoalition(hub);
    members = await Promise.all(Array.from({ length: COUNT }, (_, n) => coalition.enrol(`ARM-${n}`)));
    const { rule } = await coalition.admin.must<{ rule: { campaignId: string } }>(
      CAMPAIGN,
      input({
        ...{ partnerId: coalition.bakery.id, code: 'spring', name: 'Spring', phase: 'FULL', purpose: 'EARNING' },
        ...{ validFrom: '2026-01-01T00:00:00Z', effect: { kind: 'BONUS', points: String(BONUS) } },
      }),
    );
    campaignId = rule.campaignId;
    const { experiment } = await coalition.admin.must<{ experiment: { id: string } }>(
      EXPERIMENT,
      input({
        ...{ code: 'spring', name: 'Spring', kind: 'CAMPAIGN', subject: campaignId, from: '2026-01-01T00:00:00Z' },
        arms: [
          { code: 'held', weight: 1, isControl: true },
          { code: 'treated', weight: 1, isControl: false },
        ],
      }),
    );
    experimentId = experiment.id;
  });
  afterAll(() => hub?.close());

  /** The arm a member’s own screen shows, once the ledger has heard of the experiment. */
  async function armOf({ token }: { token: string }): Promise<Arm> {
    for (;;) {
      const { me } = await hub
        .connection()
        .as(token)
        .ask<{ me: { experimentArms: Arm[] } }>('{ me { experimentArms { arm isControl } } }');
      if (me.experimentArms[0] !== undefined) return me.experimentArms[0];
    }
  }
  async function buy(ref: string): Promise<Recorded[]> {
    const rows = members.map(({ id }, n) => purchase(`${ref} ${n}`, id, 10 + n));
    for (;;) {
      const { recordPurchases } = await coalition.bakery.caller.ask<{ recordPurchases: Recorded[] }>(RECORD, { rows });
      const refused = recordPurchases.filter(({ code }) => code !== undefined);
      if (refused.length === 0) return recordPurchases;
      expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(['LEDGER_MEMBER_NOT_KNOWN_YET']));
    }
  }

  it('gives its points to one arm only, shows each member its arm, and reports both', async () => {
    const arms = await Promise.all(members.map(armOf));
    expect(new Set(arms.map(({ arm }) => arm))).toEqual(new Set(['held', 'treated']));
    const bought = await buy('during');
    expect(bought.map(({ earned }) => Number(earned))).toEqual(
      arms.map(({ isControl }, n) => 10 + n + (isControl ? 0 : BONUS)),
    );
    expect(bought.map(({ purchase: { explanation } }) => explanation.passed.map(({ reason }) => reason))).toEqual(
      arms.map(({ isControl }) => (isControl ? ['HELD_OUT'] : [])),
    );
    const { experimentReport } = await coalition.admin.ask<{ experimentReport: { arms: object[] } }>(REPORT, {
      id: experimentId,
    });
    const figures = (control: boolean) => {
      const spent = arms.flatMap(({ isControl }, n) => (isControl === control ? [(10 + n) * 100] : []));
      const spend = { amountMinor: String(spent.reduce((sum, one) => sum + one, 0)) };
      const count = String(spent.length);
      return { isControl: control, members: count, buyers: count, purchases: count, spend };
    };
    expect(experimentReport.arms).toMatchObject([
      { ...figures(true), uplift: null },
      { ...figures(false), uplift: { buyersPpm: { difference: '0' } } },
    ]);
  });

  it('gives them to everybody once it is stopped', async () => {
    const until = new Date(Date.now() - 120_000).toISOString();
    await coalition.admin.must(STOP, input({ experimentId, until }));
    const told = async () =>
      (
        await hub
          .connection()
          .as(members[0]!.token)
          .ask<{ me: { experimentArms: Arm[] } }>('{ me { experimentArms { arm } } }')
      ).me.experimentArms.length;
    while ((await told()) > 0);
    const bought = await buy('after');
    expect(bought.map(({ earned }) => Number(earned))).toEqual(members.map((_, n) => 10 + n + BONUS));
  });
});
