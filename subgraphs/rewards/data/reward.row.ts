import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigintColumn } from '../../../kernel/db/columns';
import type { PartnerId, ProgrammeId } from '../../../kernel/values/id';
import type { Points } from '../../../kernel/values/points';
import type { Reward, RewardId } from '../core/reward';

/** A row of `reward`; it reads as the rule's own value. */
@Entity('reward')
export class RewardRow implements Reward {
  @PrimaryColumn({ type: 'text' })
  id!: RewardId;
  @Column({ type: 'text', name: 'programme_id' })
  programmeId!: ProgrammeId;
  @Column({ type: 'text', name: 'offered_by' })
  offeredBy!: PartnerId;
  @Column({ type: 'text' })
  name!: string;
  @Column({ type: 'bigint', name: 'price_points', transformer: bigintColumn })
  pricePoints!: Points;
  @Column({ type: 'timestamptz', name: 'valid_from' })
  validFrom!: Date;
  @Column({ type: 'timestamptz', name: 'valid_until', nullable: true })
  validUntil!: Date | null;
  @Column({ type: 'integer', name: 'voucher_validity_days' })
  voucherValidityDays!: number;
  @Column({ type: 'integer', name: 'stock_offered', nullable: true })
  stockOffered!: number | null;
  @Column({ type: 'integer', name: 'stock_left', nullable: true })
  stockLeft!: number | null;
  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
