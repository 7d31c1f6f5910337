import type { Database } from '../../../kernel/db/database';
import { sql } from '../../../kernel/db/sql';
import type { Tx } from '../../../kernel/db/transaction';
import type { Refusal } from '../../../kernel/errors/refusal';
import type { MemberId, ProgrammeId } from '../../../kernel/values/id';
import type { Order, OrderId } from '../core/order';
import { RewardOrderRow } from './reward-order.row';

/** An order, and the identity that stands for its member until the ledger has told who that is. */
export type StoredOrder = Order & { readonly sealedIdentity: Buffer | null };

const INSERT = sql`/* rewards.redeemReward.insertOrder */
insert into reward_order (id, programme_id, reward_id, partner_id, placed_by, member_id, sealed_identity, quantity, price_points,
                          state, placed_at, hold_expires_at, resume_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'PLACED', $10, $11, $12)`;

export type NewOrder = Omit<StoredOrder, 'state' | 'holdId' | 'redemptionId' | 'refusal' | 'attempts'>;

export async function insertOrder(tx: Tx, order: NewOrder, resumeAt: Date): Promise<void> {
  await tx.query(INSERT, [
    order.id,
    order.programmeId,
    order.rewardId,
    order.partnerId,
    order.placedBy,
    order.memberId,
    order.sealedIdentity,
    order.quantity,
    order.pricePoints.toString(),
    order.placedAt,
    order.holdExpiresAt,
    resumeAt,
  ]);
}

export function findOrder(database: Database, programmeId: ProgrammeId, id: OrderId): Promise<StoredOrder | null> {
  return database.dataSource.manager.findOne(RewardOrderRow, {
    where: { programmeId, id },
    comment: 'rewards.fulfilOrder.load',
  });
}

/** The order, locked: whoever holds it makes its next move. */
export function lockOrder(tx: Tx, programmeId: ProgrammeId, id: OrderId): Promise<StoredOrder | null> {
  return tx.findOne(RewardOrderRow, {
    where: { programmeId, id },
    lock: { mode: 'pessimistic_write' },
    comment: 'rewards.fulfilOrder.lockOrder',
  });
}

const SET_HELD = sql`/* rewards.fulfilOrder.setHeld */
update reward_order set state = 'HELD', hold_id = $3, member_id = $4, sealed_identity = null where programme_id = $1 and id = $2`;

/** Writes down the hold, and forgets the identity: from here on the member is known by id. */
export async function setHeld(tx: Tx, order: Order, held: { holdId: string; memberId: MemberId }): Promise<void> {
  await tx.query(SET_HELD, [order.programmeId, order.id, held.holdId, held.memberId]);
}

const SET_VOUCHERED = sql`/* rewards.fulfilOrder.setVouchered */
update reward_order set state = 'VOUCHERED' where programme_id = $1 and id = $2`;

export async function setVouchered(tx: Tx, order: Order): Promise<void> {
  await tx.query(SET_VOUCHERED, [order.programmeId, order.id]);
}

const SET_CAPTURED = sql`/* rewards.fulfilOrder.setCaptured */
update reward_order set state = 'CAPTURED', redemption_id = $3 where programme_id = $1 and id = $2`;

export async function setCaptured(tx: Tx, order: Order, redemptionId: string): Promise<void> {
  await tx.query(SET_CAPTURED, [order.programmeId, order.id, redemptionId]);
}

const SET_CANCELLED = sql`/* rewards.fulfilOrder.setCancelled */
update reward_order set state = 'CANCELLED', refusal = $3, sealed_identity = null where programme_id = $1 and id = $2`;

export async function setCancelled(tx: Tx, order: Order, refusal: Refusal): Promise<void> {
  await tx.query(SET_CANCELLED, [order.programmeId, order.id, JSON.stringify(refusal)]);
}

const CLAIM_UNFINISHED = sql`/* rewards.resumeOrders.claim */
select id, programme_id, attempts
  from reward_order
 where state not in ('CAPTURED', 'CANCELLED') and resume_at <= $1
 order by resume_at
 limit $2
   for update skip locked`;

const POSTPONE = sql`/* rewards.resumeOrders.postpone */
update reward_order set attempts = attempts + 1, resume_at = $3 where programme_id = $1 and id = $2`;

export interface UnfinishedOrder {
  readonly id: OrderId;
  readonly programmeId: ProgrammeId;
}

/**
 * Takes up orders left unfinished, of every programme: recovery is nobody's request. Each is looked at again only after
 * the pause `resumeAt` gives, and two processes never take the same one, because locked rows are skipped.
 */
export async function claimUnfinished(
  tx: Tx,
  options: { now: Date; limit: number; resumeAt: (attempts: number) => Date },
): Promise<UnfinishedOrder[]> {
  const rows = await tx.query<{ id: OrderId; programme_id: ProgrammeId; attempts: number }[]>(CLAIM_UNFINISHED, [
    options.now,
    options.limit,
  ]);
  for (const { id, programme_id, attempts } of rows) {
    await tx.query(POSTPONE, [programme_id, id, options.resumeAt(attempts + 1)]);
  }
  return rows.map(({ id, programme_id }) => ({ id, programmeId: programme_id }));
}
