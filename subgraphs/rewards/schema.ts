import { buildSubgraph, type SubgraphSchema } from '../../kernel/graph/build-subgraph';
import { MemberStub } from './api/member.stub';
import { resolveMember, resolveReward, resolveVoucher } from './api/references';
import { RewardMutation } from './api/reward.mutation';
import { MemberRewardFields, RewardFields, RewardQuery, VoucherFields } from './api/reward.query';

let built: SubgraphSchema | undefined;

/** The executable schema and its SDL, built once per process: for main, printers and tests. */
export function buildRewardsSchema(): SubgraphSchema {
  built ??= buildSubgraph({
    resolvers: [RewardQuery, RewardFields, VoucherFields, MemberRewardFields, RewardMutation],
    orphanedTypes: [MemberStub],
    references: { Reward: resolveReward, Voucher: resolveVoucher, Member: resolveMember },
  });
  return built;
}
