import { sql } from '../../../kernel/db/sql';
import type { Tx } from '../../../kernel/db/transaction';
import type { ProgrammeId } from '../../../kernel/values/id';
import type { Programme } from '../core/programme';
import type { ProgrammeTerms } from '../core/programme-terms';
import type { Tier } from '../core/ladder';
import { ProgrammeRow } from './programme.row';
import { TierRow } from './tier.row';

const INSERT = sql`/* partners.createProgramme.insert */
insert into programme (id, key, name, currency_name, currency, face_value_micros, time_zone, default_language, is_sandbox,
                       single_approver, dispute_window_days, points_validity_days, opens_at, created_at, expiry_kind, expiry_period,
                       expiry_warning_days, draw_order, reversal_grace_days, arrears_limit_points, step_up_above_points,
                       receipt_claim_days, missing_points_answer_days, tier_period, tier_grace_days, tier_notice_days,
                       rebate_limit_bps)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
        $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27)
on conflict (key) do nothing
returning id`;

const INSERT_TIER = sql`/* partners.createProgramme.insertTier */
insert into tier (programme_id, rank, code, name, threshold_points, multiplier_bps, benefits)
values ($1, $2, $3, $4, $5, $6, $7)`;

const BEGIN_BOOK = sql`/* partners.createProgramme.beginBook */
insert into rule_book_version (programme_id, version)
values ($1, 0)`;

/** Writes a programme, its ladder and its empty rule book; false when the key is taken, then nothing is written. */
export async function insertProgramme(tx: Tx, programme: Programme, createdAt: Date): Promise<boolean> {
  const p = programme;
  const inserted = await tx.query<unknown[]>(INSERT, [
    p.id,
    p.key,
    p.name,
    p.currencyName,
    p.currency,
    p.faceValueMicros,
    p.timeZone,
    p.defaultLanguage,
    p.isSandbox,
    p.singleApprover,
    p.disputeWindowDays,
    p.pointsValidityDays,
    p.opensAt,
    createdAt,
    ...termValues(p),
  ]);
  if (inserted.length === 0) return false;
  for (const [rank, { code, name, thresholdPoints, multiplierBps, benefits }] of p.tiers.entries()) {
    const given = [thresholdPoints, multiplierBps ?? 10_000, JSON.stringify(benefits ?? [])];
    await tx.query(INSERT_TIER, [p.id, rank, code, name, ...given]);
  }
  await tx.query(BEGIN_BOOK, [p.id]);
  return true;
}

function termValues({ expiry, tierPolicy, ...terms }: ProgrammeTerms): unknown[] {
  return [
    ...[expiry.kind, expiry.period, expiry.warningDays, terms.drawOrder, terms.reversalGraceDays],
    ...[terms.arrearsLimitPoints, terms.stepUpAbovePoints, terms.receiptClaimDays, terms.missingPointsAnswerDays],
    ...[tierPolicy.period, tierPolicy.graceDays, tierPolicy.noticeDays, terms.rebateLimitBps],
  ];
}

/** The programme with its ladder, lowest rung first. */
export async function findProgramme(tx: Tx, id: ProgrammeId): Promise<Programme | null> {
  const row = await tx.findOneBy(ProgrammeRow, { id });
  return row === null ? null : withLadder(tx, row);
}

/** As `findProgramme`, by the name machines use. Who may see it is for the caller to decide: keys cross programmes. */
export async function findProgrammeByKey(tx: Tx, key: string): Promise<Programme | null> {
  const row = await tx.findOneBy(ProgrammeRow, { key });
  return row === null ? null : withLadder(tx, row);
}

async function withLadder(tx: Tx, row: ProgrammeRow): Promise<Programme> {
  const rungs = await tx.find(TierRow, { where: { programmeId: row.id }, order: { rank: 'asc' } });
  const tiers: Tier[] = rungs.map(({ programmeId: _, rank: __, ...tier }) => tier);
  const { createdAt: _, expiryKind, expiryPeriod, expiryWarningDays, ...rest } = row;
  const { tierPeriod, tierGraceDays, tierNoticeDays, ...flat } = rest;
  return {
    ...flat,
    expiry: { kind: expiryKind, period: expiryPeriod, warningDays: expiryWarningDays },
    tierPolicy: { period: tierPeriod, graceDays: tierGraceDays, noticeDays: tierNoticeDays },
    tiers,
  };
}
