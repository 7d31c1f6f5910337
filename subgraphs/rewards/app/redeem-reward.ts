import { callerOf } from '../../../kernel/context/principal';
import type { RequestContext } from '../../../kernel/context/request-context';
import { once, type Replayable } from '../../../kernel/db/command-key';
import { inTransaction, type Tx } from '../../../kernel/db/transaction';
import { isRefusal, type Outcome, type Refusal } from '../../../kernel/errors/refusal';
import { forbidden, invalidInput, notFound } from '../../../kernel/errors/shared-refusals';
import { newId, parseId, type MemberId } from '../../../kernel/values/id';
import { normaliseIdentity, type IdentityKindName } from '../../../kernel/values/identity';
import { holdEnd, resumeAt, type Order, type OrderId } from '../core/order';
import { refuse } from '../core/refusals';
import { hasPrice, lockedBecause, priceOf, type RewardId } from '../core/reward';
import type { Voucher } from '../core/voucher';
import { partnerStandings } from '../data/partner-standing.store';
import { insertOrder } from '../data/reward-order.store';
import { lockReward, moveStock } from '../data/reward.store';
import { vouchersOfOrder } from '../data/voucher.store';
import { keyFault, mayRedeem, type Redeeming } from './authorise';
import { fulfilOrder } from './fulfil-order';
import type { MemberRef } from './ledger';
import type { RewardsParts } from './parts';

export interface RedeemReward {
  readonly idempotencyKey: string;
  readonly rewardId: string;
  /** A member's token may leave it out or name its own id; a partner's key must name one. */
  readonly member?: {
    readonly id?: string | null;
    readonly identity?: { kind: IdentityKindName; value: string } | null;
  } | null;
  /** 1 to 10. */
  readonly quantity: number;
}

export interface RedeemedReward {
  readonly vouchers: readonly Voucher[];
  readonly memberId: MemberId;
  readonly replayed: boolean;
}

const QUANTITY_MAX = 10;

/**
 * Takes pieces of a reward for points: places the order and brings it to its end.
 *
 * The order is placed under the caller's key in one transaction; what follows is the order's own and can be repeated, so
 * a caller that lost the answer sends the same again and is told what became of it.
 *
 * Refuses: INVALID_INPUT, FORBIDDEN, NOT_FOUND (reward or member), IDEMPOTENCY_*, REWARDS_REWARD_NOT_AVAILABLE,
 * LEDGER_INSUFFICIENT_POINTS, REWARDS_LEDGER_REFUSED, REWARDS_LEDGER_UNAVAILABLE.
 */
export async function redeemReward(
  parts: RewardsParts,
  request: RequestContext,
  input: RedeemReward,
): Promise<Outcome<RedeemedReward>> {
  const wish = readWish(mayRedeem(request.principal), input);
  if (isRefusal(wish)) return wish;
  const placed = await inTransaction(parts.database, (tx) => placeOnce(tx, parts, { request, input, wish }));
  if (isRefusal(placed)) return placed;
  const ended = await fulfilOrder(parts, { programmeId: wish.redeeming.programmeId, id: placed.orderId }, request);
  return isRefusal(ended) ? ended : toldEnd(parts, ended, placed.replayed);
}

/** What is asked, once it is known that it can be asked. */
interface Wish {
  readonly redeeming: Redeeming;
  readonly rewardId: RewardId;
  readonly member: MemberRef;
  readonly quantity: number;
}

function readWish(redeeming: Redeeming | Refusal, input: RedeemReward): Wish | Refusal {
  const badKey = keyFault(input.idempotencyKey);
  if (badKey !== null) return badKey;
  if (isRefusal(redeeming)) return redeeming;
  const { quantity } = input;
  if (quantity < 1 || quantity > QUANTITY_MAX) return invalidInput('input.quantity', `must be 1 to ${QUANTITY_MAX}`);
  const member = readMember(redeeming, input.member ?? null);
  if (isRefusal(member)) return member;
  const rewardId = parseId('rwd', input.rewardId);
  return rewardId === null ? notFound('reward') : { redeeming, rewardId, member, quantity };
}

function readMember(redeeming: Redeeming, member: NonNullable<RedeemReward['member']> | null): MemberRef | Refusal {
  if (redeeming.placedBy === 'MEMBER') {
    const isOwn = member === null || (member.id === redeeming.memberId && member.identity == null);
    return isOwn
      ? { id: redeeming.memberId }
      : forbidden('A member takes rewards for their own points; leave `member` out.');
  }
  if (member?.id != null) {
    const id = parseId('mem', member.id);
    return id === null ? notFound('member') : { id };
  }
  if (member?.identity == null) return invalidInput('input.member', 'a partner key names the member');
  const { kind, value } = member.identity;
  if (normaliseIdentity(kind, value) === null)
    return invalidInput('input.member.identity.value', `cannot be of kind ${kind}`);
  return { identity: { kind, value } };
}

type Asked = { readonly request: RequestContext; readonly input: RedeemReward; readonly wish: Wish };

function placeOnce(
  tx: Tx,
  parts: RewardsParts,
  { request, input, wish }: Asked,
): Promise<Replayable<{ orderId: OrderId }>> {
  const { rewardId, member, quantity, redeeming } = wish;
  const caller = `${redeeming.programmeId}/${callerOf(request.principal)}`;
  const command = {
    caller,
    operation: 'redeemReward',
    key: input.idempotencyKey,
    body: { rewardId, member, quantity },
  };
  return once(tx, command, () => placeOrder(tx, parts, wish));
}

async function placeOrder(
  tx: Tx,
  { clock, seal }: RewardsParts,
  { redeeming, rewardId, member, quantity }: Wish,
): Promise<Outcome<{ orderId: OrderId }>> {
  const { programmeId, placedBy } = redeeming;
  const reward = await lockReward(tx, programmeId, rewardId);
  if (reward === null) return notFound('reward');
  if (redeeming.placedBy === 'PARTNER' && redeeming.partnerId !== reward.offeredBy) {
    return forbidden('A partner key redeems the rewards of its own partner only.');
  }
  const [standing] = await partnerStandings(tx, programmeId, [reward.offeredBy]);
  const now = clock.now();
  const locked = lockedBecause(reward, standing ?? null, { now, quantity });
  if (locked !== null) return refuse('REWARDS_REWARD_NOT_AVAILABLE', locked);
  if (!hasPrice(reward, quantity)) return invalidInput('input.quantity', 'so many cost more points than there can be');
  await moveStock(tx, programmeId, rewardId, -quantity);
  const id = newId('ord');
  await insertOrder(
    tx,
    {
      id,
      programmeId,
      rewardId,
      partnerId: reward.offeredBy,
      placedBy,
      memberId: 'id' in member ? member.id : null,
      sealedIdentity: 'identity' in member ? seal.close(id, member.identity) : null,
      quantity,
      pricePoints: priceOf(reward, quantity),
      placedAt: now,
      holdExpiresAt: holdEnd(now),
    },
    resumeAt(now, 0),
  );
  return { orderId: id };
}

async function toldEnd({ database }: RewardsParts, order: Order, replayed: boolean): Promise<Outcome<RedeemedReward>> {
  if (order.refusal !== null) return { ...order.refusal, replayed };
  const vouchers = await vouchersOfOrder(database, order.programmeId, order.id);
  return { vouchers, memberId: order.memberId as MemberId, replayed };
}
