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
}
