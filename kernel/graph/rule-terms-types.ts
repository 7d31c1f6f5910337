// Decorators below need it, whoever imports this file first.
import 'reflect-metadata';
import { Directive, Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { CampaignTerms, RuleEffect, RuleTerms } from '../conditions/rule-terms';
import { BigIntScalar, PointsScalar } from './scalars';
import { Channel, RefusalInterface } from './shared-types';

const ANY = (what: string) => ({ nullable: true, description: `${what}; all when not given.` });

export enum EffectKindName {
  RATE = 'RATE',
  EXTRA_RATE = 'EXTRA_RATE',
  BONUS = 'BONUS',
  MULTIPLIER = 'MULTIPLIER',
}
registerEnumType(EffectKindName, {
  name: 'EffectKind',
  description: 'What a rule gives.',
  valuesConfig: {
    RATE: { description: 'Points for an amount, in the place of the base rate.' },
    EXTRA_RATE: { description: 'Points for an amount, on top.' },
    BONUS: { description: 'Points for a purchase, on top.' },
    MULTIPLIER: { description: 'Multiplies what rates and tier give; extras and bonuses are not multiplied.' },
  },
});
export enum RoundingKindName {
  DOWN = 'DOWN',
  HALF_EVEN = 'HALF_EVEN',
  UP = 'UP',
}
registerEnumType(RoundingKindName, {
  name: 'RuleRounding',
  description: 'How a fraction of a point ends.',
  valuesConfig: {
    DOWN: { description: 'It stays with the issuer.' },
    HALF_EVEN: { description: 'To the nearest, ties to the even neighbour.' },
    UP: { description: 'The member gets the whole point.' },
  },
});
export enum BudgetPurposeName {
  ENROLMENT = 'ENROLMENT',
  EARNING = 'EARNING',
  PERSONAL_OFFERS = 'PERSONAL_OFFERS',
  LIFECYCLE = 'LIFECYCLE',
}
registerEnumType(BudgetPurposeName, {
  name: 'BudgetPurpose',
  description: 'What a budget is for.',
  valuesConfig: {
    ENROLMENT: { description: 'Winning members.' },
    EARNING: { description: 'Rewarding purchases.' },
    PERSONAL_OFFERS: { description: 'Offers to single members.' },
    LIFECYCLE: { description: 'Keeping members and winning them back.' },
  },
});
export enum CampaignPhaseName {
  TEASER = 'TEASER',
  SOFT = 'SOFT',
  IN_STORE = 'IN_STORE',
  FULL = 'FULL',
}
registerEnumType(CampaignPhaseName, {
  name: 'CampaignPhase',
  description: 'How far a campaign has come.',
  valuesConfig: {
    TEASER: { description: 'It is shown and earns nothing.' },
    SOFT: { description: 'It earns for members of its segments.' },
    IN_STORE: { description: 'It earns at tills.' },
    FULL: { description: 'It earns wherever its terms say.' },
  },
});

@InputType('RuleEffectInput', { description: 'What a rule gives.' })
export class RuleEffectInput implements RuleEffect {
  @Field(() => EffectKindName, { description: 'How.' })
  kind!: EffectKindName;
  @Field(() => PointsScalar, { nullable: true, description: 'Points; for all but a multiplier.' })
  points?: bigint | null;
  @Field(() => BigIntScalar, {
    nullable: true,
    description: 'Minor units of the programme’s currency that earn `points`; for rates.',
  })
  perAmountMinor?: bigint | null;
  @Field(() => Int, {
    nullable: true,
    description: 'Basis points, 10,000 to 1,000,000; 20,000 doubles. For a multiplier.',
  })
  bps?: number | null;
}

@InputType('CampaignShareInput', { description: 'A funder’s part of a campaign.' })
export class CampaignShareInput {
  @Field(() => ID, { description: 'The partner that pays.' })
  partnerId!: string;
  @Field(() => Int, { description: 'Its part in basis points; all parts sum to 10,000.' })
  bps!: number;
}

/** What a rule asks for and gives: who sets one and who tries one write it alike. */
@InputType()
export abstract class RuleTermsInput implements RuleTerms {
  @Field(() => String, { description: 'Name people read; 1 to 200 characters.' })
  name!: string;
  @Field(() => RuleEffectInput, { description: 'What it gives.' })
  effect!: RuleEffectInput;
  @Field(() => [Channel], ANY('Channels it is for'))
  channels?: Channel[] | null;
  @Field(() => [String], ANY('Branches it is for'))
  branches?: string[] | null;
  @Field(() => [String], ANY('Categories of goods it covers'))
  categories?: string[] | null;
  @Field(() => [String], ANY('Articles it covers, beside categories'))
  skus?: string[] | null;
  @Field(() => [String], ANY('Codes of the tiers it is for'))
  tiers?: string[] | null;
  @Field(() => [String], ANY('Codes of the segments it is for; the member is in one of them'))
  segments?: string[] | null;
  @Field(() => Int, {
    nullable: true,
    description: 'Through this day after the day of enrolment, by the programme’s calendar; 0 to 3,650.',
  })
  signUpDays?: number | null;
  @Field(() => BigIntScalar, { nullable: true, description: 'What it covers must come to this, in minor units.' })
  minAmountMinor?: bigint | null;
  @Field(() => PointsScalar, { nullable: true, description: 'The most it gives for a purchase.' })
  capPoints?: bigint | null;
  @Field(() => RoundingKindName, { nullable: true, description: 'How a fraction ends; DOWN when not given.' })
  rounding?: RoundingKindName | null;
  @Field(() => Int, { nullable: true, description: 'Higher first; -1,000 to 1,000, 0 when not given.' })
  priority?: number | null;
  @Field(() => String, {
    nullable: true,
    description: 'Of the rules of one group only the one that adds most counts; beside all others when not given.',
  })
  group?: string | null;
  @Field(() => String, {
    nullable: true,
    description:
      'What must be true, in CEL, over purchase, lines, time, member, orders, segments, profile, attributes, place, weather.',
  })
  condition?: string | null;
}

/** What makes a rule a campaign. */
@InputType('CampaignTermsInput', { description: 'What makes a rule a campaign.' })
export class CampaignTermsInput implements CampaignTerms {
  @Field(() => CampaignPhaseName, { description: 'How far it has come.' })
  phase!: CampaignPhaseName;
  @Field(() => BudgetPurposeName, { description: 'Which budget it belongs to.' })
  purpose!: BudgetPurposeName;
  @Field(() => PointsScalar, {
    nullable: true,
    description: 'The most it gives in all; no limit of its own when not given.',
  })
  budgetPoints?: bigint | null;
  @Field(() => [CampaignShareInput], { nullable: true, description: 'Who pays; its partner alone when not given.' })
  funding?: CampaignShareInput[] | null;
}

/** Refused by whoever saves a condition and by whoever tries one. */
@Directive('@shareable')
@ObjectType('ConditionNotValid', {
  implements: RefusalInterface,
  description: 'The condition cannot be read, compares what cannot be compared, or is too large.',
})
export class ConditionNotValid extends RefusalInterface {
  @Field(() => Int, { description: 'Where: the place of a character in it, from 0.' })
  position!: number;
}

/** What members of different arms meet differently. */
export enum ExperimentKindName {
  CAMPAIGN = 'CAMPAIGN',
  ALL_CAMPAIGNS = 'ALL_CAMPAIGNS',
  REWARD = 'REWARD',
  CHANNEL = 'CHANNEL',
  PLACEMENT = 'PLACEMENT',
}
registerEnumType(ExperimentKindName, {
  name: 'ExperimentKind',
  description: 'What members of different arms meet differently.',
  valuesConfig: {
    CAMPAIGN: { description: 'Members of the control never get the campaign’s points.' },
    ALL_CAMPAIGNS: { description: 'The programme’s holdout: members of the control get no campaign’s points.' },
    REWARD: { description: 'A reward; whoever shows it asks for the arm.' },
    CHANNEL: { description: 'A channel of messages; whoever sends asks for the arm.' },
    PLACEMENT: { description: 'A place on a page; whoever shows it asks for the arm.' },
  },
});
