import { setTimeout as pause } from 'node:timers/promises';
import { endOfDay, startOfDay } from '../../kernel/values/instant';
import { REFUSAL, type Answer, type GraphCaller } from '../client/graph';
import type { CampaignRow, FolderCampaigns, ResponseRow } from './campaign-rows';
import { runLimited } from './limiter';
import { REPLAY_TIME_ZONE, type Placed, type RejectedRow } from './rows';
import { chunksOf, groupBy } from './waves';

/** What the hub reports of a campaign of the folder. */
export interface CampaignFigures {
  readonly campaignId: string;
  readonly targeted: bigint;
  readonly responses: bigint;
  readonly responders: bigint;
  /** In millionths; null where nobody was targeted. */
  readonly responseRatePpm: bigint | null;
  readonly purchases: bigint;
  readonly spendMinor: bigint;
  readonly spendBeforeMinor: bigint;
  readonly pointsSpent: bigint;
  readonly pointsSpentBefore: bigint;
}

/** What the hub found of a campaign at the end of a month, with the figures for it and those against it. */
export interface VerdictFigures {
  readonly campaignId: string;
  readonly month: string;
  readonly verdict: string;
  readonly reasons: readonly {
    readonly kind: string;
    readonly finding: string;
    /** In millionths; null: not measured. */
    readonly measuredPpm: bigint | null;
  }[];
}

const SEGMENT = `mutation Segment($input: CreateSegmentInput!) {
  result: createSegment(input: $input) { ... on CreateSegmentSuccess { segment { code } } ${REFUSAL} }
}`;
const TARGET = `mutation Target($input: AddToSegmentInput!) {
  result: addToSegment(input: $input) { ... on AddToSegmentSuccess { rows { outcome } } ${REFUSAL} }
}`;
const BEGIN = `mutation Begin($input: CreateCampaignInput!) {
  result: createCampaign(input: $input) { ... on PurchaseRuleSuccess { rule { campaignId } } ${REFUSAL} }
}`;
const RESPOND = `mutation Respond($input: [RecordCampaignResponseInput!]!) {
  result: recordCampaignResponses(input: $input) { ${REFUSAL} }
}`;
const ACTIVITY = '{ purchases spend { amountMinor } pointsSpent }';
const REPORTS = `query Reports($after: String) { campaignReports(first: 50, after: $after) {
  nodes { campaignId targeted responses responders responseRatePpm during ${ACTIVITY} before ${ACTIVITY} }
  pageInfo { hasNextPage endCursor } } }`;

const VERDICTS = `query Verdicts($campaignId: ID!) { campaignVerdicts(campaignId: $campaignId, first: 100) {
  nodes { month verdict reasons { kind finding measuredPpm } } } }`;

/** Members a call puts on a segment, and responses a call carries: as many as one request may hold. */
const MEMBERS_MAX = 1_000;
const RESPONSES_MAX = 250;
/** How long the ledger may take to hear of who is on a segment. */
const HEARING_MS_MAX = 60_000;

interface Activity {
  readonly purchases: string;
  readonly spend: { readonly amountMinor: string };
  readonly pointsSpent: string;
}
interface Report {
  readonly campaignId: string;
  readonly targeted: string;
  readonly responses: string;
  readonly responders: string;
  readonly responseRatePpm: string | null;
  readonly during: Activity;
  readonly before: Activity;
}

/** Takes a folder's campaigns into a programme: those mailed as a segment, the window as given, the coupons used as responses. */
export class CampaignPoster {
  readonly rejected: RejectedRow[] = [];
  /** Campaign ids of the hub by those of the file. */
  private readonly ids = new Map<string, string>();
  /** How many members each is for. */
  private readonly targeted = new Map<string, bigint>();

  /** Responses that are not told yet, by day. */
  private readonly untold: Map<string, Placed<ResponseRow>[]>;

  constructor(
    private readonly folder: FolderCampaigns,
    private readonly options: {
      readonly admin: GraphCaller;
      readonly partners: ReadonlyMap<string, GraphCaller>;
      /** The hub's partner ids by code, and member ids by those of the file. */
      readonly partnerIds: ReadonlyMap<string, string>;
      readonly memberIds: ReadonlyMap<string, string>;
      readonly concurrency: number;
    },
  ) {
    this.untold = groupBy(folder.responses, ({ day }) => day);
  }

