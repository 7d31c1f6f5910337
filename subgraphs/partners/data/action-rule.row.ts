import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigintColumn } from '../../../kernel/db/columns';
import type { Id, PartnerId, ProgrammeId } from '../../../kernel/values/id';
import type { LimitPeriod } from '../core/contract';

/** Whole numbers as text: JSON has none that large. */
export interface StoredActionTerms {
  readonly condition?: string;
  readonly tiers?: string[];
  readonly tierPoints?: { readonly tier: string; readonly points: string }[];
  readonly signUpDays?: number;
}

/** A row of `action_rule`: one version, never changed. */
@Entity('action_rule')
export class ActionRuleRow {
  @PrimaryColumn({ type: 'text' })
  id!: Id<'rul'>;
  @Column({ name: 'programme_id', type: 'text' })
  programmeId!: ProgrammeId;
  @Column({ name: 'partner_id', type: 'text' })
  partnerId!: PartnerId;
  @Column({ type: 'text' })
  action!: string;
  @Column({ type: 'integer' })
  version!: number;
  @Column({ type: 'bigint', transformer: bigintColumn })
  points!: bigint;
  /** Given with its period or not at all. */
  @Column({ name: 'limit_count', type: 'integer', nullable: true })
  limitCount!: number | null;
  @Column({ name: 'limit_period', type: 'text', nullable: true })
  limitPeriod!: LimitPeriod | null;
  @Column({ name: 'distinct_by', type: 'text', nullable: true })
  distinctBy!: string | null;
  /** What it asks for beside its limit; null: nothing. */
  @Column({ type: 'jsonb', nullable: true })
  terms!: StoredActionTerms | null;
  @Column({ name: 'valid_from', type: 'timestamptz' })
  validFrom!: Date;
  @Column({ name: 'set_at', type: 'timestamptz' })
  setAt!: Date;
}
