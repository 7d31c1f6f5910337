import DataLoader from 'dataloader';
import type { Principal } from '../../../kernel/context/principal';
import type { PartnerId } from '../../../kernel/values/id';
import { findPartnerStandings, findRewards } from '../app/find-rewards';
import { findVouchers } from '../app/find-vouchers';
import type { RewardsParts } from '../app/parts';
import type { PartnerStanding, Reward, RewardId } from '../core/reward';
import type { Voucher, VoucherId } from '../core/voucher';

/** One query for all rewards, vouchers and partners an operation names. */
export interface RewardsLoaders {
  readonly reward: DataLoader<RewardId, Reward | null>;
  readonly voucher: DataLoader<VoucherId, Voucher | null>;
  readonly standing: DataLoader<PartnerId, PartnerStanding | null>;
}

export function openLoaders(parts: RewardsParts, principal: Principal): RewardsLoaders {
  return {
    reward: byId(
      (ids) => findRewards(parts, principal, ids),
      ({ id }) => id,
    ),
    voucher: byId(
      (ids) => findVouchers(parts, principal, ids),
      ({ id }) => id,
    ),
    standing: byId(
      (ids) => findPartnerStandings(parts, principal, ids),
      ({ partnerId }) => partnerId,
    ),
  };
}

function byId<Id, Value>(
  find: (ids: readonly Id[]) => Promise<Value[]>,
  idOf: (value: Value) => Id,
): DataLoader<Id, Value | null> {
  return new DataLoader(async (ids) => {
    const found = new Map((await find(ids)).map((value) => [idOf(value), value]));
    return ids.map((id) => found.get(id) ?? null);
  });
}
