import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigintColumn } from '../../../kernel/db/columns';
import type { ProgrammeId } from '../../../kernel/values/id';

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
  @Column({ name: 'opens_at', type: 'timestamptz' })
  opensAt!: Date;
  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;
}
