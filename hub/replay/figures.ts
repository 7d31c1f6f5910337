import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CampaignFigures, VerdictFigures } from './post-campaigns';
import type { RejectedRow } from './rows';
import { byText } from './waves';

/** What a replay hands back, all of it read from the hub; money in cents, points whole. */
export interface ReplayFigures {
  readonly partners: readonly PartnerFigures[];
  readonly members: readonly MemberFigures[];
  readonly matrix: readonly MatrixCell[];
  readonly declined: readonly string[];
  /** Absent where campaigns were not asked for. */
  readonly campaigns?: readonly CampaignFigures[] | undefined;
  /** Absent as well where they were not asked for. */
  readonly verdicts?: readonly VerdictFigures[] | undefined;
  readonly summary: ReplaySummary;
  readonly rejected: readonly RejectedRow[];
}

export interface PartnerFigures {
  readonly partner: string;
  readonly purchases: bigint;
  readonly distinctMembers: bigint;
  readonly amountMinor: bigint;
  readonly issued: bigint;
  readonly receives: bigint;
  readonly owes: bigint;
  /** The hub's own net position: positive receives. */
  readonly netMinor: bigint;
  readonly outstanding: bigint;
  readonly expired: bigint;
}

export interface MemberFigures {
  readonly memberId: string;
  readonly earned: bigint;
  readonly spent: bigint;
  readonly expired: bigint;
  readonly balance: bigint;
}

/** Points of one issuer spent at one redeemer; own brand included. */
export interface MatrixCell {
  readonly issuer: string;
  readonly redeemer: string;
  readonly points: bigint;
  readonly valueMinor: bigint;
}

export interface ReplaySummary {
  readonly programme: string;
  readonly expire_after_days: number | null;
  readonly points_issued: number;
  readonly points_spent: number;
  readonly points_expired: number;
  readonly points_outstanding: number;
  readonly redemptions_accepted: number;
  readonly redemptions_declined: number;
  readonly cross_partner_points: number;
  readonly members_with_ledger: number;
  readonly purchases_accepted: number;
  readonly rows_rejected: number;
}

type Cell = string | bigint | number;

/** Writes the result files; the same figures always give the same bytes. */
export function writeFigures(outDir: string, figures: ReplayFigures): void {
  mkdirSync(outDir, { recursive: true });
  for (const [name, content] of Object.entries(filesOf(figures))) writeFileSync(join(outDir, name), content);
}

/** The result files by name. */
export function filesOf({
  partners,
  members,
  matrix,
  declined,
  campaigns,
  verdicts,
  summary,
  rejected,
}: ReplayFigures): Record<string, string> {
  const byPartner = partners.toSorted(byText(({ partner }) => partner));
  return {
    'partner_totals.csv': csv(
      ['partner_id', 'purchases', 'distinct_members', 'amount_usd', 'points_issued'],
      byPartner.map((row) => [row.partner, row.purchases, row.distinctMembers, dollars(row.amountMinor), row.issued]),
    ),
    'member_balances.csv': csv(
      ['member_id', 'earned', 'spent', 'expired', 'balance'],
      members
        .toSorted(byText(({ memberId }) => memberId))
        .map((row) => [row.memberId, row.earned, row.spent, row.expired, row.balance]),
    ),
    'settlement_matrix.csv': csv(
      ['issuer', 'redeemer', 'points', 'usd'],
      matrix
        .toSorted(byText(({ issuer, redeemer }) => `${issuer}\n${redeemer}`))
        .map((cell) => [cell.issuer, cell.redeemer, cell.points, dollars(cell.valueMinor)]),
    ),
    'net_positions.csv': csv(
      [
        'partner_id',
        'receives_points',
        'owes_points',
        'net_points',
        'net_usd',
        'outstanding_points',
        'breakage_points',
      ],
      byPartner.map((row) => [
        row.partner,
        row.receives,
        row.owes,
        row.receives - row.owes,
        dollars(row.netMinor),
        row.outstanding,
        row.expired,
      ]),
    ),
    'declined_redemptions.csv': csv(
      ['redemption_id'],
      declined.toSorted().map((id) => [id]),
    ),
    ...(campaigns === undefined ? {} : { 'campaign_metrics.csv': campaignCsv(campaigns) }),
    ...(verdicts === undefined ? {} : { 'campaign_verdicts.csv': verdictCsv(verdicts) }),
    'rejected_rows.csv': csv(
      ['file', 'line', 'reason'],
      rejected.map(({ file, line, reason }) => [file, line, guarded(reason)]),
    ),
    'summary.json': `${JSON.stringify(summary, null, 2)}\n`,
  };
}

function campaignCsv(campaigns: readonly CampaignFigures[]): string {
  const rates = ['campaign_id', 'targeted', 'redemptions', 'redeeming_members', 'response_rate_pct'];
  const activity = ['purchases', 'spend_usd', 'spend_before_usd', 'points_spent', 'points_spent_before'];
  return csv(
    [...rates, ...activity],
    campaigns.map((row) => [
      ...[row.campaignId, row.targeted, row.responses, row.responders],
      row.responseRatePpm === null ? '' : percent(row.responseRatePpm),
      ...[row.purchases, dollars(row.spendMinor), dollars(row.spendBeforeMinor)],
      ...[row.pointsSpent, row.pointsSpentBefore],
    ]),
  );
}

/** One row for a campaign and month; figures by what they say, such as `RESPONSE_RATE 6.4516`. */
function verdictCsv(verdicts: readonly VerdictFigures[]): string {
  const saying = ({ reasons }: VerdictFigures, finding: string) =>
    reasons
      .filter((one) => one.finding === finding)
      .map(({ kind, measuredPpm }) => (measuredPpm === null ? kind : `${kind} ${percent(measuredPpm)}`))
      .join('; ');
  return csv(
    ['campaign_id', 'month', 'verdict', 'for_pct', 'against_pct', 'unknown_pct'],
    verdicts.map((row) => [
      ...[row.campaignId, row.month, row.verdict],
      ...[saying(row, 'FOR'), saying(row, 'AGAINST'), saying(row, 'UNKNOWN')],
    ]),
  );
}

/** Millionths as a percentage with four places. */
function percent(ppm: bigint): string {
  const [sign, size] = ppm < 0n ? ['-', -ppm] : ['', ppm];
  return `${sign}${size / 10_000n}.${String(size % 10_000n).padStart(4, '0')}`;
}

/** Cents as dollars with two places. */
export function dollars(amountMinor: bigint): string {
  const [sign, size] = amountMinor < 0n ? ['-', -amountMinor] : ['', amountMinor];
  return `${sign}${size / 100n}.${String(size % 100n).padStart(2, '0')}`;
}

function csv(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [header, ...rows].map((row) => `${row.map((cell) => quoted(String(cell))).join(',')}\n`).join('');
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A text that a spreadsheet would take for a formula is shown as text. */
function guarded(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}
