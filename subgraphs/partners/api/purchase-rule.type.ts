import { Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { BigIntScalar, DateTimeScalar, JSONObjectScalar, PointsScalar } from '../../../kernel/graph/scalars';
import {
  BudgetPurposeName,
  CampaignPhaseName,
  CampaignShareInput,
  RuleTermsInput,
} from '../../../kernel/graph/rule-terms-types';
import { Channel } from '../../../kernel/graph/shared-types';
import type { AskedStop } from '../app/set-purchase-rule';
import type { ConditionSample } from '../app/try-condition';
import type { AskedRule } from '../core/purchase-rule';
import type { AskedCampaign } from '../core/rule-proposal';
import type { AskedBudget, AskedRate } from '../core/rule-settings';
import { LimitPeriodName } from './limit-period';

const KEY = { description: 'The caller’s own name for this intent; 1 to 255 characters.' };
const PARTNER = { description: 'The partner.' };
const CODE = { description: 'The partner’s short name for it: 1 to 40 letters, digits, hyphens or underscores.' };

@InputType()
abstract class RuleInput extends RuleTermsInput implements AskedRule {
  @Field(() => String, KEY)
  idempotencyKey!: string;
  @Field(() => ID, PARTNER)
  partnerId!: string;
  @Field(() => String, CODE)
  code!: string;
  @Field(() => DateTimeScalar, { description: 'From when it is in force; after the latest version’s.' })
  validFrom!: Date;
  @Field(() => DateTimeScalar, { nullable: true, description: 'Until before when; without end when not given.' })
  validUntil?: Date | null;
}

@InputType('SetPurchaseRuleInput', { description: 'A rule for purchases, beyond the base rate.' })
export class SetPurchaseRuleInput extends RuleInput {}

@InputType()
abstract class CampaignInput extends RuleInput implements AskedCampaign {
  @Field(() => CampaignPhaseName, { description: 'How far it has come.' })
  phase!: CampaignPhaseName;
  @Field(() => BudgetPurposeName, { description: 'Which budget it belongs to.' })
  purpose!: BudgetPurposeName;
  @Field(() => PointsScalar, {
    nullable: true,
    description: 'The most it gives in all; no limit of its own when not given.',
  })
  budgetPoints?: bigint | null;
  @Field(() => [CampaignShareInput], {
    nullable: true,
    description:
      'Who pays when its points are spent, and their fee; its partner alone when not given, and of what is paid in advance.',
  })
  funding?: CampaignShareInput[] | null;
}

@InputType('CreateCampaignInput', { description: 'A campaign to begin.' })
export class CreateCampaignInput extends CampaignInput {}

@InputType('ChangeCampaignInput', { description: 'A campaign as it shall be from an instant on.' })
export class ChangeCampaignInput extends CampaignInput {}

@InputType()
abstract class StopInput implements AskedStop {
  @Field(() => String, KEY)
  idempotencyKey!: string;
  @Field(() => ID, PARTNER)
  partnerId!: string;
  @Field(() => String, CODE)
  code!: string;
}

@InputType('StopPurchaseRuleInput', { description: 'A rule to stop.' })
export class StopPurchaseRuleInput extends StopInput {}

@InputType('StopCampaignInput', { description: 'A campaign to stop.' })
export class StopCampaignInput extends StopInput {}

@InputType('SetConversionRateInput', { description: 'What a unit of another currency is worth, from a day on.' })
export class SetConversionRateInput implements AskedRate {
  @Field(() => String, KEY)
  idempotencyKey!: string;
  @Field(() => String, { description: 'ISO 4217 code of the other currency.' })
  currency!: string;
  @Field(() => String, { description: 'The first day it holds, as an ISO date of the programme’s calendar.' })
  day!: string;
  @Field(() => String, { description: 'Units of the programme’s currency for one, as a decimal such as 4.2715.' })
  rate!: string;
  @Field(() => String, { description: 'Whose rate it is; 1 to 200 characters.' })
  source!: string;
}

@InputType('SetPurposeBudgetInput', { description: 'What a partner’s campaigns of one purpose may give together.' })
export class SetPurposeBudgetInput implements AskedBudget {
  @Field(() => String, KEY)
  idempotencyKey!: string;
  @Field(() => ID, PARTNER)
  partnerId!: string;
  @Field(() => BudgetPurposeName, { description: 'The purpose.' })
  purpose!: BudgetPurposeName;
  @Field(() => PointsScalar, { description: 'The most they may give in a period; at least 1.' })
  points!: bigint;
  @Field(() => LimitPeriodName, { description: 'The period, by the programme’s calendar.' })
  period!: LimitPeriodName;
}

@ObjectType('PurchaseRule', { description: 'One version of a rule for purchases; never changed.' })
export class PurchaseRuleType {
  @Field(() => ID, { description: 'The version’s id, by which explanations name it.' })
  id!: string;
  @Field(() => String, CODE)
  code!: string;
  @Field(() => Int, { description: '1, 2, 3 … for each partner and code.' })
  version!: number;
  @Field(() => ID, { nullable: true, description: 'The campaign it is a version of; null for a rule of none.' })
  campaignId!: string | null;
  @Field(() => DateTimeScalar, { description: 'From when it is in force; where it stops, from when it is stopped.' })
  validFrom!: Date;
  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'Until before when, unless a later version comes first.',
  })
  validUntil!: Date | null;
  @Field(() => Boolean, { description: 'Whether this version stops the rule.' })
  isStopped!: boolean;
}

