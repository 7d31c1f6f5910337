import { Arg, Ctx, Field, Mutation, ObjectType, Resolver } from 'type-graphql';
import { ConditionNotValid } from '../../../kernel/graph/rule-terms-types';
import { defineRefusalType, defineResult } from '../../../kernel/graph/result';
import { BigIntScalar } from '../../../kernel/graph/scalars';
import { isRefusal, type Refusal } from '../../../kernel/errors/refusal';
import { createCampaign, changeCampaign, setPurchaseRule, stopPurchaseRule } from '../app/set-purchase-rule';
import { setConversionRate, setPurposeBudget } from '../app/set-rule-settings';
import type { PurchaseRule } from '../core/purchase-rule';
import type { PartnersContext } from './context';
import {
  ChangeCampaignInput,
  ConversionRateType,
  CreateCampaignInput,
  PurchaseRuleType,
  SetConversionRateInput,
  SetPurchaseRuleInput,
  SetPurposeBudgetInput,
  StopCampaignInput,
  StopPurchaseRuleInput,
} from './purchase-rule.type';
import {
  answer,
  ArbitrageLoop,
  NotAfterLatestVersion,
  RebateAboveLimit,
  RuleCodeTaken,
  REPLAYED,
  RULE_BOOK_VERSION,
} from './result.type';

const ConversionRateStated = defineRefusalType('ConversionRateStated', 'The day has a rate for that currency.');

@ObjectType('PurchaseRuleSuccess', { description: 'The version was set.' })
class PurchaseRuleSuccess {
  @Field(() => PurchaseRuleType, { description: 'The version.' })
  rule!: PurchaseRuleType;
  @Field(() => BigIntScalar, RULE_BOOK_VERSION)
  ruleBookVersion!: bigint;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@ObjectType('SetConversionRateSuccess', { description: 'The rate holds.' })
class SetConversionRateSuccess {
  @Field(() => ConversionRateType, { description: 'The rate.' })
  conversionRate!: ConversionRateType;
  @Field(() => BigIntScalar, RULE_BOOK_VERSION)
  ruleBookVersion!: bigint;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@ObjectType('SetPurposeBudgetSuccess', { description: 'The budget counts from now on.' })
class SetPurposeBudgetSuccess {
  @Field(() => BigIntScalar, RULE_BOOK_VERSION)
  ruleBookVersion!: bigint;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

const PurchaseRuleResult = defineResult('PurchaseRuleResult', PurchaseRuleSuccess, [
  ConditionNotValid,
  RuleCodeTaken,
  NotAfterLatestVersion,
  ArbitrageLoop,
  RebateAboveLimit,
]);
const SetConversionRateResult = defineResult('SetConversionRateResult', SetConversionRateSuccess, [
  ConversionRateStated,
]);
const SetPurposeBudgetResult = defineResult('SetPurposeBudgetResult', SetPurposeBudgetSuccess);

/** Rules beyond the base rate, and campaigns. */
@Resolver()
export class PurchaseRuleMutation {
  @Mutation(() => PurchaseRuleResult, {
    description: 'Sets the next version of a rule for purchases at a partner. Admin.',
  })
  setPurchaseRule(
    @Arg('input', () => SetPurchaseRuleInput, { description: 'The rule.' }) input: SetPurchaseRuleInput,
    @Ctx() { setting, principal }: PartnersContext,
  ): Promise<object> {
    return answer('PurchaseRuleSuccess', input, async () => shown(await setPurchaseRule(setting, principal, input)));
  }

  @Mutation(() => PurchaseRuleResult, { description: 'Stops a rule at once. Admin.' })
  stopPurchaseRule(
    @Arg('input', () => StopPurchaseRuleInput, { description: 'The rule.' }) input: StopPurchaseRuleInput,
    @Ctx() { setting, principal }: PartnersContext,
  ): Promise<object> {
    return answer('PurchaseRuleSuccess', input, async () => shown(await stopPurchaseRule(setting, principal, input)));
  }

  @Mutation(() => PurchaseRuleResult, { description: 'Begins a campaign of a partner. Admin.' })
  createCampaign(
    @Arg('input', () => CreateCampaignInput, { description: 'The campaign.' }) input: CreateCampaignInput,
    @Ctx() { setting, principal }: PartnersContext,
  ): Promise<object> {
    return answer('PurchaseRuleSuccess', input, async () => shown(await createCampaign(setting, principal, input)));
  }

  @Mutation(() => PurchaseRuleResult, {
    description: 'Changes a campaign, such as its phase, from an instant on. Admin.',
  })
  changeCampaign(
    @Arg('input', () => ChangeCampaignInput, { description: 'The campaign.' }) input: ChangeCampaignInput,
    @Ctx() { setting, principal }: PartnersContext,
  ): Promise<object> {
    return answer('PurchaseRuleSuccess', input, async () => shown(await changeCampaign(setting, principal, input)));
  }

  @Mutation(() => PurchaseRuleResult, { description: 'Stops a campaign at once. Admin.' })
  stopCampaign(
    @Arg('input', () => StopCampaignInput, { description: 'The campaign.' }) input: StopCampaignInput,
    @Ctx() { setting, principal }: PartnersContext,
  ): Promise<object> {
    const stop = () => stopPurchaseRule(setting, principal, input, 'stopCampaign');
    return answer('PurchaseRuleSuccess', input, async () => shown(await stop()));
  }

  @Mutation(() => SetConversionRateResult, {
    description:
      'States what a unit of another currency is worth, from a day on; purchases in it are converted by it. Admin.',
  })
  setConversionRate(
    @Arg('input', () => SetConversionRateInput, { description: 'The rate.' }) input: SetConversionRateInput,
    @Ctx() { setting, principal }: PartnersContext,
  ): Promise<object> {
    return answer('SetConversionRateSuccess', input, () => setConversionRate(setting, principal, input));
  }

  @Mutation(() => SetPurposeBudgetResult, {
    description: 'Sets what a partner’s campaigns of one purpose may give together in a period. Admin.',
  })
  setPurposeBudget(
    @Arg('input', () => SetPurposeBudgetInput, { description: 'The budget.' }) input: SetPurposeBudgetInput,
    @Ctx() { setting, principal }: PartnersContext,
  ): Promise<object> {
    return answer('SetPurposeBudgetSuccess', input, () => setPurposeBudget(setting, principal, input));
  }
}

function shown<Success extends { rule: PurchaseRule }>(outcome: Success | Refusal) {
  if (isRefusal(outcome)) return outcome;
  return { ...outcome, rule: { ...outcome.rule, isStopped: outcome.rule.terms === null } };
}
