import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import { isRefusal } from '../../../../kernel/errors/refusal';
import { microsPerMinor } from '../../../../kernel/values/money';
import { divideHalfEven } from '../../../../kernel/values/rounding';
import { simulateRule, type Earned, type RuleSimulation } from '../../app/simulate-rule/simulate-rule';
import { tryEarningRule, type EarningTrial } from '../../app/simulate-rule/try-earning-rule';
import type { RuleBook } from '../../core/rule-book';
import type { LedgerContext } from '../context';
import { answer } from '../movements/result.type';
import { showExplanation } from '../movements/successes';
import { SimulateRuleInput, SimulateRuleResult } from './simulate-rule.type';
import { TryEarningRuleInput, TryEarningRuleResult } from './try-earning-rule.type';

/** Rules and campaigns looked at before they count. */
@Resolver()
export class SimulateRuleQuery {
  @Query(() => SimulateRuleResult, {
    description:
      'What a rule or campaign would have given for the real purchases of a stretch, and what it would have cost whom; nothing is ' +
      'written. Tier and orders are those of the time, segments and attributes those of today. Admin, the partner’s own people.',
  })
  simulateRule(
    @Arg('input', () => SimulateRuleInput, { description: 'What to replay.' }) input: SimulateRuleInput,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object> {
    return answer('SimulateRuleSuccess', input, async () => {
      const simulation = await simulateRule(ledger, principal, input);
      return isRefusal(simulation) ? simulation : shownSimulation(simulation);
    });
  }

  @Query(() => TryEarningRuleResult, {
    description:
      'What up to 50 example purchases would earn with a rule or campaign among those in force, and why; nothing is written. Admin, ' +
      'the partner’s own people.',
  })
  tryEarningRule(
    @Arg('input', () => TryEarningRuleInput, { description: 'The rule and the examples.' }) input: TryEarningRuleInput,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object> {
    return answer('TryEarningRuleSuccess', input, async () => {
      const tried = await tryEarningRule(ledger, principal, input);
      if (isRefusal(tried)) return tried;
      return { trials: tried.trials.map((trial) => shownTrial(trial, tried.currency)) };
    });
  }
}

function shownSimulation({ book, draft, turnoverMinor, inForce, simulated, ...counted }: RuleSimulation): object {
  const campaign = draft?.campaign ?? null;
  const given = campaign && simulated.campaigns.get(campaign.id);
  return {
    ...counted,
    turnover: { amountMinor: turnoverMinor, currency: book.currency },
    inForce: shownEarning(inForce, book),
    simulated: shownEarning(simulated, book),
    budget: campaign && {
      givenPoints: given?.points ?? 0n,
      budgetPoints: campaign.budgetPoints,
      spentAt: given?.spentAt ?? null,
    },
  };
}

function shownEarning({ points, rebateBps, costMicros }: Earned, { currency }: RuleBook): object {
  const costs = [...costMicros]
    .filter(([, micros]) => micros > 0n)
    .sort(([a], [b]) => ((a ?? '~') < (b ?? '~') ? -1 : 1));
  return {
    points,
    effectiveRebateBps: rebateBps,
    costs: costs.map(([partyId, micros]) => ({
      party: { isHub: partyId === null, partyId },
      micros,
      cost: { amountMinor: divideHalfEven(micros, microsPerMinor(currency)), currency },
    })),
  };
}

/** An explanation reads the trial as if it had been recorded. */
function shownTrial({ ruleId, amountMinor, explanation, ...trial }: EarningTrial, currency: string): object {
  const purchase = { ruleId, points: trial.points, amountMinor };
  return { ...trial, explanation: showExplanation({ purchase, explanation, currency }) };
}