@ObjectType('ConversionRate', { description: 'What a unit of another currency is worth, from a day on.' })
export class ConversionRateType {
  @Field(() => String, { description: 'ISO 4217 code.' })
  currency!: string;
  @Field(() => String, { description: 'The first day it holds.' })
  day!: string;
  @Field(() => String, { description: 'Units of the programme’s currency for one, as a decimal.' })
  rate!: string;
  @Field(() => String, { description: 'Whose rate it is.' })
  source!: string;
}

@ObjectType('CampaignCalendarEntry', { description: 'A campaign in a calendar.' })
export class CampaignCalendarEntryType {
  @Field(() => ID, { description: 'The campaign.' })
  campaignId!: string;
  @Field(() => ID, PARTNER)
  partnerId!: string;
  @Field(() => String, CODE)
  code!: string;
  @Field(() => String, { description: 'Name people read.' })
  name!: string;
  @Field(() => CampaignPhaseName, { description: 'How far it has come in this stretch.' })
  phase!: CampaignPhaseName;
  @Field(() => DateTimeScalar, { description: 'When the stretch begins.' })
  from!: Date;
  @Field(() => DateTimeScalar, { nullable: true, description: 'Before when it ends; null: without end.' })
  until!: Date | null;
  @Field(() => [ID], {
    description:
      'Campaigns of the partner that run at the same time for the same buyers, in one group or both multiplying.',
  })
  conflictingCampaignIds!: string[];
}

@InputType('ConditionSampleInput', { description: 'A purchase to try a condition on; what is not given is empty.' })
export class ConditionSampleInput implements ConditionSample {
  @Field(() => BigIntScalar, { nullable: true, description: 'Its amount in minor units; 0 when not given.' })
  amountMinor?: bigint | null;
  @Field(() => Channel, { nullable: true, description: 'Where it happens.' })
  channel?: Channel | null;
  @Field(() => String, { nullable: true, description: 'The branch.' })
  branch?: string | null;
  @Field(() => DateTimeScalar, { nullable: true, description: 'When; now, when not given.' })
  occurredAt?: Date | null;
  @Field(() => String, { nullable: true, description: 'Code of the member’s tier.' })
  tier?: string | null;
  @Field(() => Int, { nullable: true, description: 'Days since enrolment; not known when not given.' })
  enrolledDays?: number | null;
  @Field(() => [String], { nullable: true, description: 'Codes of the member’s segments.' })
  segments?: string[] | null;
  @Field(() => Int, {
    nullable: true,
    description: 'Which order of the day, month, quarter and year it is; 1 when not given.',
  })
  orders?: number | null;
  @Field(() => JSONObjectScalar, { nullable: true, description: 'What comes with it under the partner’s names.' })
  attributes?: Record<string, unknown> | null;
  @Field(() => Float, { nullable: true, description: 'Metres from the place of sale.' })
  distanceMetres?: number | null;
  @Field(() => Float, { nullable: true, description: 'Degrees Celsius there.' })
  temperatureCelsius?: number | null;
}

export enum ConditionOutcomeName {
  TRUE = 'TRUE',
  FALSE = 'FALSE',
  NOT_TOLD = 'NOT_TOLD',
  FAILED = 'FAILED',
  NOT_VALID = 'NOT_VALID',
}
registerEnumType(ConditionOutcomeName, {
  name: 'ConditionOutcome',
  description: 'What a condition answers.',
  valuesConfig: {
    TRUE: { description: 'It is met.' },
    FALSE: { description: 'It is not met.' },
    NOT_TOLD: { description: 'It asks for place or weather, which are not told.' },
    FAILED: { description: 'It meets a value it cannot compare, or would take too long.' },
    NOT_VALID: { description: 'It is no condition; it would be refused when saved.' },
  },
});

@ObjectType('ConditionTrial', { description: 'What a condition answers for a sample.' })
export class ConditionTrialType {
  @Field(() => ConditionOutcomeName, { description: 'The answer.' })
  outcome!: ConditionOutcomeName;
  @Field(() => String, { nullable: true, description: 'Why it failed or is not valid.' })
  message!: string | null;
  @Field(() => Int, { nullable: true, description: 'Where it is not valid: the place of a character, from 0.' })
  position!: number | null;
}
