import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { isRefusal } from '../../../kernel/errors/refusal';
import { createReward } from '../app/create-reward';
import { redeemReward } from '../app/redeem-reward';
import type { RewardsContext } from './context';
import { answer, CreateRewardInput, CreateRewardResult, RedeemRewardInput, RedeemRewardResult } from './reward.type';

/** Offering rewards, and taking them for points. */
@Resolver()
export class RewardMutation {
  @Mutation(() => CreateRewardResult, {
    description: 'Puts a reward in the catalogue. Partner with points:redeem, admin.',
  })
  createReward(
    @Arg('input', () => CreateRewardInput, { description: 'The reward.' }) input: CreateRewardInput,
    @Ctx() { setting, request }: RewardsContext,
  ): Promise<object> {
    return answer('CreateRewardSuccess', input, () => createReward(setting, request, input));
  }

  @Mutation(() => RedeemRewardResult, {
    description:
      'Takes pieces of a reward for points: points are held, vouchers issued, the hold captured. Member, partner.',
  })
  redeemReward(
    @Arg('input', () => RedeemRewardInput, { description: 'The reward.' }) input: RedeemRewardInput,
    @Ctx() { setting, request }: RewardsContext,
  ): Promise<object> {
    return answer('RedeemRewardSuccess', input, async () => {
      const taken = await redeemReward(setting, request, input);
      return isRefusal(taken) ? taken : { ...taken, account: { memberId: taken.memberId } };
    });
  }
}
