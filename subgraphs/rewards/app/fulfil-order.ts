import type { Refusal } from '../../../kernel/errors/refusal';
import { isDecided, toldRefusal, undecided, type LedgerRefusal } from '../core/ledger-answer';
import { nextStep, type Order } from '../core/order';
import type { Call } from './ledger';
import type { OrderInHand } from './order-steps';
import type { RewardsParts } from './parts';

export type FulfilmentParts = Pick<RewardsParts, 'orders' | 'ledger' | 'clock'>;

/** Three steps end an order; the rest is for steps that somebody else took in the meantime. */
const STEPS_MAX = 10;

/**
 * Brings an order to its end: hold → vouchers → capture, or release.
 *
 * It can be broken off after every awaited step and called again, by anybody and by several at once. What makes it so:
 * the order says what is certain before the next command goes out; commands carry keys made of the order's id; vouchers
 * exist, hidden, before the capture and are shown only after it. So a debit always has its vouchers, and a shown voucher
 * its debit.
 *
 * @returns the order, CAPTURED or CANCELLED; or a retryable refusal while the ledger has not decided
 */
export async function fulfilOrder(
  parts: FulfilmentParts,
  { programmeId, id }: Pick<Order, 'programmeId' | 'id'>,
  call: Call,
): Promise<Order | Refusal> {
  for (let step = 0; step < STEPS_MAX; step++) {
    const order = await parts.orders.load(programmeId, id);
    const next = nextStep(order.state);
    if (next === null) return order;
    const waiting = await take[next](parts, order, call);
    if (waiting !== null) return waiting;
  }
  throw new Error(`fulfilOrder: ${id} did not end after ${STEPS_MAX} steps`);
}

type Step = (parts: FulfilmentParts, order: OrderInHand, call: Call) => Promise<Refusal | null>;

const take: Readonly<Record<NonNullable<ReturnType<typeof nextStep>>, Step>> = {
  async HOLD(parts, order, call) {
    const answer = await parts.ledger.hold(order, order.member, call);
    if (answer.kind === 'unknown') return undecided();
    if (answer.kind === 'refused') return endUnheld(parts, order, answer.refusal);
    await parts.orders.recordHold(order, answer.value);
    return null;
  },
  async ISSUE(parts, order) {
    await parts.orders.issueVouchers(order);
    return null;
  },
  async CAPTURE(parts, order, call) {
    const answer = await parts.ledger.capture(order, call);
    if (answer.kind === 'unknown') return undecided();
    if (answer.kind === 'refused') return endUncaptured(parts, order, answer.refusal, call);
    await parts.orders.recordCapture(order, answer.value.redemptionId);
    return null;
  },
};

async function endUnheld(parts: FulfilmentParts, order: Order, refusal: LedgerRefusal): Promise<Refusal | null> {
  if (!isDecided(refusal, order, parts.clock.now())) return undecided();
  await parts.orders.cancel(order, toldRefusal(refusal));
  return null;
}

/**
 * The ledger will not capture: the hold ran out, most likely. Release first, cancel after it: an order that is CANCELLED
 * holds no points. A release that is refused for good means that there is nothing left to release.
 */
async function endUncaptured(
  parts: FulfilmentParts,
  order: Order,
  refusal: LedgerRefusal,
  call: Call,
): Promise<Refusal | null> {
  const now = parts.clock.now();
  if (!isDecided(refusal, order, now)) return undecided();
  const released = await parts.ledger.release(order, call);
  if (released.kind === 'unknown') return undecided();
  if (released.kind === 'refused' && !isDecided(released.refusal, order, now)) return undecided();
  await parts.orders.cancel(order, toldRefusal(refusal));
  return null;
}
