import { Directive, Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { BigIntScalar, DateTimeScalar, PointsScalar } from '../../../kernel/graph/scalars';
import type { NewProgramme } from '../core/programme';

/** How it is found out when points cease. */
export enum ExpiryKindName {
  FIXED = 'FIXED',
  ROLLING = 'ROLLING',
  END_OF_PERIOD = 'END_OF_PERIOD',
}
registerEnumType(ExpiryKindName, {
  name: 'ExpiryKind',
  description: 'How it is found out when points cease.',
  valuesConfig: {
    FIXED: { description: 'The programme’s validity after they were earned.' },
    ROLLING: { description: 'The programme’s validity after the member’s last activity.' },
    END_OF_PERIOD: { description: 'The programme’s validity after they were earned, then to the end of that period.' },
  },
});

/** The period points live to the end of. */
export enum ExpiryPeriodName {
  MONTH = 'MONTH',
  QUARTER = 'QUARTER',
  YEAR = 'YEAR',
}
registerEnumType(ExpiryPeriodName, {
  name: 'ExpiryPeriod',
  description: 'The period points live to the end of.',
  valuesConfig: {
    MONTH: { description: 'A calendar month.' },
    QUARTER: { description: 'A calendar quarter.' },
    YEAR: { description: 'A calendar year.' },
  },
});

/** Which lots pay first. */
export enum DrawOrderName {
  FIRST_TO_EXPIRE = 'FIRST_TO_EXPIRE',
  PRO_RATA_BY_ISSUER = 'PRO_RATA_BY_ISSUER',
}
registerEnumType(DrawOrderName, {
  name: 'DrawOrder',
  description: 'Which lots pay first.',
  valuesConfig: {
    FIRST_TO_EXPIRE: { description: 'Those that expire first.' },
    PRO_RATA_BY_ISSUER: { description: 'In proportion to what is left of each issuer’s.' },
  },
});

/** The window in which qualifying points are counted. */
export enum QualificationPeriodName {
  LIFETIME = 'LIFETIME',
  CALENDAR_YEAR = 'CALENDAR_YEAR',
  ROLLING_YEAR = 'ROLLING_YEAR',
}
registerEnumType(QualificationPeriodName, {
  name: 'QualificationPeriod',
  description: 'The window in which qualifying points are counted.',
  valuesConfig: {
    LIFETIME: { description: 'All time: a rung reached is never lost.' },
    CALENDAR_YEAR: { description: 'A calendar year of the programme.' },
    ROLLING_YEAR: { description: 'A year from when the member reached the rung.' },
  },
});

@ObjectType('ExpiryPolicy', { description: 'When points cease.' })
export class ExpiryPolicyType {
  @Field(() => ExpiryKindName, { description: 'How it is found out.' })
  kind!: ExpiryKindName;
  @Field(() => ExpiryPeriodName, { description: 'The period they live to the end of; read for END_OF_PERIOD only.' })
  period!: ExpiryPeriodName;
  @Field(() => [Int], { description: 'Days before the expiry at which members are warned, most first; at most 10.' })
  warningDays!: number[];
}

@InputType('ExpiryPolicyInput', { description: 'When points cease.' })
export class ExpiryPolicyInput {
  @Field(() => ExpiryKindName, { description: 'How it is found out.' })
  kind!: ExpiryKindName;
  @Field(() => ExpiryPeriodName, { description: 'The period they live to the end of; read for END_OF_PERIOD only.' })
  period!: ExpiryPeriodName;
  @Field(() => [Int], { description: 'Days before the expiry at which members are warned, most first; at most 10.' })
  warningDays!: number[];
}

@ObjectType('TierPolicy', { description: 'How qualifying points are counted, and how long a rung is kept.' })
export class TierPolicyType {
  @Field(() => QualificationPeriodName, { description: 'The window they are counted in.' })
  period!: QualificationPeriodName;
  @Field(() => Int, {
    description: 'Days after the end of a period in which points still count to keep the rung; 0 to 365.',
  })
  graceDays!: number;
  @Field(() => Int, { description: 'Days before a review at which a member who would drop is told; 0 to 365.' })
  noticeDays!: number;
}

@InputType('TierPolicyInput', { description: 'How qualifying points are counted, and how long a rung is kept.' })
export class TierPolicyInput {
  @Field(() => QualificationPeriodName, { description: 'The window they are counted in.' })
  period!: QualificationPeriodName;
  @Field(() => Int, {
    description: 'Days after the end of a period in which points still count to keep the rung; 0 to 365.',
  })
  graceDays!: number;
  @Field(() => Int, { description: 'Days before a review at which a member who would drop is told; 0 to 365.' })
  noticeDays!: number;
}

@ObjectType('LocalText', { description: 'A text people read, in one language.' })
export class LocalTextType {
  @Field(() => String, { description: 'BCP 47 tag, such as en or pl-PL.' })
  language!: string;
  @Field(() => String, { description: 'The text.' })
  text!: string;
}

@InputType('LocalTextInput', { description: 'A text people read, in one language.' })
export class LocalTextInput {
  @Field(() => String, { description: 'BCP 47 tag, such as en or pl-PL.' })
  language!: string;
  @Field(() => String, { description: 'The text.' })
  text!: string;
}

@ObjectType('TierBenefit', { description: 'Something a tier’s members have besides what they earn.' })
export class TierBenefitType {
  @Field(() => [LocalTextType], { description: 'What it is, in each language it was told in.' })
  texts!: LocalTextType[];
}

@InputType('TierBenefitInput', { description: 'Something a tier’s members have besides what they earn.' })
export class TierBenefitInput {
  @Field(() => [LocalTextInput], { description: 'What it is, in 1 to 20 languages; at most 200 characters in each.' })
  texts!: LocalTextInput[];
}

@ObjectType('Tier', { description: 'One rung of the ladder members climb.' })
export class TierType {
  @Field(() => String, { description: 'Short name for machines, such as SILVER.' })
  code!: string;
  @Field(() => String, { description: 'Name members read.' })
  name!: string;
  @Field(() => PointsScalar, { description: 'Qualifying points from which a member stands on it.' })
  thresholdPoints!: bigint;
  @Field(() => Int, { description: 'What purchases earn on it, in basis points of what they earn otherwise.' })
  multiplierBps!: number;
  @Field(() => [TierBenefitType], { description: 'What its members have besides, in the order it is shown.' })
  benefits!: TierBenefitType[];
}

@Directive('@key(fields: "id")')
@ObjectType('Programme', { description: 'The rules and currency of one coalition.' })
export class ProgrammeType {
  @Field(() => ID, { description: 'The programme’s id.' })
  id!: string;
  @Field(() => String, { description: 'Short name for machines; never changed, never given again.' })
  key!: string;
  @Field(() => String, { description: 'Name people read.' })
  name!: string;
  @Field(() => String, { description: 'What members call the points.' })
  currencyName!: string;
  @Field(() => String, { description: 'ISO 4217 code of the money the books are kept in.' })
  currency!: string;
  @Field(() => BigIntScalar, {
    description: 'Value of one point shown to members, in millionths of a major unit: 10000 is 0.01.',
  })
  faceValueMicros!: bigint;
  @Field(() => String, { description: 'IANA time zone the programme’s days are counted in.' })
  timeZone!: string;
  @Field(() => String, { description: 'BCP 47 tag of the language used when nothing else is known.' })
  defaultLanguage!: string;
  @Field(() => Boolean, { description: 'Whether it plays with toy money; only then can it have a test clock.' })
  isSandbox!: boolean;
  @Field(() => Boolean, {
    description: 'Whether the proposer of a settlement step may also approve it; only in a sandbox.',
  })
  singleApprover!: boolean;
  @Field(() => Int, { description: 'Days after a statement’s issue in which its lines can be disputed.' })
  disputeWindowDays!: number;
  @Field(() => Int, { nullable: true, description: 'Days points live after they are earned; null: for ever.' })
  pointsValidityDays!: number | null;
  @Field(() => DateTimeScalar, { description: 'The beginning of its first settlement cycle.' })
  opensAt!: Date;
  @Field(() => ExpiryPolicyType, { description: 'When points cease.' })
  expiry!: ExpiryPolicyType;
  @Field(() => DrawOrderName, { description: 'Which lots pay first.' })
  drawOrder!: DrawOrderName;
  @Field(() => Int, { description: 'Days a lot that expired meanwhile stays spendable after a reversal gave it back.' })
  reversalGraceDays!: number;
  @Field(() => PointsScalar, {
    nullable: true,
    description: 'The most points a member may be in arrears with; null: no limit.',
  })
  arrearsLimitPoints!: bigint | null;
  @Field(() => PointsScalar, {
    nullable: true,
    description: 'Redemptions of more points need a step-up of the member; null: none does.',
  })
  stepUpAbovePoints!: bigint | null;
  @Field(() => Int, {
    nullable: true,
    description:
      'What a purchase may bring back as points by one person’s decision, in basis points of its price; null: any part.',
  })
  rebateLimitBps!: number | null;
  @Field(() => Int, { description: 'Days a receipt of an unknown buyer can be claimed.' })
  receiptClaimDays!: number;
  @Field(() => Int, {
    description: 'Days a partner has to answer a claim of missing points before it pays them as goodwill.',
  })
  missingPointsAnswerDays!: number;
  @Field(() => TierPolicyType, { description: 'How qualifying points are counted, and how long a rung is kept.' })
  tierPolicy!: TierPolicyType;
  @Field(() => [TierType], { description: 'The ladder, lowest rung first.' })
  tiers!: TierType[];
}

@InputType('TierInput', { description: 'One rung of the ladder members climb.' })
export class TierInput {
  @Field(() => String, { description: 'Short name for machines: 1 to 40 letters, digits, hyphens or underscores.' })
  code!: string;
  @Field(() => String, { description: 'Name members read; at most 60 characters.' })
  name!: string;
  @Field(() => PointsScalar, {
    description: 'Qualifying points from which a member stands on it; 0 for the first rung.',
  })
  thresholdPoints!: bigint;
  @Field(() => Int, {
    nullable: true,
    description:
      'What purchases earn on it, in basis points of what they earn otherwise: 15,000 is half as much again.',
  })
  multiplierBps?: number | null;
  @Field(() => [TierBenefitInput], {
    nullable: true,
    description: 'What its members have besides, in the order it is shown; at most 20.',
  })
  benefits?: TierBenefitInput[] | null;
}

@InputType('CreateProgrammeInput', { description: 'A programme to found.' })
export class CreateProgrammeInput implements NewProgramme {
  @Field(() => String, { description: 'The caller’s own name for this intent; 1 to 255 characters.' })
  idempotencyKey!: string;
  @Field(() => String, { description: 'Short name for machines: lower-case letters, digits and hyphens.' })
  key!: string;
  @Field(() => String, { description: 'Name people read; at most 200 characters.' })
  name!: string;
  @Field(() => String, { description: 'What members call the points; at most 60 characters.' })
  currencyName!: string;
  @Field(() => String, { description: 'ISO 4217 code of the money the books are kept in, such as EUR.' })
  currency!: string;
  @Field(() => BigIntScalar, {
    description: 'Value of one point shown to members, in millionths of a major unit: 10000 is 0.01.',
  })
  faceValueMicros!: bigint;
  @Field(() => String, { description: 'IANA time zone the programme’s days are counted in, such as Europe/Warsaw.' })
  timeZone!: string;
  @Field(() => String, { description: 'BCP 47 tag of the language used when nothing else is known, such as en.' })
  defaultLanguage!: string;
  @Field(() => Boolean, { description: 'Whether it plays with toy money; only then can it have a test clock.' })
  isSandbox!: boolean;
  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Whether the proposer of a settlement step may also approve it; only in a sandbox.',
  })
  singleApprover!: boolean;
  @Field(() => Int, { description: 'Days after a statement’s issue in which its lines can be disputed; 0 to 365.' })
  disputeWindowDays!: number;
  @Field(() => Int, { nullable: true, description: 'Days points live after they are earned; null: for ever.' })
  pointsValidityDays?: number | null;
  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'The beginning of its first settlement cycle; now, when not given.',
  })
  opensAt?: Date | null;
  @Field(() => ExpiryPolicyInput, {
    nullable: true,
    description: 'When points cease; FIXED with warnings 30, 7 and 1 days before, when not given.',
  })
  expiry?: ExpiryPolicyInput | null;
  @Field(() => DrawOrderName, { nullable: true, description: 'Which lots pay first; FIRST_TO_EXPIRE, when not given.' })
  drawOrder?: DrawOrderName | null;
  @Field(() => Int, {
    nullable: true,
    description: 'Days a lot that expired meanwhile stays spendable after a reversal gave it back; 0, when not given.',
  })
  reversalGraceDays?: number | null;
  @Field(() => PointsScalar, {
    nullable: true,
    description: 'The most points a member may be in arrears with; null: no limit.',
  })
  arrearsLimitPoints?: bigint | null;
  @Field(() => PointsScalar, {
    nullable: true,
    description: 'Redemptions of more points need a step-up of the member; null: none does.',
  })
  stepUpAbovePoints?: bigint | null;
  @Field(() => Int, {
    nullable: true,
    description:
      'What a purchase may bring back as points by one person’s decision, in basis points of its price; 0 to 9,999. Rules that would ' +
      'let it bring back more need the approval of another person. Any part, when not given.',
  })
  rebateLimitBps?: number | null;
  @Field(() => Int, {
    nullable: true,
    description: 'Days a receipt of an unknown buyer can be claimed; 30, when not given.',
  })
  receiptClaimDays?: number | null;
  @Field(() => Int, {
    nullable: true,
    description:
      'Days a partner has to answer a claim of missing points before it pays them as goodwill; 14, when not given.',
  })
  missingPointsAnswerDays?: number | null;
  @Field(() => TierPolicyInput, {
    nullable: true,
    description: 'How qualifying points are counted, and how long a rung is kept; LIFETIME, when not given.',
  })
  tierPolicy?: TierPolicyInput | null;
  @Field(() => [TierInput], { description: 'The ladder, ascending; 1 to 10 rungs, the first at 0 points.' })
  tiers!: TierInput[];
}
