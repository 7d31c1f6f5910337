import type { OpenLot } from '../points/lot';
import { applyPlan, type PostingFacts, type PostingPlan, type StatementEntryKind } from '../points/posting';
import type { Wallet } from '../points/wallet';
import { expiryOf } from './validity';

/**
 * What counts as activity of a member: points earned, set aside, spent, given, received, or come back. What the operator, the
 * clock or a return of goods does to an account is none.
 */
const ACTIVITY: ReadonlySet<StatementEntryKind> = new Set([
  'EARN',
  'PENDING',
  'RELEASE',
  'HOLD',
  'HOLD_RELEASE',
  'CAPTURE',
  'REDEEM',
  'DONATION',
  'REVERSAL',
  'TRANSFER_IN',
  'TRANSFER_OUT',
]);

/**
 * A plan as it stands where expiry rolls: activity lets every lot left open live as long as points earned at its instant
 * would. No lot comes to live shorter, and one that never expires stays so.
 *
 * Why points that come back count: nothing is written of the lots on hold while others rolled, so their return must not find
 * them expired.
 */
export function rolledOn(wallet: Wallet, plan: PostingPlan, facts: PostingFacts): PostingPlan {
  if (facts.book.expiry.kind !== 'ROLLING' || !ACTIVITY.has(plan.kind)) return plan;
  const until = expiryOf(plan.occurredAt, facts.book);
  if (until === null) return plan;
  const isShorter = ({ expiresAt }: OpenLot) => expiresAt !== null && expiresAt < until;
  const rolled = applyPlan(wallet, plan, facts).lots.filter(isShorter);
  if (rolled.length === 0) return plan;
  const numbers = new Set(rolled.map(({ lotSeq }) => lotSeq));
  const others = plan.restated.filter(({ lotSeq }) => !numbers.has(lotSeq));
  return { ...plan, restated: [...others, ...rolled.map((lot) => ({ ...lot, expiresAt: until }))] };
}
