import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import { applyPlan, type PostingFacts, type PostingPlan } from '../points/posting';
import type { Wallet } from '../points/wallet';
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
  const standing = due?.after ?? wallet;
  const plan = rule(standing, facts);
  // What is due by itself is posted by whoever comes for it, not left to a caller whose own wish came to nothing.
  if (plan === null) return due === null ? null : { steps: [due], own: due };
  if (isRefusal(plan)) return plan;
  const carried = carryOutPlan(standing, plan, facts);
  return due === null ? carried : { ...carried, steps: [due, ...carried.steps] };
}

/**
 * A plan and what follows from it: where expiry rolls it extends the member's lots, points that come back to a lot already
 * expired expire, then arrears are filled.
 */
export function carryOutPlan(wallet: Wallet, plan: PostingPlan, facts: PostingFacts): CarriedOut {
  const own = stepOf(wallet, rolledOn(wallet, plan, facts), { facts, follows: false });
  const expired = stepOf(own.after, planExpiry(own.after, facts), { facts, follows: true });
  const left = expired?.after ?? own.after;
  const offset = stepOf(left, planArrearsOffset(left, plan.occurredAt, facts), { facts, follows: true });
  return { own, steps: [own, expired, offset].filter((step) => step !== null) };
}

function stepOf<P extends PostingPlan | null>(
  before: Wallet,
  plan: P,
  { facts, follows }: { facts: PostingFacts; follows: boolean },
): P extends null ? null : Step {
  const step = plan === null ? null : { before, plan, follows, after: applyPlan(before, plan, facts) };
  return step as P extends null ? null : Step;
}
