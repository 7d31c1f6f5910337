import type { Points } from '../../../../kernel/values/points';
import type { Entry } from '../points/account';
import type { PostingFacts } from '../points/posting';
import { originOf, type TierStanding, type Wallet } from '../points/wallet';
import type { RuleBook } from '../rule-book';
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

/**
 * By how much the qualifying points change when points are taken back: only those that are among the ones counted now. What an ended
 * period counted was closed with it.
 *
 * @param taken points and the lots they were of, known in the wallet's past
 * @returns ≤ 0
 */
export function uncounted(
  wallet: Wallet,
  taken: readonly Pick<Entry, 'lotSeq' | 'amount'>[],
  { tierPolicy }: RuleBook,
): bigint {
  const { countedSince } = wallet.tier;
  const isEndless = tierPolicy.period === 'LIFETIME' || countedSince === null;
  return taken.reduce((sum, { lotSeq, amount }) => {
    const lot = wallet.past.lots.get(lotSeq);
    const countedAt = lot === undefined ? null : originOf(wallet, lot).countedAt;
    const isCounted = countedAt !== null && (isEndless || countedAt >= countedSince);
    return isCounted ? sum - amount : sum;
  }, 0n);
}
