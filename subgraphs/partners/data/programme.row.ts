import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigintColumn } from '../../../kernel/db/columns';
import type { ProgrammeId } from '../../../kernel/values/id';
import type { ExpiryPolicy, ProgrammeTerms, TierPolicy } from '../core/programme-terms';

/** A row of `programme`. */
@Entity('programme')
export class ProgrammeRow {
  @PrimaryColumn({ type: 'text' })
  id!: ProgrammeId;
  @Column({ type: 'text' })
  key!: string;
  @Column({ type: 'text' })
  name!: string;
  @Column({ name: 'currency_name', type: 'text' })
  currencyName!: string;
  @Column({ type: 'text' })
  currency!: string;
  @Column({ name: 'face_value_micros', type: 'bigint', transformer: bigintColumn })
  faceValueMicros!: bigint;
  @Column({ name: 'time_zone', type: 'text' })
  timeZone!: string;
  @Column({ name: 'default_language', type: 'text' })
  defaultLanguage!: string;
  @Column({ name: 'is_sandbox', type: 'boolean' })
  isSandbox!: boolean;
  @Column({ name: 'single_approver', type: 'boolean' })
  singleApprover!: boolean;
  @Column({ name: 'dispute_window_days', type: 'integer' })
  disputeWindowDays!: number;
  @Column({ name: 'points_validity_days', type: 'integer', nullable: true })
  pointsValidityDays!: number | null;
  @Column({ name: 'expiry_kind', type: 'text' })
  expiryKind!: ExpiryPolicy['kind'];
  @Column({ name: 'expiry_period', type: 'text' })
  expiryPeriod!: ExpiryPolicy['period'];
  @Column({ name: 'expiry_warning_days', type: 'integer', array: true })
  expiryWarningDays!: number[];
  @Column({ name: 'draw_order', type: 'text' })
  drawOrder!: ProgrammeTerms['drawOrder'];
  @Column({ name: 'reversal_grace_days', type: 'integer' })
  reversalGraceDays!: number;
  @Column({ name: 'arrears_limit_points', type: 'bigint', nullable: true, transformer: bigintColumn })
  arrearsLimitPoints!: bigint | null;
  @Column({ name: 'step_up_above_points', type: 'bigint', nullable: true, transformer: bigintColumn })
  stepUpAbovePoints!: bigint | null;
  @Column({ name: 'receipt_claim_days', type: 'integer' })
  receiptClaimDays!: number;
  @Column({ name: 'missing_points_answer_days', type: 'integer' })
  missingPointsAnswerDays!: number;
  @Column({ name: 'tier_period', type: 'text' })
  tierPeriod!: TierPolicy['period'];
  @Column({ name: 'tier_grace_days', type: 'integer' })
  tierGraceDays!: number;
  @Column({ name: 'tier_notice_days', type: 'integer' })
  tierNoticeDays!: number;
  @Column({ name: 'rebate_limit_bps', type: 'integer', nullable: true })
  rebateLimitBps!: number | null;
  @Column({ name: 'opens_at', type: 'timestamptz' })
  opensAt!: Date;
  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;
}
