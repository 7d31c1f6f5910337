import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import type { PartnerId } from '../../../../kernel/values/id';
import { points, type Points } from '../../../../kernel/values/points';
import { splitByLargestRemainder } from '../../../../kernel/values/rounding';
import { spendableLots } from '../points/draw';
import type { PostingFacts, PostingPlan } from '../points/posting';
import type { Wallet } from '../points/wallet';
import { refuse } from '../refusals';
import { planRedemption, redeemingTerms } from './redemption';

/** A spend that several members carry together. */
export interface PoolSpend {
  readonly partnerId: PartnerId;
  readonly externalRef: string;
  readonly points: Points;
  readonly occurredAt: Date;
}

/** A member of the pool, and whether they have just proved that it is they. */
export interface PoolMember {
  readonly wallet: Wallet;
  readonly isSteppedUp: boolean;
}

/**
 * Posting rule of a pool's spend: each member redeems their part at the redeemer, as if they had come alone for it; all of them
 * or none. The member named first leads: the caller's key is theirs, so they must give something.
 *
 * Refuses what a redemption refuses, a pool that has too few points, and a lead that has none.
 *
 * @returns a plan for each member in their order; null for who gives nothing
 */
export function planPoolSpend(
  members: readonly PoolMember[],
  spend: PoolSpend,
  facts: PostingFacts,
): (PostingPlan | null)[] | Refusal {
  const terms = redeemingTerms(spend.partnerId, spend.occurredAt, facts);
  if (isRefusal(terms)) return terms;
  const parts = splitOverPool(
    members.map(({ wallet }) => spendableOf(wallet, facts.now)),
    spend.points,
  );
  if (isRefusal(parts)) return parts;
  if (parts[0] === 0n)
    return refuse('LEDGER_POOL_LEAD_GIVES_NOTHING', 'The member named first has no points to give to this spend.');
  const [lead] = members;
  const plans: (PostingPlan | null)[] = [];
  for (const [n, { wallet, isSteppedUp }] of members.entries()) {
    const part = parts[n] ?? points(0n);
    const redemption = { ...spend, kind: 'REDEEM' as const, points: part, expectedVersion: null, isSteppedUp };
    const plan = part === 0n ? null : planRedemption(wallet, redemption, facts);
    if (isRefusal(plan)) return plan;
    // The document is the lead's; the others' parts name it, and whose wallet it stands in.
    const peer = lead && { wallet: lead.wallet.key.wallet };
    const isLeads = n === 0 || plan === null;
    plans.push(isLeads ? plan : { ...plan, externalRef: null, reason: spend.externalRef, peer });
  }
  return plans;
}

const spendableOf = ({ lots }: Wallet, now: Date): Points =>
  points(spendableLots(lots, now).reduce((sum, { remaining }) => sum + remaining, 0n));

/**
 * How much each member of a pool gives to a spend: in proportion to what each can spend.
 *
 * Rounds by largest remainder, ties to the member named first; nobody gives more than they have. 1,000, 333 and 1 giving 500
 * give 375, 125 and 0.
 *
 * @param spendable what each member can spend
 * @returns parts in the order of the members, summing to `amount`; or LEDGER_INSUFFICIENT_POINTS
 */
export function splitOverPool(spendable: readonly Points[], amount: Points): Points[] | Refusal {
  const total = spendable.reduce((sum, one) => sum + one, 0n);
  if (total < amount) {
    const missingPoints = points(amount - total);
    return refuse('LEDGER_INSUFFICIENT_POINTS', `${missingPoints} more points are needed.`, { missingPoints });
  }
  return splitByLargestRemainder(amount, spendable).map(points);
}
