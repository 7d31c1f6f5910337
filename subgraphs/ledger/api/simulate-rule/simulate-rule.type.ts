import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { defineResult } from '../../../../kernel/graph/result';
import { CampaignTermsInput, ConditionNotValid, RuleTermsInput } from '../../../../kernel/graph/rule-terms-types';
import { BigIntScalar, DateTimeScalar, PointsScalar } from '../../../../kernel/graph/scalars';
import { MoneyType, RefusalInterface } from '../../../../kernel/graph/shared-types';
import type { AskedSimulation } from '../../app/simulate-rule/simulate-rule';
import type { Draft } from '../../core/simulate-rule/draft';
import { SettlementPartyType } from '../settlement/settlement.type';

export const PARTNER = { nullable: true, description: 'The partner; its own people leave it out.' };
export const DRAFT = {
  nullable: true,
  description: 'The rule or campaign to try, in force at every instant; the rules in force alone when not given.',
};
export const WITHOUT = {
  nullable: true,
  description:
    'Ids of rules and campaigns in force to leave out, such as the one the draft would replace; at most 1,000.',
};

@InputType('DraftRuleInput', { description: 'A rule or campaign that is tried and not saved.' })
export class DraftRuleInput extends RuleTermsInput implements Draft {
  @Field(() => CampaignTermsInput, { nullable: true, description: 'For a campaign; a rule of none when not given.' })
  campaign?: CampaignTermsInput | null;
}

@InputType('SimulateRuleInput', { description: 'Past purchases to replay, and against what.' })
export class SimulateRuleInput implements AskedSimulation {
  @Field(() => ID, PARTNER)
  partnerId?: string | null;
  @Field(() => DraftRuleInput, DRAFT)
  draft?: DraftRuleInput | null;
  @Field(() => [ID], WITHOUT)
  without?: string[] | null;
  @Field(() => DateTimeScalar, { description: 'From when purchases are replayed.' })
  from!: Date;
  @Field(() => DateTimeScalar, { description: 'Until before when; at most 400 days later.' })
  to!: Date;
}

@ObjectType('SimulatedCost', { description: 'What points cost a party when all are spent where they cost most.' })
export class SimulatedCostType {
  @Field(() => SettlementPartyType, { description: 'Who pays.' })
  party!: object;
  @Field(() => BigIntScalar, { description: 'Exactly, in millionths of the programme’s currency.' })
  micros!: bigint;
  @Field(() => MoneyType, { description: 'Rounded half to even to the minor unit, for show.' })
  cost!: MoneyType;
}

@ObjectType('SimulatedEarning', { description: 'What purchases earn under some rules, before any return.' })
export class SimulatedEarningType {
  @Field(() => PointsScalar, { description: 'All points.' })
  points!: bigint;
  @Field(() => Int, {
    nullable: true,
    description: 'What they are worth to members of what was paid, in basis points; null where nothing was paid.',
  })
  effectiveRebateBps!: number | null;
  @Field(() => [SimulatedCostType], { description: 'What they cost, by party; fees included.' })
  costs!: SimulatedCostType[];
}

@ObjectType('BudgetBurn', { description: 'What a campaign took of its budget, which was full when the replay began.' })
export class BudgetBurnType {
  @Field(() => PointsScalar, { description: 'Points it gave.' })
  givenPoints!: bigint;
  @Field(() => PointsScalar, { nullable: true, description: 'Its own budget; null for none.' })
  budgetPoints!: bigint | null;
  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'The first purchase to which it gave nothing because a budget did not hold it; null: none.',
  })
  spentAt!: Date | null;
}

@ObjectType('SimulateRuleSuccess', { description: 'What the purchases would have come to. Nothing was written.' })
class SimulateRuleSuccess {
  @Field(() => Int, { description: 'How many purchases were replayed.' })
  purchases!: number;
  @Field(() => Int, { description: 'How many members made them.' })
  members!: number;
  @Field(() => MoneyType, { description: 'What they come to, in the programme’s currency.' })
  turnover!: MoneyType;
  @Field(() => PointsScalar, { description: 'What they earned when they were recorded.' })
  postedPoints!: bigint;
  @Field(() => SimulatedEarningType, { description: 'By the rules in force now.' })
  inForce!: SimulatedEarningType;
  @Field(() => SimulatedEarningType, { description: 'By the rules in force with what was asked.' })
  simulated!: SimulatedEarningType;
  @Field(() => Int, { description: 'Purchases that earn another amount than by the rules in force.' })
  purchasesChanged!: number;
  @Field(() => Int, { description: 'Members who made them.' })
  membersChanged!: number;
  @Field(() => BudgetBurnType, {
    nullable: true,
    description: 'The draft campaign’s budget; null for a draft of none.',
  })
  budget!: BudgetBurnType | null;
}

@ObjectType('SimulationTooLarge', {
  implements: RefusalInterface,
  description: 'There are more purchases in the stretch than are replayed at once.',
})
class SimulationTooLarge extends RefusalInterface {
  @Field(() => Int, { description: 'How many are.' })
  purchasesMax!: number;
}

export const SimulateRuleResult = defineResult('SimulateRuleResult', SimulateRuleSuccess, [
  ConditionNotValid,
  SimulationTooLarge,
]);
