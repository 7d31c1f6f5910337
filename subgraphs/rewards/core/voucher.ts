import type { Id, MemberId, PartnerId, ProgrammeId } from '../../../kernel/values/id';
import type { OrderId } from './order';
import type { RewardId } from './reward';
import type { VoucherCode } from './voucher-code';

export type VoucherId = Id<'vch'>;

export const VOUCHER_STATES = ['ISSUED', 'USED', 'PARTLY_USED', 'EXPIRED', 'CANCELLED'] as const;
export type VoucherStateName = (typeof VOUCHER_STATES)[number];

/** The one-use proof of a redeemed reward. */
export interface Voucher {
  readonly id: VoucherId;
  readonly programmeId: ProgrammeId;
  readonly orderId: OrderId;
  readonly rewardId: RewardId;
  readonly memberId: MemberId;
  /** The partner that offers the reward and honours the voucher. */
  readonly partnerId: PartnerId;
  readonly code: VoucherCode;
  readonly state: VoucherStateName;
  readonly expiresAt: Date;
  /** When the points were captured; null while the order is unfinished, and then nobody sees the voucher. */
  readonly issuedAt: Date | null;
}

/** The state a reader is shown: an unused voucher past its end is EXPIRED, whether or not anything has marked it so. */
export function voucherStateAt(voucher: Pick<Voucher, 'state' | 'expiresAt'>, now: Date): VoucherStateName {
  return voucher.state === 'ISSUED' && now >= voucher.expiresAt ? 'EXPIRED' : voucher.state;
}

const DAY_MS = 86_400_000;

/** When a voucher made now ends. */
export function voucherEnd(now: Date, validityDays: number): Date {
  return new Date(now.getTime() + validityDays * DAY_MS);
}
