import type { Points } from '../../../../kernel/values/points';
import { EMPTY_PLAN, type PostingFacts, type PostingPlan } from '../points/posting';
import type { Wallet } from '../points/wallet';
import { tierFor } from './ladder';
import { nextDue, periodEnd, reviewAt } from './period';

/**
 * Posting rule of a tier's due date: a member who would drop is told so before (NOTICE); at the end of a qualification period
 * and its grace the points are closed, the rung is kept, or lost once its time is over, and counting begins anew with what
 * was earned since the period's end (TIER_REVIEW).
 *
 * @param earnedSinceEnd qualifying points that came since the wallet's period ended
 * @returns null when nothing is due
 */
export function planTierDue(wallet: Wallet, earnedSinceEnd: Points, facts: PostingFacts): PostingPlan | null {
  const { tier } = wallet;
  const { book, now } = facts;
  if (tier.dueAt === null || tier.dueAt > now || tier.countedSince === null) return null;
  const { tierPolicy: policy, timeZone, tiers } = book;
  const rankOf = (code: string | null) => tiers.findIndex((one) => one.code === code);
  const reached = tierFor(tiers, wallet.balances.qualifying);
  const base = { ...EMPTY_PLAN, partnerId: null, occurredAt: now };
  if (now < reviewAt(policy, tier.countedSince, timeZone)) {
    const wouldDrop = rankOf(reached?.code ?? null) < rankOf(tier.code);
    const dueAt = nextDue(policy, { ...tier, until: null }, now, timeZone);
    return {
      ...base,
      kind: wouldDrop ? 'NOTICE' : 'TIER_REVIEW',
      reason: wouldDrop ? 'tier.downgrade' : null,
      tier: { ...tier, dueAt },
    };
  }
  const countedSince = periodEnd(policy, tier.countedSince, timeZone);
  const isKept = rankOf(reached?.code ?? null) >= rankOf(tier.code);
  const isOver = tier.until === null || tier.until <= now;
  const drops = !isKept && isOver && reached !== undefined;
  const next = {
    code: drops ? reached.code : tier.code,
    since: drops ? now : tier.since,
    until: isKept || drops ? reviewAt(policy, countedSince, timeZone) : tier.until,
    countedSince,
  };
  return {
    ...base,
    kind: 'TIER_REVIEW',
    qualifying: earnedSinceEnd - wallet.balances.qualifying,
    tier: { ...next, dueAt: nextDue(policy, next, now, timeZone) },
  };
}
