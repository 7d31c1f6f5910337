import { parseId } from '../../../kernel/values/id';
import type { Reward } from '../core/reward';
import type { Voucher } from '../core/voucher';
import type { RewardsContext } from './context';
import type { MemberStub } from './member.stub';

/** A reference is as good as a query: whoever may not see it gets null, as if it were not there. */
export async function resolveReward({ id }: { id: string }, { loaders }: RewardsContext): Promise<Reward | null> {
  const rewardId = parseId('rwd', id);
  return rewardId === null ? null : loaders.reward.load(rewardId);
}

export async function resolveVoucher({ id }: { id: string }, { loaders }: RewardsContext): Promise<Voucher | null> {
  const voucherId = parseId('vch', id);
  return voucherId === null ? null : loaders.voucher.load(voucherId);
}

/** Which rewards there are does not depend on the member: the catalogue is the programme's. */
export function resolveMember({ id }: { id: string }): MemberStub | null {
  return parseId('mem', id) === null ? null : { id };
}
