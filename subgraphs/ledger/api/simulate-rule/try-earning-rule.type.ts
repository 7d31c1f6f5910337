import { Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql';
import { defineResult } from '../../../../kernel/graph/result';
import { ConditionNotValid } from '../../../../kernel/graph/rule-terms-types';
import { DateTimeScalar, JSONObjectScalar, PointsScalar } from '../../../../kernel/graph/scalars';
import { Channel, MoneyInput } from '../../../../kernel/graph/shared-types';
import type { AskedTrial, ExamplePurchase } from '../../app/simulate-rule/try-earning-rule';
import { EarnExplanationType, PassedReasonName } from '../movements/movement.type';
import { PurchaseLineInput } from '../movements/sale.type';
import { CurrencyNotAccepted, ProgrammeNotReady } from '../points/refusal.type';
import { DRAFT, DraftRuleInput, PARTNER, WITHOUT } from './simulate-rule.type';

@InputType('ExamplePurchaseInput', { description: 'A purchase made up to try rules on; what is not given is empty.' })
export class ExamplePurchaseInput implements ExamplePurchase {
  @Field(() => MoneyInput, { description: 'What earns.' })
  amount!: MoneyInput;
  @Field(() => DateTimeScalar, { nullable: true, description: 'When; now, when not given.' })
  occurredAt?: Date | null;
  @Field(() => String, { nullable: true, description: 'The branch.' })
  branch?: string | null;
  @Field(() => Channel, { nullable: true, description: 'Where it happens.' })
  channel?: Channel | null;
  @Field(() => [PurchaseLineInput], { nullable: true, description: 'The receipt’s lines.' })
  lines?: PurchaseLineInput[] | null;
  @Field(() => Int, { nullable: true, description: 'Metres from the place of sale.' })
  distanceMetres?: number | null;
  @Field(() => Float, { nullable: true, description: 'Degrees Celsius there.' })
  temperatureCelsius?: number | null;
  @Field(() => JSONObjectScalar, { nullable: true, description: 'What comes with it under the partner’s names.' })
  attributes?: Record<string, unknown> | null;
  @Field(() => String, { nullable: true, description: 'Code of the member’s tier; the lowest when not given.' })
  tier?: string | null;
  @Field(() => [String], { nullable: true, description: 'Codes of the member’s segments.' })
  segments?: string[] | null;
  @Field(() => Int, { nullable: true, description: 'Days since enrolment; not known when not given.' })
  enrolledDays?: number | null;
  @Field(() => Int, {
    nullable: true,
    description: 'Which order of the day, month, quarter and year it is; 1 when not given.',
  })
  orders?: number | null;
}

@InputType('TryEarningRuleInput', { description: 'Example purchases, and the rule to try on them.' })
export class TryEarningRuleInput implements AskedTrial {
  @Field(() => ID, PARTNER)
  partnerId?: string | null;
  @Field(() => DraftRuleInput, DRAFT)
  draft?: DraftRuleInput | null;
  @Field(() => [ID], WITHOUT)
  without?: string[] | null;
  @Field(() => [ExamplePurchaseInput], { description: 'The examples; at most 50.' })
  purchases!: ExamplePurchaseInput[];
}

@ObjectType('EarningTrial', { description: 'What an example earns, and why.' })
class EarningTrialType {
  @Field(() => PointsScalar, { description: 'All it earns.' })
  points!: bigint;
  @Field(() => PointsScalar, { description: 'What of them the draft gives; 0 without one.' })
  draftPoints!: bigint;
  @Field(() => PassedReasonName, { nullable: true, description: 'Why the draft gives nothing; null where it does.' })
  draftReason!: PassedReasonName | null;
  @Field(() => EarnExplanationType, { description: 'Which rules fire, what each adds, and why the others do not.' })
  explanation!: object;
}

@ObjectType('TryEarningRuleSuccess', { description: 'What the examples earn, in their order. Nothing was written.' })
class TryEarningRuleSuccess {
  @Field(() => [EarningTrialType], { description: 'One for each example.' })
  trials!: EarningTrialType[];
}

export const TryEarningRuleResult = defineResult('TryEarningRuleResult', TryEarningRuleSuccess, [
  ConditionNotValid,
  ProgrammeNotReady,
  CurrencyNotAccepted,
]);
