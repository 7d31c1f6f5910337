import type { NewEvent } from '../../../kernel/events/outbox';
import type { Order } from '../core/order';
import type { Voucher } from '../core/voucher';

/** A voucher became the member's: `{ memberId, partnerId, rewardId, voucherId }`. */
export const VOUCHER_ISSUED = 'rewards.voucher.issued.v1';

/** An order ended without vouchers and without a debit: `{ orderId, memberId, partnerId, rewardId, code }`. */
export const ORDER_CANCELLED = 'rewards.order.cancelled.v1';

/** Every event this subgraph announces; docs/events.md lists the same. */
export const rewardsEvents = [VOUCHER_ISSUED, ORDER_CANCELLED] as const;

/** A voucher is the member's: announced in the transaction that shows it. The code itself is never announced. */
export function voucherIssued({ programmeId, id, memberId, partnerId, rewardId }: Voucher): NewEvent {
  return {
    type: VOUCHER_ISSUED,
    programmeId,
    aggregateId: id,
    payload: { memberId, partnerId, rewardId, voucherId: id },
  };
}

/** An order ended without vouchers; `memberId` is null when the ledger never said whose identity it was. */
export function orderCancelled(order: Order, code: string): NewEvent {
  const { programmeId, id, memberId, partnerId, rewardId } = order;
  return {
    type: ORDER_CANCELLED,
    programmeId,
    aggregateId: id,
    payload: { orderId: id, memberId, partnerId, rewardId, code },
  };
}
