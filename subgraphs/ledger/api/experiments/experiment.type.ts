import { Field, ID, ObjectType } from 'type-graphql';
import { ExperimentKindName } from '../../../../kernel/graph/rule-terms-types';
import { BigIntScalar, DateTimeScalar, PointsScalar } from '../../../../kernel/graph/scalars';
import { MoneyType } from '../../../../kernel/graph/shared-types';

@ObjectType('MemberArm', { description: 'A member’s arm in an experiment that runs; it never changes.' })
export class MemberArmType {
  @Field(() => ID, { description: 'The experiment.' })
  experimentId!: string;
  @Field(() => String, { description: 'What the experiment is called.' })
  code!: string;
  @Field(() => ExperimentKindName, { description: 'What differs.' })
  kind!: ExperimentKindName;
  @Field(() => String, {
    nullable: true,
    description: 'The campaign’s id, or the name of the reward, channel or placement; null: all campaigns.',
  })
  subject!: string | null;
  @Field(() => String, { description: 'The arm.' })
  arm!: string;
  @Field(() => Boolean, { description: 'Whether members of it do without.' })
  isControl!: boolean;
}

@ObjectType('Difference', { description: 'A difference, and the interval that holds the true one 95 times in 100.' })
export class DifferenceType {
  @Field(() => BigIntScalar, { description: 'What was found.' })
  difference!: bigint;
  @Field(() => BigIntScalar, { description: 'The lower end.' })
  low!: bigint;
  @Field(() => BigIntScalar, { description: 'The upper end.' })
  high!: bigint;
  @Field(() => Boolean, { description: 'Whether the interval leaves out nothing: chance alone is not likely.' })
  isCertain!: boolean;
}

const NONE = 'null where an arm has too few members or nobody differs.';

@ObjectType('Uplift', { description: 'How an arm differs from the control.' })
export class UpliftType {
  @Field(() => DifferenceType, { nullable: true, description: `Share of buyers, in millionths; ${NONE}` })
  buyersPpm!: DifferenceType | null;
  @Field(() => DifferenceType, { nullable: true, description: `Share of redeemers, in millionths; ${NONE}` })
  redeemersPpm!: DifferenceType | null;
  @Field(() => DifferenceType, {
    nullable: true,
    description: `Spend a member, in millionths of the major unit of the currency; ${NONE}`,
  })
  spendMicros!: DifferenceType | null;
  @Field(() => DifferenceType, { nullable: true, description: `Points redeemed a member, in thousandths; ${NONE}` })
  pointsSpentMilli!: DifferenceType | null;
}

@ObjectType('ArmReport', { description: 'What the members of an arm did while the experiment ran.' })
export class ArmReportType {
  @Field(() => String, { description: 'The arm.' })
  arm!: string;
  @Field(() => Boolean, { description: 'Whether it is the control.' })
  isControl!: boolean;
  @Field(() => BigIntScalar, { description: 'Members of it, whether they did anything or not.' })
  members!: bigint;
  @Field(() => BigIntScalar, { description: 'How many of them bought; of a campaign, at its partner.' })
  buyers!: bigint;
  @Field(() => BigIntScalar, { description: 'How often.' })
  purchases!: bigint;
  @Field(() => MoneyType, { description: 'For how much; returns are not taken off.' })
  spend!: MoneyType;
  @Field(() => BigIntScalar, { description: 'How many of them redeemed points, at any partner.' })
  redeemers!: bigint;
  @Field(() => PointsScalar, { description: 'How many points; reversals are not taken off.' })
  pointsSpent!: bigint;
  @Field(() => UpliftType, { nullable: true, description: 'Beside the control; null for the control itself.' })
  uplift!: UpliftType | null;
}

@ObjectType('ExperimentReport', { description: 'What came of an experiment, by the programme’s present.' })
export class ExperimentReportType {
  @Field(() => ID, { description: 'The experiment.' })
  experimentId!: string;
  @Field(() => String, { description: 'What it is called.' })
  code!: string;
  @Field(() => DateTimeScalar, { description: 'When it begins.' })
  from!: Date;
  @Field(() => DateTimeScalar, { nullable: true, description: 'Before when it ends; null: until it is stopped.' })
  until!: Date | null;
  @Field(() => DateTimeScalar, { description: 'How far the figures reach.' })
  through!: Date;
  @Field(() => [ArmReportType], { description: 'Its arms.' })
  arms!: ArmReportType[];
}
