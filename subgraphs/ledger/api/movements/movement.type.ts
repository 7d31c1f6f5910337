import { Directive, Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { DateTimeScalar, PointsScalar } from '../../../../kernel/graph/scalars';
import { MoneyType } from '../../../../kernel/graph/shared-types';

/** What became of a hold. */
export enum HoldStateName {
  OPEN = 'OPEN',
  CAPTURED = 'CAPTURED',
  RELEASED = 'RELEASED',
  TIMED_OUT = 'TIMED_OUT',
}
registerEnumType(HoldStateName, {
  name: 'HoldState',
  description: 'What became of a hold.',
  valuesConfig: {
    OPEN: { description: 'The points are set aside.' },
    CAPTURED: { description: 'It became a redemption, whole or in part.' },
    RELEASED: { description: 'The partner gave the points back.' },
    TIMED_OUT: { description: 'Its time passed and the points came back.' },
  },
});

const NAMES = {
  source: { description: 'Whose rule it is.' },
  ruleId: { description: 'The rule’s id; the tier’s code where the tier gave it.' },
};

/** Whose rule gave points. */
export enum FiredSourceName {
  BASE = 'BASE',
  TIER = 'TIER',
  RULE = 'RULE',
  CAMPAIGN = 'CAMPAIGN',
}
registerEnumType(FiredSourceName, {
  name: 'FiredSource',
  description: 'Whose rule gave points.',
  valuesConfig: {
    BASE: { description: 'The partner’s base rate.' },
    TIER: { description: 'The member’s tier.' },
    RULE: { description: 'A rule of the partner.' },
    CAMPAIGN: { description: 'A campaign, in a lot of its own.' },
  },
});

/** Why a rule did not give anything. */
export enum PassedReasonName {
  TEASER = 'TEASER',
  CHANNEL = 'CHANNEL',
  BRANCH = 'BRANCH',
  TIER = 'TIER',
  SEGMENT = 'SEGMENT',
  SIGN_UP_WINDOW = 'SIGN_UP_WINDOW',
  NOTHING_COVERED = 'NOTHING_COVERED',
  BELOW_MINIMUM = 'BELOW_MINIMUM',
  CONDITION_FALSE = 'CONDITION_FALSE',
  FACTS_NOT_TOLD = 'FACTS_NOT_TOLD',
  CONDITION_FAILED = 'CONDITION_FAILED',
  FUNDER = 'FUNDER',
  BUDGET_SPENT = 'BUDGET_SPENT',
  HELD_OUT = 'HELD_OUT',
  OUTDONE = 'OUTDONE',
}
registerEnumType(PassedReasonName, {
  name: 'PassedReason',
  description: 'Why a rule that was looked at gave nothing.',
  valuesConfig: {
    TEASER: { description: 'The campaign is only shown so far.' },
    CHANNEL: { description: 'The campaign earns at tills only so far.' },
    BRANCH: { description: 'It is for other branches.' },
    TIER: { description: 'It is for other tiers.' },
    SEGMENT: { description: 'It is for members of segments this one is not in.' },
    SIGN_UP_WINDOW: {
      description: 'Too many days have passed since the member was enrolled, or that day is not known.',
    },
    NOTHING_COVERED: { description: 'Nothing on the receipt is of its categories or articles.' },
    BELOW_MINIMUM: { description: 'What it covers comes to less than it asks for.' },
    CONDITION_FALSE: { description: 'Its condition was not met.' },
    FACTS_NOT_TOLD: { description: 'It asks for place or weather, which the till did not tell.' },
    CONDITION_FAILED: { description: 'Its condition could not be worked out, or would have taken too long.' },
    FUNDER: { description: 'Somebody who would pay for it cannot at present.' },
    BUDGET_SPENT: { description: 'Its budget, or its purpose’s, does not hold what it would give.' },
    HELD_OUT: { description: 'The member is of an experiment’s control, which does without it.' },
    OUTDONE: { description: 'Another rule was better, of its group or for the same goods.' },
  },
});

@ObjectType('FiredRule', { description: 'A rule that gave points.' })
export class FiredRuleType {
  @Field(() => FiredSourceName, NAMES.source)
  source!: FiredSourceName;
  @Field(() => ID, NAMES.ruleId)
  ruleId!: string;
  @Field(() => ID, { nullable: true, description: 'The campaign; null for a rule of none.' })
  campaignId!: string | null;
  @Field(() => PointsScalar, { description: 'What it added when the purchase was recorded.' })
  points!: bigint;
  @Field(() => MoneyType, { description: 'What of the purchase it covers, in the programme’s currency.' })
  covered!: MoneyType;
}

@ObjectType('PassedRule', { description: 'A rule that gave nothing.' })
export class PassedRuleType {
  @Field(() => ID, { description: 'The rule’s id.' })
  ruleId!: string;
  @Field(() => ID, { nullable: true, description: 'The campaign; null for a rule of none.' })
  campaignId!: string | null;
  @Field(() => PassedReasonName, { description: 'Why.' })
  reason!: PassedReasonName;
}

@ObjectType('CurrencyConversion', { description: 'How a purchase in another currency came to the programme’s.' })
export class CurrencyConversionType {
  @Field(() => MoneyType, { description: 'What earned, in the programme’s currency; rounded once, ties to even.' })
  amount!: MoneyType;
  @Field(() => String, { description: 'Units of the programme’s currency for one of the purchase’s, as a decimal.' })
  rate!: string;
  @Field(() => String, { description: 'Whose rate it is.' })
  source!: string;
  @Field(() => String, { description: 'The day the rate is of, as an ISO date.' })
  day!: string;
}

@ObjectType('EarnExplanation', { description: 'Why a purchase earned what it did.' })
export class EarnExplanationType {
  @Field(() => CurrencyConversionType, {
    nullable: true,
    description: 'How its currency was converted; null when it was the programme’s.',
  })
  conversion!: CurrencyConversionType | null;
  @Field(() => [FiredRuleType], { description: 'The rules that fired, in the order they were reckoned.' })
  fired!: FiredRuleType[];
  @Field(() => [PassedRuleType], {
    description: 'Rules that were looked at and gave nothing; at most 100, by priority.',
  })
  passed!: PassedRuleType[];
}

@Directive('@key(fields: "id")')
@ObjectType('Hold', { description: 'Points set aside for a redemption that is not finished.' })
export class HoldType {
  @Field(() => ID, { description: 'The hold’s id.' })
  id!: string;
  @Field(() => PointsScalar, { description: 'Points set aside.' })
  points!: bigint;
  @Field(() => HoldStateName, { description: 'What became of it.' })
  state!: HoldStateName;
  @Field(() => DateTimeScalar, { description: 'Until when it is meant to stand.' })
  expiresAt!: Date;
}

@ObjectType('Draw', { description: 'The part of one lot a redemption took.' })
export class DrawType {
  @Field(() => PointsScalar, { description: 'Points taken from the lot.' })
  points!: bigint;
}

@ObjectType('Redemption', { description: 'Points spent at a partner.' })
export class RedemptionType {
  @Field(() => ID, { description: 'The redemption’s id.' })
  id!: string;
  @Field(() => PointsScalar, { description: 'Points spent.' })
  points!: bigint;
  @Field(() => PointsScalar, { description: 'Points of it that came back later.' })
  reversed!: bigint;
  @Field(() => MoneyType, { nullable: true, description: 'What was paid in money beside the points; null: nothing.' })
  money!: MoneyType | null;
  @Field(() => MoneyType, {
    nullable: true,
    description:
      'What of `money` goes back with the points reversed: in proportion, rounded down until the last point comes back. ' +
      'The redeemer pays it; null where nothing was paid.',
  })
  moneyReversed!: MoneyType | null;
  @Field(() => [DrawType], { description: 'Which lots paid, in the order taken; they add up to `points`.' })
  draws!: DrawType[];
}

@ObjectType('Purchase', { description: 'A sale as the partner’s till reported it.' })
export class PurchaseType {
  @Field(() => ID, { description: 'The purchase’s id.' })
  id!: string;
  @Field(() => String, { description: 'The partner’s receipt number.' })
  externalRef!: string;
  @Field(() => MoneyType, { description: 'What earned, after discounts.' })
  amount!: MoneyType;
  @Field(() => DateTimeScalar, { description: 'When the sale happened.' })
  occurredAt!: Date;
  @Field(() => MoneyType, { description: 'How much of the amount was returned.' })
  returned!: MoneyType;
  @Field(() => EarnExplanationType, {
    description: 'Why it earned what it did: the rules that fired and what each added, and why others did not.',
  })
  explanation!: EarnExplanationType;
}
