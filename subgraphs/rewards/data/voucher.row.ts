import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { MemberId, PartnerId, ProgrammeId } from '../../../kernel/values/id';
import type { OrderId } from '../core/order';
import type { RewardId } from '../core/reward';
import type { Voucher, VoucherId, VoucherStateName } from '../core/voucher';
import type { VoucherCode } from '../core/voucher-code';

/** A row of `voucher`; it reads as the rule's own value. */
@Entity('voucher')
export class VoucherRow implements Voucher {
  @PrimaryColumn({ type: 'text' })
  id!: VoucherId;
  @Column({ type: 'text', name: 'programme_id' })
  programmeId!: ProgrammeId;
  @Column({ type: 'text', name: 'order_id' })
  orderId!: OrderId;
  @Column({ type: 'text', name: 'reward_id' })
  rewardId!: RewardId;
  @Column({ type: 'text', name: 'member_id' })
  memberId!: MemberId;
  @Column({ type: 'text', name: 'partner_id' })
  partnerId!: PartnerId;
  @Column({ type: 'text' })
  code!: VoucherCode;
  @Column({ type: 'text' })
  state!: VoucherStateName;
  @Column({ type: 'timestamptz', name: 'expires_at' })
  expiresAt!: Date;
  @Column({ type: 'timestamptz', name: 'issued_at', nullable: true })
  issuedAt!: Date | null;
}
