import { Field, ID, ObjectType } from 'type-graphql';
import { defineConnection } from '../../../../kernel/graph/connection';
import { BigIntScalar, DateTimeScalar, PointsScalar } from '../../../../kernel/graph/scalars';
import { MoneyType } from '../../../../kernel/graph/shared-types';
import { PartnerStub } from '../partner.stub';

@ObjectType('PointFlow', { description: 'Points of one issuer redeemed at one partner in a cycle.' })
export class PointFlowType {
  @Field(() => PartnerStub, {
    nullable: true,
    description: 'Whose sales caused the points; null: the operator, by goodwill.',
  })
  issuer!: PartnerStub | null;
  @Field(() => PartnerStub, { nullable: true, description: 'Where they were redeemed; may be the issuer itself.' })
  redeemer!: PartnerStub | null;
  @Field(() => PointsScalar, { description: 'How many points.' })
  points!: bigint;
  @Field(() => MoneyType, {
    description: 'Their value at the redeemer’s price of the day, rounded half to even for show.',
  })
  value!: MoneyType;
}

@ObjectType('PartnerTotal', { description: 'One partner’s cycle as issuer.' })
export class PartnerTotalType {
  @Field(() => PartnerStub, { nullable: true, description: 'The partner.' })
  partner!: PartnerStub | null;
  @Field(() => BigIntScalar, { description: 'How many purchases it recorded.' })
  purchases!: bigint;
  @Field(() => BigIntScalar, { description: 'How many different members made them.' })
  distinctMembers!: bigint;
  @Field(() => MoneyType, { description: 'Their amounts together.' })
  amount!: MoneyType;
  @Field(() => PointsScalar, { description: 'Points issued.' })
  issued!: bigint;
  @Field(() => PointsScalar, { description: 'Points of this issuer that can still be spent or are on hold, now.' })
  outstanding!: bigint;
  @Field(() => PointsScalar, { description: 'Points of this issuer that ceased unspent.' })
  expired!: bigint;
}

@ObjectType('MemberTotal', { description: 'One member’s points over all time.' })
export class MemberTotalType {
  @Field(() => ID, { description: 'The member’s id.' })
  memberId!: string;
  @Field(() => PointsScalar, { description: 'Points earned.' })
  earned!: bigint;
  @Field(() => PointsScalar, { description: 'Points redeemed.' })
  spent!: bigint;
  @Field(() => PointsScalar, { description: 'Points that ceased unspent.' })
  expired!: bigint;
  @Field(() => PointsScalar, { description: 'Points that can be spent now.' })
  available!: bigint;
}
export const MemberTotalConnection = defineConnection('MemberTotal', MemberTotalType);

@ObjectType('ProgrammeClock', { description: 'The programme’s time.' })
export class ProgrammeClockType {
  @Field(() => DateTimeScalar, { description: 'What time it is for the programme’s rules.' })
  now!: Date;
  @Field(() => Boolean, { description: 'Whether it moves only when told.' })
  isTestClock!: boolean;
  @Field(() => BigIntScalar, { description: 'The version of the programme’s rules that points are posted by now.' })
  ruleBookVersion!: bigint;
}
