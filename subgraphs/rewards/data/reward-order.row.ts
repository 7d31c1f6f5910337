import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigintColumn } from '../../../kernel/db/columns';
import type { Refusal } from '../../../kernel/errors/refusal';
import type { MemberId, PartnerId, ProgrammeId } from '../../../kernel/values/id';
import type { Points } from '../../../kernel/values/points';
import type { Order, OrderId, OrderState } from '../core/order';
import type { RewardId } from '../core/reward';

/** A row of `reward_order`; it reads as the rule's own value. */
@Entity('reward_order')
export class RewardOrderRow implements Order {
  @PrimaryColumn({ type: 'text' })
  id!: OrderId;
  @Column({ type: 'text', name: 'programme_id' })
  programmeId!: ProgrammeId;
  @Column({ type: 'text', name: 'reward_id' })
  rewardId!: RewardId;
  @Column({ type: 'text', name: 'partner_id' })
  partnerId!: PartnerId;
  @Column({ type: 'text', name: 'placed_by' })
  placedBy!: 'MEMBER' | 'PARTNER';
  @Column({ type: 'text', name: 'member_id', nullable: true })
  memberId!: MemberId | null;
  /** The identity a partner presented, encrypted; kept only until the ledger has told whose it is. */
  @Column({ type: 'bytea', name: 'sealed_identity', nullable: true })
  sealedIdentity!: Buffer | null;
  @Column({ type: 'integer' })
  quantity!: number;
  @Column({ type: 'bigint', name: 'price_points', transformer: bigintColumn })
  pricePoints!: Points;
  @Column({ type: 'text' })
  state!: OrderState;
  @Column({ type: 'text', name: 'hold_id', nullable: true })
  holdId!: string | null;
  @Column({ type: 'text', name: 'redemption_id', nullable: true })
  redemptionId!: string | null;
  @Column({ type: 'jsonb', nullable: true })
  refusal!: Refusal | null;
  @Column({ type: 'timestamptz', name: 'placed_at' })
  placedAt!: Date;
  @Column({ type: 'timestamptz', name: 'hold_expires_at' })
  holdExpiresAt!: Date;
  @Column({ type: 'timestamptz', name: 'resume_at' })
  resumeAt!: Date;
  @Column({ type: 'integer' })
  attempts!: number;
}
