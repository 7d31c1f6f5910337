import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigintColumn } from '../../../kernel/db/columns';
import type { ProgrammeId } from '../../../kernel/values/id';
import type { Benefit } from '../core/local-text';

/** A row of `tier`. */
@Entity('tier')
export class TierRow {
  @PrimaryColumn({ name: 'programme_id', type: 'text' })
  programmeId!: ProgrammeId;
  /** 0 is the lowest rung. */
  @PrimaryColumn({ type: 'integer' })
  rank!: number;
  @Column({ type: 'text' })
  code!: string;
  @Column({ type: 'text' })
  name!: string;
  @Column({ name: 'threshold_points', type: 'bigint', transformer: bigintColumn })
  thresholdPoints!: bigint;
  @Column({ name: 'multiplier_bps', type: 'integer' })
  multiplierBps!: number;
  @Column({ type: 'jsonb' })
  benefits!: Benefit[];
}
