import type { Pool } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import type { Tx } from '../../../../kernel/db/transaction';
import { idFromUuid, uuidOf, type Id, type ProgrammeId } from '../../../../kernel/values/id';
import type { CampaignCounts } from '../../core/campaigns/figures';
import type { CampaignDecision, Reason, Verdict } from '../../core/campaigns/verdict';

/** A verdict as it was given. */
export interface CampaignVerdict {
  readonly campaignId: Id<'cmp'>;
  /** Such as `2026-03`. */
  readonly month: string;
  readonly verdict: Verdict;
  readonly reasons: readonly Reason[];
  /** How far its figures reach. */
  readonly through: Date;
  readonly givenAt: Date;
  /** Null: nobody told yet. */
  readonly decision: CampaignDecision | null;
}

const LATEST = sql`/* ledger.campaignVerdict.latest */
select campaign_id, max(month) as month from campaign_verdict where programme_id = $1 group by campaign_id`;

/** The latest month each campaign has a verdict of. */
export async function latestVerdicts(pool: Pool, programmeId: ProgrammeId): Promise<Map<string, string>> {
  const { rows } = await pool.query<{ campaign_id: string; month: string }>(LATEST, [uuidOf(programmeId)]);
  return new Map(rows.map((row) => [idFromUuid('cmp', row.campaign_id), row.month]));
}

const KEEP = sql`/* ledger.campaignVerdict.keep */
insert into campaign_verdict (programme_id, campaign_id, month, verdict, reasons, counts, through, given_at)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (programme_id, campaign_id, month) do nothing`;

const inText = (_name: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value);

/** Keeps a verdict with all it was reached by, unless there is one of that month. */
export async function keepVerdict(
  pool: Pool,
  programmeId: ProgrammeId,
  {
    campaignId,
    month,
    verdict,
    reasons,
    through,
    givenAt,
    counts,
  }: Omit<CampaignVerdict, 'decision'> & { counts: CampaignCounts },
): Promise<void> {
  await pool.query(KEEP, [
    ...[uuidOf(programmeId), uuidOf(campaignId), month, verdict],
    ...[JSON.stringify(reasons, inText), JSON.stringify(counts, inText), through, givenAt],
  ]);
}

const FIND = sql`/* ledger.campaignVerdict.find */
select v.month, v.verdict, v.reasons, v.through, v.given_at, d.decision, d.reason, d.decided_by, d.decided_at
  from campaign_verdict v
  left join campaign_decision d
    on d.programme_id = v.programme_id and d.campaign_id = v.campaign_id and d.month = v.month
 where v.programme_id = $1 and v.campaign_id = $2 and ($3::text is null or v.month < $3)
 order by v.month desc limit $4`;

interface Row {
  readonly month: string;
  readonly verdict: Verdict;
  readonly reasons: readonly (Omit<Reason, 'measuredPpm' | 'limitPpm'> & {
    measuredPpm: string | null;
    limitPpm: string;
  })[];
  readonly through: Date;
  readonly given_at: Date;
  readonly decision: CampaignDecision['decision'] | null;
  readonly reason: string;
  readonly decided_by: string;
  readonly decided_at: Date;
}

/** Verdicts on a campaign, the latest month first. */
export async function findVerdicts(
  pool: Pool,
  programmeId: ProgrammeId,
  { campaignId, before, limit }: { campaignId: Id<'cmp'>; before: string | null; limit: number },
): Promise<CampaignVerdict[]> {
  const { rows } = await pool.query<Row>(FIND, [uuidOf(programmeId), uuidOf(campaignId), before, limit]);
  return rows.map(({ month, verdict, through, given_at: givenAt, reasons, ...row }) => ({
    ...{ campaignId, month, verdict, through, givenAt, decision: decisionFrom(row) },
    reasons: reasons.map(({ measuredPpm, limitPpm, ...reason }) => ({
      ...reason,
      measuredPpm: measuredPpm === null ? null : BigInt(measuredPpm),
      limitPpm: BigInt(limitPpm),
    })),
  }));
}

type DecisionRow = Pick<Row, 'decision' | 'reason' | 'decided_by' | 'decided_at'>;

function decisionFrom({ decision, reason, decided_by: decidedBy, decided_at: decidedAt }: DecisionRow) {
  return decision === null ? null : { decision, reason, decidedBy, decidedAt };
}

const EXISTS = sql`/* ledger.campaignVerdict.exists */
select 1 from campaign_verdict where programme_id = $1 and campaign_id = $2 and month = $3`;

const DECIDE = sql`/* ledger.campaignDecision.keep */
insert into campaign_decision (programme_id, campaign_id, month, decision, reason, decided_by, decided_at)
values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing returning month`;

/** Keeps what a person did after a verdict; the first that is told stands. */
export async function keepDecision(
  tx: Tx,
  programmeId: ProgrammeId,
  { campaignId, month, ...told }: CampaignDecision & Pick<CampaignVerdict, 'campaignId' | 'month'>,
): Promise<'KEPT' | 'DECIDED_BEFORE' | 'NO_VERDICT'> {
  const place = [uuidOf(programmeId), uuidOf(campaignId), month];
  if (((await tx.query(EXISTS, place)) as unknown[]).length === 0) return 'NO_VERDICT';
  const values = [...place, told.decision, told.reason, told.decidedBy, told.decidedAt];
  return ((await tx.query(DECIDE, values)) as unknown[]).length === 1 ? 'KEPT' : 'DECIDED_BEFORE';
}
