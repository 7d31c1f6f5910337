import { points, type Points } from '../../../../kernel/values/points';
import type { Tier } from '../rule-book';

/** The highest rung whose threshold is reached; undefined on an empty ladder. */
export function tierFor(ladder: readonly Tier[], qualifying: Points): Tier | undefined {
  return ladder.findLast(({ threshold }) => threshold <= qualifying);
}

/** The next rung up and how many qualifying points are missing; null at the top. */
export function nextTier(ladder: readonly Tier[], qualifying: Points): { tier: Tier; missing: Points } | null {
  const tier = ladder.find(({ threshold }) => threshold > qualifying);
  return tier === undefined ? null : { tier, missing: points(tier.threshold - qualifying) };
}
