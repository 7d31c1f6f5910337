import type { Principal } from '../../../kernel/context/principal';
import { programmeOf } from '../../../kernel/context/principal';
import type { PartnerId } from '../../../kernel/values/id';
import type { Points } from '../../../kernel/values/points';
import type { PartnerStanding, Reward, RewardId } from '../core/reward';
import { partnerStandings } from '../data/partner-standing.store';
import { rewardsByIds, rewardsByPrice, rewardsInOrderMade } from '../data/reward.store';
import type { RewardsParts } from './parts';

/** The rewards of these ids that the reader may see, which are those of the reader's programme. */
export async function findRewards(
  parts: RewardsParts,
  principal: Principal,
  ids: readonly RewardId[],
): Promise<Reward[]> {
  const programmeId = programmeOf(principal);
  return programmeId === null ? [] : rewardsByIds(parts.database, programmeId, ids);
}

/** A page of the programme's catalogue, oldest first; nothing for readers of no programme. */
export async function listRewards(
  parts: RewardsParts,
  principal: Principal,
  page: { after: string | null; limit: number },
): Promise<Reward[]> {
  const programmeId = programmeOf(principal);
  return programmeId === null ? [] : rewardsInOrderMade(parts.database, programmeId, page);
}

/** A page of what a member could aim for, cheapest first; rewards that are over are left out. */
export async function listRewardsByPrice(
  parts: RewardsParts,
  principal: Principal,
  page: { after: { pricePoints: Points; id: RewardId } | null; limit: number },
): Promise<Reward[]> {
  const programmeId = programmeOf(principal);
  return programmeId === null ? [] : rewardsByPrice(parts.database, programmeId, { ...page, now: parts.clock.now() });
}

/** What the rule book says of these partners of the reader's programme. */
export async function findPartnerStandings(
  parts: RewardsParts,
  principal: Principal,
  ids: readonly PartnerId[],
): Promise<PartnerStanding[]> {
  const programmeId = programmeOf(principal);
  return programmeId === null ? [] : partnerStandings(parts.database, programmeId, ids);
}
