import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import { pageOf, readPageArguments, type Page } from '../../../kernel/graph/connection';
import { parseId, type PartnerId } from '../../../kernel/values/id';
import { points } from '../../../kernel/values/points';
import { listRewards, listRewardsByPrice } from '../app/find-rewards';
import { listOwnVouchers } from '../app/find-vouchers';
import { lockedBecause, type Reward, type RewardId } from '../core/reward';
import { voucherStateAt, type Voucher } from '../core/voucher';
import type { RewardsContext } from './context';
import { MemberStub } from './member.stub';
import { PartnerStub } from './partner.stub';
import { RewardConnection, RewardType, VoucherConnection, VoucherState, VoucherType } from './reward.type';

const FIRST = { description: 'How many at most; 1 to 100.' };
const AFTER = { nullable: true, description: 'The cursor to go on from.' };

/** The catalogue and the vouchers taken from it. */
@Resolver()
export class RewardQuery {
  @Query(() => RewardType, {
    nullable: true,
    description: 'One reward; null when it is not of the caller’s programme.',
  })
  async reward(
    @Arg('id', () => ID, { description: 'The reward’s id.' }) id: string,
    @Ctx() { loaders }: RewardsContext,
  ): Promise<Reward | null> {
    const rewardId = parseId('rwd', id);
    return rewardId === null ? null : loaders.reward.load(rewardId);
  }

  @Query(() => RewardConnection, { description: 'The programme’s catalogue, oldest first.' })
  async rewards(
    @Arg('first', () => Int, FIRST) first: number,
    @Arg('after', () => String, AFTER) after: string | null,
    @Ctx() { setting, request, cursors }: RewardsContext,
  ): Promise<Page<Reward>> {
    const { limit, afterKeys } = readPageArguments({ first, after, cursors: cursors.catalogue });
    const rows = await listRewards(setting, request.principal, { after: afterKeys?.[0] ?? null, limit });
    return pageOf({ rows, first, after, cursors: cursors.catalogue, keyOf: ({ id }) => [id] });
  }

  @Query(() => VoucherConnection, {
    description: 'The calling member’s vouchers, newest first; empty for everybody else.',
  })
  async myVouchers(
    @Arg('first', () => Int, FIRST) first: number,
    @Arg('after', () => String, AFTER) after: string | null,
    @Ctx() { setting, request, cursors }: RewardsContext,
  ): Promise<Page<Voucher>> {
    const { limit, afterKeys } = readPageArguments({ first, after, cursors: cursors.vouchers });
    const rows = await listOwnVouchers(setting, request.principal, { before: afterKeys?.[0] ?? null, limit });
    return pageOf({ rows, first, after, cursors: cursors.vouchers, keyOf: ({ id }) => [id] });
  }
}

/** What a reward says of itself to this reader, now. */
@Resolver(() => RewardType)
export class RewardFields {
  @FieldResolver(() => PartnerStub, {
    nullable: true,
    description: 'The partner that offers it and honours its vouchers.',
  })
  offeredBy(@Root() { offeredBy }: Reward): PartnerStub {
    return { id: offeredBy };
  }

  @FieldResolver(() => Boolean, { description: 'Whether one piece can be taken now, points aside.' })
  async available(@Root() reward: Reward, @Ctx() context: RewardsContext): Promise<boolean> {
    return (await lockOf(reward, context)) === null;
  }

  @FieldResolver(() => String, { nullable: true, description: 'Why it cannot be taken now; null when it can.' })
  lockedBecause(@Root() reward: Reward, @Ctx() context: RewardsContext): Promise<string | null> {
    return lockOf(reward, context);
  }
}

async function lockOf(reward: Reward, { loaders, setting }: RewardsContext): Promise<string | null> {
  const standing = await loaders.standing.load(reward.offeredBy as PartnerId);
  return lockedBecause(reward, standing, { now: setting.clock.now(), quantity: 1 });
}

/** What a voucher says of itself, now. */
@Resolver(() => VoucherType)
export class VoucherFields {
  @FieldResolver(() => VoucherState, { description: 'What can be done with it.' })
  state(@Root() voucher: Voucher, @Ctx() { setting }: RewardsContext): VoucherState {
    return VoucherState[voucherStateAt(voucher, setting.clock.now())];
  }

  @FieldResolver(() => RewardType, { nullable: true, description: 'The reward it is for.' })
  reward(@Root() { rewardId }: Voucher, @Ctx() { loaders }: RewardsContext): Promise<Reward | null> {
    return loaders.reward.load(rewardId);
  }
}

/** What rewards adds to a member. */
@Resolver(() => MemberStub)
export class MemberRewardFields {
  @FieldResolver(() => RewardConnection, {
    nullable: true,
    description: 'What the member could aim for, cheapest first.',
  })
  async rewardsForMe(
    @Arg('first', () => Int, FIRST) first: number,
    @Arg('after', () => String, AFTER) after: string | null,
    @Ctx() { setting, request, cursors }: RewardsContext,
  ): Promise<Page<Reward>> {
    const { limit, afterKeys } = readPageArguments({ first, after, cursors: cursors.forMember });
    const [price, id] = afterKeys ?? [];
    const place = price === undefined ? null : { pricePoints: points(BigInt(price)), id: id as RewardId };
    const rows = await listRewardsByPrice(setting, request.principal, { after: place, limit });
    return pageOf({ rows, first, after, cursors: cursors.forMember, keyOf: (one) => [`${one.pricePoints}`, one.id] });
  }
}
