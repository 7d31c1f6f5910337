import type { Refusal } from '../../../../kernel/errors/refusal';
import type { Id } from '../../../../kernel/values/id';
import { refuse } from '../refusals';
import type { Party } from '../settlement/directional-total';
import type { Month } from './vintage';

/** A rate of expected redemption that one person set in place of the estimate; it counts once another has approved it. */
export interface RedemptionRate {
  readonly id: Id<'rdr'>;
  /** The operator when null. */
  readonly issuerId: Party;
  readonly vintage: Month;
  readonly rateBps: number;
  readonly reason: string;
  readonly proposedBy: string;
  readonly proposedAt: Date;
  readonly approvedBy: string | null;
  readonly approvedAt: Date | null;
}

/**
 * Why somebody may not approve a rate: it was approved before, or it is their own and the programme wants two persons.
 *
 * @param mayApproveOwn in a sandbox with a single approver
 */
export function whyNotApproved(
  rate: RedemptionRate,
  { person, mayApproveOwn }: { person: string; mayApproveOwn: boolean },
): Refusal | null {
  if (rate.approvedBy !== null) {
    return refuse('LEDGER_REDEMPTION_RATE_APPROVED', 'The rate was approved before; propose another to change it.');
  }
  return rate.proposedBy === person && !mayApproveOwn
    ? refuse('LEDGER_SELF_APPROVAL', 'Another person must approve this rate.')
    : null;
}
