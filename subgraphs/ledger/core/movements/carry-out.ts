import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import { applyPlan, fitsTheBook, type PostingFacts, type PostingPlan } from '../points/posting';
import type { Wallet } from '../points/wallet';
import { refuse } from '../refusals';
import { rolledOn } from './activity';
import { planArrearsOffset } from './arrears';
import { planExpiry } from './expiry';

/** One journal transaction of a posting, with the wallet before and after it. */
export interface Step {
  readonly before: Wallet;
  readonly plan: PostingPlan;
  readonly after: Wallet;
  /** Whether it only follows from the step before. */
  readonly follows: boolean;
}

/** A posting rule for one wallet. Null: nothing to do. */
export type PostingRule = (wallet: Wallet, facts: PostingFacts) => PostingPlan | Refusal | null;

/** A posting carried out on one wallet: what was due before it, itself, what follows from it; and which one is itself. */
export interface CarriedOut {
  readonly steps: readonly Step[];
  readonly own: Step;
}

/**
 * Carries a rule out on a wallet: points of the loaded lots whose expiry has come expire first, so that no rule meets them;
 * then the rule; then, if it left spendable points beside arrears, the offset.
 *
 * @returns the steps in the order of their versions; the rule's refusal, before which nothing happened either
 */
export function carryOut(wallet: Wallet, rule: PostingRule, facts: PostingFacts): CarriedOut | Refusal | null {
  const due = stepOf(wallet, planExpiry(wallet, facts), { facts, follows: false });
  if (isRefusal(due)) return due;
  const standing = due?.after ?? wallet;
  const plan = rule(standing, facts);
  // What is due by itself is posted by whoever comes for it, not left to a caller whose own wish came to nothing.
  if (plan === null) return due === null ? null : { steps: [due], own: due };
  if (isRefusal(plan)) return plan;
  const carried = carryOutPlan(standing, plan, facts);
  return due === null || isRefusal(carried) ? carried : { ...carried, steps: [due, ...carried.steps] };
}

/** Plans for several wallets, posted together or not at all; null moves nothing there. */
export interface JointPlan {
  readonly own: PostingPlan | null;
  /** In the order of the other wallets. */
  readonly others: readonly (PostingPlan | null)[];
}

/** A posting rule for several wallets: the first, and the others as they stand. */
export type JointRule = (own: Wallet, others: readonly Wallet[]) => JointPlan | Refusal | null;

/**
 * Carries a rule out on several wallets: what is due in each expires first; then every part of the plan with what follows from it, or
 * nothing at all.
 *
 * @returns what is posted to each, the first wallet's first; a refusal of the rule, or of any part of it
 */
export function carryOutJointly(
  wallets: readonly Wallet[],
  rule: JointRule,
  facts: PostingFacts,
): CarriedOut[] | Refusal | null {
  const due = wallets.map((one) => carryOut(one, () => null, facts));
  const tooMuchDue = due.find(isRefusal);
  if (tooMuchDue !== undefined) return tooMuchDue;
  const before = due as readonly (CarriedOut | null)[];
  const standing = wallets.map((one, n) => before[n]?.own.after ?? one);
  const joint = rule(standing[0] as Wallet, standing.slice(1));
  if (joint === null || isRefusal(joint)) return joint;
  const parts: CarriedOut[] = [];
  for (const [n, plan] of [joint.own, ...joint.others].entries()) {
    const first = before[n] ?? null;
    const carried = plan === null ? first : carryOutPlan(standing[n] as Wallet, plan, facts);
    if (carried === null) continue;
    if (isRefusal(carried)) return carried;
    parts.push(carried === first ? first : { ...carried, steps: [...(first?.steps ?? []), ...carried.steps] });
  }
  return parts;
}

/**
 * A plan and what follows from it: where expiry rolls it extends the member's lots, points that come back to a lot already
 * expired expire, then arrears are filled. Refused when the book has no number for what it would come to.
 */
export function carryOutPlan(wallet: Wallet, plan: PostingPlan, facts: PostingFacts): CarriedOut | Refusal {
  const own = stepOf(wallet, rolledOn(wallet, plan, facts), { facts, follows: false });
  if (isRefusal(own)) return own;
  const expired = stepOf(own.after, planExpiry(own.after, facts), { facts, follows: true });
  if (isRefusal(expired)) return expired;
  const left = expired?.after ?? own.after;
  const offset = stepOf(left, planArrearsOffset(left, plan.occurredAt, facts), { facts, follows: true });
  if (isRefusal(offset)) return offset;
  return { own, steps: [own, expired, offset].filter((step) => step !== null) };
}

function stepOf<P extends PostingPlan | null>(
  before: Wallet,
  plan: P,
  { facts, follows }: { facts: PostingFacts; follows: boolean },
): (P extends null ? null : Step) | Refusal {
  if (plan !== null && !fitsTheBook(before, plan)) {
    return refuse('LEDGER_AMOUNT_TOO_LARGE', 'The book keeps no number as large as this would come to.');
  }
  const step = plan === null ? null : { before, plan, follows, after: applyPlan(before, plan, facts) };
  return step as P extends null ? null : Step;
}
