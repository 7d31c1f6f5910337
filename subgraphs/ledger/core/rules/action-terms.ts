import { isConditionFault, readCondition, type Condition } from '../../../../kernel/conditions/condition';
import type { PartnerId } from '../../../../kernel/values/id';
import type { Points } from '../../../../kernel/values/points';
import { actionRuleAt, type ActionRule, type RuleBook } from '../rule-book';
import type { PassedReason } from './explanation';
import { conditionFacts, enrolledDays, type Happened, type Person } from './purchase-facts';

/** What an action happened with. */
export interface ActionHappened extends Pick<Happened, 'at' | 'attributes'> {
  /** The programme's currency, for conditions that look at what is not there. */
  readonly currency: string;
}

/**
 * What an action gives under its rule: the points of the member's tier, else the rule's.
 *
 * @returns why it gives nothing, when the rule asks for another tier, an earlier day or something that is not so
 */
export function actionPoints(
  rule: ActionRule,
  { happened, person, timeZone }: { happened: ActionHappened; person: Person; timeZone: string },
): Points | PassedReason {
  const { tiers = [], tierPoints = [], signUpDays = null } = rule;
  if (tiers.length > 0 && (person.tier === null || !tiers.includes(person.tier))) return 'TIER';
  if (signUpDays !== null) {
    const days = enrolledDays(person.facts, happened.at, timeZone);
    if (days === null || days < 0 || days > signUpDays) return 'SIGN_UP_WINDOW';
  }
  const condition = conditionOf(rule);
  if (condition === undefined) return 'CONDITION_FAILED';
  if (condition !== null) {
    const noReceipt = { amountMinor: 0n, channel: null, branch: null, lines: [] };
    const { outcome } = condition.ask(
      conditionFacts({ ...noReceipt, ...happened }, person, { timeZone, uses: condition.uses }),
    );
    if (outcome !== 'TRUE') return REASONS[outcome];
  }
  return tierPoints.find(({ tier }) => tier === person.tier)?.points ?? rule.points;
}

const REASONS = { FALSE: 'CONDITION_FALSE', NOT_TOLD: 'FACTS_NOT_TOLD', FAILED: 'CONDITION_FAILED' } as const;

/** Whether the rule in force for an action asks anything about the member that is not in the wallet. */
export function actionAsksFacts(book: RuleBook, named: { partnerId: PartnerId; action: string }, at: Date): boolean {
  const rule = actionRuleAt(book, named, at);
  if (rule === undefined) return false;
  return rule.condition != null || rule.signUpDays != null;
}

/** Conditions read once for each version of a rule; null where it has none, undefined where it cannot be read. */
const read = new WeakMap<ActionRule, Condition | null | undefined>();

function conditionOf(rule: ActionRule): Condition | null | undefined {
  if (read.has(rule)) return read.get(rule);
  const source = rule.condition ?? null;
  const found = source === null ? null : readCondition(source);
  const condition = found !== null && isConditionFault(found) ? undefined : found;
  read.set(rule, condition);
  return condition;
}
