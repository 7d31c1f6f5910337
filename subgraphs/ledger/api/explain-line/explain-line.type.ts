import { Field, ID, Int, ObjectType } from 'type-graphql';
import { BigIntScalar, DateTimeScalar, PointsScalar } from '../../../../kernel/graph/scalars';
import { MoneyType } from '../../../../kernel/graph/shared-types';
import { StatementEntryKindName } from '../points/account.type';
import { SettlementPartyType } from '../settlement/settlement.type';

@ObjectType('LineExplanation', {
  description: 'How a line of a statement came about: from the cent billed to event, lot, price and share of rounding.',
})
export class LineExplanationType {
  @Field(() => ID, { description: 'The line.' })
  lineId!: string;
  @Field(() => SettlementPartyType, { description: 'Who owes.' })
  debtor!: object;
  @Field(() => SettlementPartyType, { description: 'Who is owed.' })
  creditor!: object;
  @Field(() => String, { description: 'What it is for, such as REDEMPTION or PROGRAMME_FEE.' })
  kind!: string;
  @Field(() => StatementEntryKindName, { description: 'What happened to the member’s points.' })
  event!: StatementEntryKindName;
  @Field(() => String, {
    description: 'What the member is called between these two parties: the same to both, and another everywhere else.',
  })
  member!: string;
  @Field(() => BigIntScalar, { description: 'The version of the member’s account the event made.' })
  memberVersion!: bigint;
  @Field(() => DateTimeScalar, { description: 'When it happened: it chose the price.' })
  occurredAt!: Date;
  @Field(() => DateTimeScalar, { description: 'When it was recorded: it chose the cycle.' })
  recordedAt!: Date;
  @Field(() => BigIntScalar, { description: 'The member’s own number of the lot.' })
  lotNumber!: bigint;
  @Field(() => SettlementPartyType, { description: 'Who issued the lot.' })
  issuer!: object;
  @Field(() => String, { description: 'When money moves for this lot, by the terms copied on to it.' })
  settlementModel!: string;
  @Field(() => PointsScalar, { description: 'Points it is for.' })
  points!: bigint;
  @Field(() => SettlementPartyType, { description: 'Whose contract the price is of.' })
  priceOf!: object;
  @Field(() => Int, { description: 'The version of that contract; 0 for points the operator gave.' })
  priceVersion!: number;
  @Field(() => BigIntScalar, {
    nullable: true,
    description: 'Price of a point in millionths; null for what is not reckoned by the point.',
  })
  perPointMicros!: bigint | null;
  @Field(() => BigIntScalar, {
    nullable: true,
    description: 'What the points cost in all, before it is shared, in millionths.',
  })
  wholeMicros!: bigint | null;
  @Field(() => Int, {
    nullable: true,
    description: 'The debtor’s part of it in basis points; null where it is no share.',
  })
  shareBps!: number | null;
  @Field(() => BigIntScalar, { description: 'The exact claim in millionths.' })
  micros!: bigint;
  @Field(() => BigIntScalar, { description: 'The claim cut down to whole minor units.' })
  floorMinor!: bigint;
  @Field(() => BigIntScalar, { description: 'What cutting down left over, in millionths.' })
  remainderMicros!: bigint;
  @Field(() => BigIntScalar, {
    description: 'Its place by what was left over, the largest first and the earlier among equals.',
  })
  rank!: bigint;
  @Field(() => BigIntScalar, { description: 'How many lines the pair has.' })
  lines!: bigint;
  @Field(() => BigIntScalar, {
    description: 'How many of them were raised by one minor unit, so that all add up to the bill.',
  })
  raisedLines!: bigint;
  @Field(() => BigIntScalar, { description: 'By how many minor units this one was raised.' })
  raisedBy!: bigint;
  @Field(() => Boolean, { description: 'Whether it waits in suspense and bills nothing.' })
  isDisputed!: boolean;
  @Field(() => MoneyType, { description: 'What it bills.' })
  billed!: MoneyType;
}
