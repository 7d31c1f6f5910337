import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigintColumn } from '../../../kernel/db/columns';
import type { Id, PartnerId, ProgrammeId } from '../../../kernel/values/id';
import type { LimitPeriod, SettlementModel } from '../core/contract';

/** A row of `contract`: one version, never changed. */
@Entity('contract')
export class ContractRow {
  @PrimaryColumn({ type: 'text' })
  id!: Id<'ctr'>;
  @Column({ name: 'programme_id', type: 'text' })
  programmeId!: ProgrammeId;
  @Column({ name: 'partner_id', type: 'text' })
  partnerId!: PartnerId;
  @Column({ type: 'integer' })
  version!: number;
  @Column({ name: 'valid_from', type: 'timestamptz' })
  validFrom!: Date;
  @Column({ name: 'settlement_model', type: 'text' })
  settlementModel!: SettlementModel;
  @Column({ name: 'reimbursement_micros', type: 'bigint', transformer: bigintColumn })
  reimbursementMicros!: bigint;
  @Column({ name: 'fee_micros', type: 'bigint', transformer: bigintColumn })
  feeMicros!: bigint;
  @Column({ name: 'issuance_micros', type: 'bigint', transformer: bigintColumn })
  issuanceMicros!: bigint;
  @Column({ name: 'prefund_bps', type: 'integer' })
  prefundBps!: number;
  @Column({ name: 'breakage_share_bps', type: 'integer' })
  breakageShareBps!: number;
  @Column({ name: 'release_on_funding', type: 'boolean' })
  releaseOnFunding!: boolean;
  /** Given with its period or not at all. */
  @Column({ name: 'issuance_cap_points', type: 'bigint', nullable: true, transformer: bigintColumn })
  issuanceCapPoints!: bigint | null;
  @Column({ name: 'issuance_cap_period', type: 'text', nullable: true })
  issuanceCapPeriod!: LimitPeriod | null;
  @Column({ name: 'net_debit_cap_micros', type: 'bigint', nullable: true, transformer: bigintColumn })
  netDebitCapMicros!: bigint | null;
  @Column({ name: 'net_debit_alert_bps', type: 'integer' })
  netDebitAlertBps!: number;
  @Column({ name: 'face_value_micros', type: 'bigint', transformer: bigintColumn })
  faceValueMicros!: bigint;
  @Column({ name: 'agreed_at', type: 'timestamptz' })
  agreedAt!: Date;
}
