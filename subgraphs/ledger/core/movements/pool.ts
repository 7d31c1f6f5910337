import type { Refusal } from '../../../../kernel/errors/refusal';
import { points, type Points } from '../../../../kernel/values/points';
import { splitByLargestRemainder } from '../../../../kernel/values/rounding';
import { refuse } from '../refusals';

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