  /**
   * Begins every campaign, and waits until the ledger has heard whom they are for: it judges them by that as months go by. They give
   * no points: what a coupon took off is in the sales already.
   *
   * @throws when the ledger has not heard within a minute
   */
  async begin(): Promise<void> {
    for (const campaign of this.folder.campaigns) {
      const partnerId = this.options.partnerIds.get(campaign.partner);
      if (partnerId === undefined) {
        this.reject(campaign.campaignId, `its coupons are for ${campaign.partner}, which is not in partners.csv`);
        continue;
      }
      const segment = `campaign-${campaign.campaignId}`;
      await this.target(campaign, segment);
      const { rule } = await this.options.admin.must<{ rule: { campaignId: string } }>(BEGIN, {
        input: campaignInput(campaign, { partnerId, segment }),
      });
      this.ids.set(campaign.campaignId, rule.campaignId);
    }
    await this.read();
  }

  private async target({ campaignId, targets }: CampaignRow, segment: string): Promise<void> {
    const { admin, memberIds } = this.options;
    const input = { idempotencyKey: segment, code: segment, name: `Mailed campaign ${campaignId}` };
    await admin.must(SEGMENT, { input });
    const members = targets.flatMap((name) => memberIds.get(name) ?? []);
    for (const name of targets) {
      if (!memberIds.has(name)) this.reject(campaignId, `${name} is not in members.csv`, 'campaign_targets.csv');
    }
    for (const [n, chunk] of chunksOf(members, MEMBERS_MAX).entries()) {
      await admin.must(TARGET, { input: { idempotencyKey: `${segment} ${n}`, segment, memberIds: chunk } });
    }
    this.targeted.set(campaignId, BigInt(members.length));
  }

  private reject(campaignId: string, reason: string, file = 'campaigns.csv'): void {
    this.rejected.push({ file, line: 0, reason: `campaign ${campaignId}: ${reason}` });
  }

  /** Tells the hub of every coupon that was used on a day, whether or not its points were there; that day, and once. */
  async respond(day: string): Promise<void> {
    const known = (this.untold.get(day) ?? []).filter(({ campaignId }) => this.ids.has(campaignId));
    const calls = [...groupBy(known, ({ partner }) => partner)].flatMap(([partner, rows]) =>
      chunksOf(rows, RESPONSES_MAX).map((chunk) => ({ partner, chunk })),
    );
    await runLimited(calls, this.options.concurrency, async ({ partner, chunk }) => {
      const caller = this.options.partners.get(partner);
      if (caller === undefined) return;
      const input = chunk.map((row) => responseInput(row, this.ids.get(row.campaignId) ?? ''));
      const { result } = await caller.ask<{ result: readonly (Answer | null)[] }>(RESPOND, { input });
      for (const [n, row] of chunk.entries()) this.noteResponse(row, result[n] ?? null);
    });
    this.untold.delete(day);
  }

  /** Tells it of coupons of days on which nothing else could be posted. */
  async respondToOthers(): Promise<void> {
    for (const day of [...this.untold.keys()].sort()) await this.respond(day);
  }

  private noteResponse({ redemptionId, line }: Placed<ResponseRow>, answer: Answer | null): void {
    if (answer !== null && answer.code === undefined) return;
    const reason = `${redemptionId}: ${answer?.code ?? 'INTERNAL'} ${answer?.message ?? 'no answer'}`;
    this.rejected.push({ file: 'redemptions.csv', line, reason });
  }

