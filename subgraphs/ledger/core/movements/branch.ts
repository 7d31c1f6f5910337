import type { Refusal } from '../../../../kernel/errors/refusal';
import type { PartnerId } from '../../../../kernel/values/id';
import { refuse } from '../refusals';
import { partnerIn, type RuleBook } from '../rule-book';

/** Where a purchase says it happened. */
export interface SoldAt {
  readonly partnerId: PartnerId;
  readonly branch: string | null;
  readonly channel: string | null;
  readonly occurredAt: Date;
}

/**
 * Whether a purchase happened at a place its partner has declared. A partner that declared none may name any; a purchase that names
 * no branch is recorded; a branch sells from its opening until it is closed, and by its own channels.
 *
 * @returns LEDGER_BRANCH_UNKNOWN
 */
export function whyNotSoldThere(book: RuleBook, { partnerId, branch, channel, occurredAt }: SoldAt): Refusal | null {
  const declared = partnerIn(book, partnerId)?.branches;
  if (branch === null || declared === undefined || declared.length === 0) return null;
  const named = declared.find(({ code }) => code === branch);
  if (named === undefined) return refuse('LEDGER_BRANCH_UNKNOWN', 'The partner has declared no such branch.');
  const { opensAt, closedAt, channels } = named;
  if (occurredAt < opensAt || (closedAt !== null && occurredAt >= closedAt)) {
    return refuse('LEDGER_BRANCH_UNKNOWN', 'The branch was not open at that instant.');
  }
  if (channel === null || channels.includes(channel)) return null;
  return refuse('LEDGER_BRANCH_UNKNOWN', `The branch does not sell by ${channel}.`);
}
