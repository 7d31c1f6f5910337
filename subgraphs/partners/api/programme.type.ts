import { Directive, Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { BigIntScalar, DateTimeScalar, PointsScalar } from '../../../kernel/graph/scalars';
import type { NewProgramme } from '../core/programme';

@ObjectType('Tier', { description: 'One rung of the ladder members climb.' })
export class TierType {
  @Field(() => String, { description: 'Short name for machines, such as SILVER.' })
  code!: string;
  @Field(() => String, { description: 'Name members read.' })
  name!: string;
  @Field(() => PointsScalar, { description: 'Qualifying points from which a member stands on it.' })
  thresholdPoints!: bigint;
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
  @Field(() => [TierInput], { description: 'The ladder, ascending; 1 to 10 rungs, the first at 0 points.' })
  tiers!: TierInput[];
}
