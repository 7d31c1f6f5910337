import { inTransaction, type Tx } from '../../../kernel/db/transaction';
import { appendEvents, type NewEvent } from '../../../kernel/events/outbox';
import type { Refusal } from '../../../kernel/errors/refusal';
import { newId, type MemberId, type ProgrammeId } from '../../../kernel/values/id';
import type { Order, OrderId } from '../core/order';
import { voucherEnd } from '../core/voucher';
import { voucherCodeFrom } from '../core/voucher-code';
import type { IdentitySeal } from '../data/identity-seal';
import { moveStock, rewardsByIds } from '../data/reward.store';
import { findOrder, lockOrder, setCancelled, setCaptured, setHeld, setVouchered } from '../data/reward-order.store';
import { deleteHiddenVouchers, insertHiddenVoucher, showVouchers, vouchersOfOrder } from '../data/voucher.store';
import { orderCancelled, voucherIssued } from '../events/published';
import type { MemberRef } from './ledger';
import type { RewardsParts } from './parts';

/** An order taken up by somebody, with the member it is for as the ledger is to be told. */
export type OrderInHand = Order & { readonly member: MemberRef };

/**
 * What an order does in our own database, one transaction each. Every step looks at the order under its lock and does
 * nothing when the order has moved on, so two who drive the same order do each step once. Whoever drives it, a step reaches
 * the rows of the order's own programme only.
 */
export interface OrderSteps {
  load(programmeId: ProgrammeId, orderId: OrderId): Promise<OrderInHand>;
  recordHold(order: Order, held: { holdId: string; memberId: MemberId }): Promise<void>;
  issueVouchers(order: Order): Promise<void>;
  recordCapture(order: Order, redemptionId: string): Promise<void>;
  cancel(order: Order, refusal: Refusal): Promise<void>;
}

export interface OrderStepsOptions extends Pick<RewardsParts, 'database' | 'clock' | 'announced'> {
  readonly seal: IdentitySeal;
  /** Random bytes for one voucher's code. */
  readonly drawRandom: () => Uint8Array;
}

export function orderSteps(options: OrderStepsOptions): OrderSteps {
  return {
    load: (programmeId, orderId) => load(options, programmeId, orderId),
    recordHold: (order, held) => move(options, order, ['PLACED'], (tx, current) => setHeld(tx, current, held)),
    issueVouchers: (order) => issueVouchers(options, order),
    recordCapture: (order, redemptionId) => recordCapture(options, order, redemptionId),
    cancel: (order, refusal) => cancel(options, order, refusal),
  };
}

async function load(
  { database, seal }: OrderStepsOptions,
  programmeId: ProgrammeId,
  orderId: OrderId,
): Promise<OrderInHand> {
  const order = await findOrder(database.within(programmeId), programmeId, orderId);
  if (order === null) throw new Error(`fulfilOrder: ${orderId} is gone`);
  const { sealedIdentity, memberId } = order;
  const member =
    sealedIdentity === null ? { id: memberId as MemberId } : { identity: seal.open(orderId, sealedIdentity) };
  return Object.assign(order, { member });
}

/** Runs one step under the order's lock, unless the order has left the states the step starts from. */
async function move(
  { database }: OrderStepsOptions,
  order: Order,
  from: readonly Order['state'][],
  step: (tx: Tx, current: Order) => Promise<void>,
): Promise<void> {
  await inTransaction(database.within(order.programmeId), async (tx) => {
    const current = await lockOrder(tx, order.programmeId, order.id);
    if (current !== null && from.includes(current.state)) await step(tx, current);
  });
}

async function issueVouchers(options: OrderStepsOptions, order: Order): Promise<void> {
  const [reward] = await rewardsByIds(options.database.within(order.programmeId), order.programmeId, [order.rewardId]);
  if (reward === undefined) throw new Error(`fulfilOrder: ${order.id} is for a reward that is gone`);
  const expiresAt = voucherEnd(options.clock.now(), reward.voucherValidityDays);
  await move(options, order, ['HELD'], async (tx, current) => {
    for (let piece = 0; piece < current.quantity; piece++) await insertVoucher(tx, options, current, expiresAt);
    await setVouchered(tx, current);
  });
}

const DRAWS_MAX = 5;

/** Draws until the code is new; of 2^115 codes a second draw means a broken source of chance, a sixth proves it. */
async function insertVoucher(tx: Tx, { drawRandom }: OrderStepsOptions, order: Order, expiresAt: Date): Promise<void> {
  const { programmeId, rewardId, partnerId, id: orderId } = order;
  const memberId = order.memberId as MemberId;
  for (let draw = 0; draw < DRAWS_MAX; draw++) {
    const code = voucherCodeFrom(drawRandom());
    const voucher = {
      id: newId('vch'),
      programmeId,
      orderId,
      rewardId,
      memberId,
      partnerId,
      code,
      state: 'ISSUED',
      expiresAt,
    } as const;
    if (await insertHiddenVoucher(tx, voucher)) return;
  }
  throw new Error(`fulfilOrder: ${DRAWS_MAX} voucher codes in a row were taken`);
}

async function recordCapture(options: OrderStepsOptions, order: Order, redemptionId: string): Promise<void> {
  await move(options, order, ['VOUCHERED'], async (tx, current) => {
    const now = options.clock.now();
    await setCaptured(tx, current, redemptionId);
    await showVouchers(tx, current.programmeId, current.id, now);
    const vouchers = await vouchersOfOrder(tx, current.programmeId, current.id);
    await append(tx, vouchers.map(voucherIssued), now);
  });
  options.announced();
}

async function cancel(options: OrderStepsOptions, order: Order, refusal: Refusal): Promise<void> {
  await move(options, order, ['PLACED', 'HELD', 'VOUCHERED'], async (tx, current) => {
    await deleteHiddenVouchers(tx, current.programmeId, current.id);
    await moveStock(tx, current.programmeId, current.rewardId, current.quantity);
    await setCancelled(tx, current, refusal);
    await append(tx, [orderCancelled(current, refusal.code)], options.clock.now());
  });
  options.announced();
}

function append(tx: Tx, events: readonly NewEvent[], now: Date): Promise<void> {
  return appendEvents(tx, 'rewards', events, now);
}