  /**
   * What the hub reports of each, in the order of the file.
   *
   * @throws when the ledger has not heard of all who are on the segments within a minute
   */
  async read(): Promise<CampaignFigures[]> {
    const until = Date.now() + HEARING_MS_MAX;
    for (;;) {
      const reports = await this.reports();
      const figures = this.folder.campaigns.flatMap(({ campaignId }) => {
        const report = reports.get(this.ids.get(campaignId) ?? '');
        return report === undefined ? [] : [figuresOf(campaignId, report)];
      });
      const unheard = figures.filter((one) => one.targeted !== this.targeted.get(one.campaignId));
      if (unheard.length === 0 && figures.length === this.ids.size) return figures;
      if (Date.now() > until) throw new Error(`replay: the ledger knows ${this.describe(unheard)}`);
      await pause(200);
    }
  }

  /** What the hub found of each month by month, in the order of the file, the first month first. */
  async readVerdicts(): Promise<VerdictFigures[]> {
    const found: VerdictFigures[] = [];
    for (const { campaignId } of this.folder.campaigns) {
      const id = this.ids.get(campaignId);
      if (id === undefined) continue;
      const { campaignVerdicts } = await this.options.admin.ask<VerdictPage>(VERDICTS, { campaignId: id });
      for (const { reasons, ...verdict } of campaignVerdicts.nodes.toReversed()) {
        const whole = (text: string | null) => (text === null ? null : BigInt(text));
        const told = reasons.map((reason) => ({ ...reason, measuredPpm: whole(reason.measuredPpm) }));
        found.push({ campaignId, ...verdict, reasons: told });
      }
    }
    return found;
  }

  private describe(unheard: readonly CampaignFigures[]): string {
    const texts = unheard.map(({ campaignId, targeted }) => {
      return `${targeted} of ${this.targeted.get(campaignId)} members of campaign ${campaignId}`;
    });
    return texts.length === 0 ? 'not all campaigns' : texts.join(', ');
  }

  private async reports(): Promise<Map<string, Report>> {
    const found = new Map<string, Report>();
    for (let after: string | null = null; ;) {
      const { campaignReports: page }: ReportPage = await this.options.admin.ask<ReportPage>(REPORTS, { after });
      for (const report of page.nodes) found.set(report.campaignId, report);
      if (!page.pageInfo.hasNextPage) return found;
      after = page.pageInfo.endCursor;
    }
  }
}

interface ReportPage {
  readonly campaignReports: {
    readonly nodes: readonly Report[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

interface VerdictPage {
  readonly campaignVerdicts: {
    readonly nodes: readonly {
      readonly month: string;
      readonly verdict: string;
      readonly reasons: readonly {
        readonly kind: string;
        readonly finding: string;
        readonly measuredPpm: string | null;
      }[];
    }[];
  };
}

function campaignInput(
  { campaignId, type, startsOn, endsOn }: CampaignRow,
  { partnerId, segment }: { partnerId: string; segment: string },
): object {
  return {
    ...{ idempotencyKey: segment, partnerId, code: segment, name: `Campaign ${campaignId}, ${type}` },
    ...{ effect: { kind: 'BONUS', points: '0' }, segments: [segment], phase: 'FULL', purpose: 'PERSONAL_OFFERS' },
    validFrom: startOfDay(startsOn, REPLAY_TIME_ZONE).toISOString(),
    validUntil: startOfDay(endsOn, REPLAY_TIME_ZONE, 1).toISOString(),
  };
}

function responseInput({ redemptionId, memberId, day }: ResponseRow, campaignId: string): object {
  return {
    ...{ idempotencyKey: `response ${redemptionId}`, campaignId, kind: 'USED' },
    member: { identity: { kind: 'CARD', value: memberId } },
    occurredAt: endOfDay(day, REPLAY_TIME_ZONE).toISOString(),
  };
}

function figuresOf(campaignId: string, { during, before, ...report }: Report): CampaignFigures {
  return {
    campaignId,
    targeted: BigInt(report.targeted),
    responses: BigInt(report.responses),
    responders: BigInt(report.responders),
    responseRatePpm: report.responseRatePpm === null ? null : BigInt(report.responseRatePpm),
    purchases: BigInt(during.purchases),
    spendMinor: BigInt(during.spend.amountMinor),
    spendBeforeMinor: BigInt(before.spend.amountMinor),
    pointsSpent: BigInt(during.pointsSpent),
    pointsSpentBefore: BigInt(before.pointsSpent),
  };
}
