import type { Points } from '../../../../kernel/values/points';
import type { PostingFacts } from '../points/posting';
import type { TierStanding } from '../points/wallet';
import { tierFor } from './ladder';
import { countingPeriod, nextDue, ruleUntil } from './period';

/**
 * Where a member stands after a posting: a rung higher at once when the qualifying points reach it, never lower; what is
 * kept too long is lost at a review.
 */
export function standingAfter(standing: TierStanding, qualifying: Points, { book, now }: PostingFacts): TierStanding {
  const { tierPolicy, tiers, timeZone } = book;
  const reached = tierFor(tiers, qualifying);
  if (reached === undefined) return standing;
  const rankOf = (code: string | null) => tiers.findIndex((tier) => tier.code === code);
  const starts = standing.countedSince === null;
  const climbs = rankOf(reached.code) > rankOf(standing.code);
  // LIFETIME: a rung follows the points, down as well, because nothing reviews it.
  const moves = climbs || (tierPolicy.period === 'LIFETIME' && reached.code !== standing.code);
  if (!starts && !moves) return standing;
  const countedSince = standing.countedSince ?? countingPeriod(tierPolicy, now, timeZone).start;
  const until = moves ? ruleUntil(tierPolicy, countedSince, timeZone) : standing.until;
  const moved = {
    code: moves ? reached.code : standing.code,
    since: moves ? now : standing.since,
    until,
    countedSince,
  };
  return { ...moved, dueAt: nextDue(tierPolicy, moved, now, timeZone) };
}
