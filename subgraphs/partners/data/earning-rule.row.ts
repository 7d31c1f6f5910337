import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigintColumn } from '../../../kernel/db/columns';
import type { Id, PartnerId, ProgrammeId } from '../../../kernel/values/id';
import type { EarningRuleKind } from '../core/earning-rule';

/** A row of `earning_rule`: one version, never changed. */
@Entity('earning_rule')
export class EarningRuleRow {
  @PrimaryColumn({ type: 'text' })
  id!: Id<'rul'>;
  @Column({ name: 'programme_id', type: 'text' })
  programmeId!: ProgrammeId;
  @Column({ name: 'partner_id', type: 'text' })
  partnerId!: PartnerId;
  @Column({ type: 'integer' })
  version!: number;
  @Column({ type: 'text' })
  kind!: EarningRuleKind;
  @Column({ type: 'bigint', transformer: bigintColumn })
  points!: bigint;
  @Column({ name: 'per_amount_minor', type: 'bigint', transformer: bigintColumn })
  perAmountMinor!: bigint;
  @Column({ name: 'valid_from', type: 'timestamptz' })
  validFrom!: Date;
  @Column({ name: 'pending_days', type: 'integer' })
  pendingDays!: number;
  @Column({ name: 'set_at', type: 'timestamptz' })
  setAt!: Date;
}
