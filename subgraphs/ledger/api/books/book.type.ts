import { Field, ID, ObjectType, registerEnumType, Int } from 'type-graphql';
import { defineConnection } from '../../../../kernel/graph/connection';
import { BigIntScalar, DateTimeScalar, PointsScalar } from '../../../../kernel/graph/scalars';
import { MemberStub, StatementEntryKindName } from '../points/account.type';
import { SettlementPartyType, StatementLineType } from '../settlement/settlement.type';

/** Which of the two books. */
export enum BookName {
  POINTS = 'POINTS',
  MONEY = 'MONEY',
}
registerEnumType(BookName, {
  name: 'BookName',
  description: 'Which of the two books an account belongs to.',
  valuesConfig: {
    POINTS: { description: 'Counted in points.' },
    MONEY: { description: 'Counted in millionths of the programme’s currency.' },
  },
});

@ObjectType('PartyAccount', { description: 'An account of a partner or the operator.' })
export class PartyAccountType {
  @Field(() => BookName, { description: 'Its book.' })
  book!: BookName;
  @Field(() => String, { description: 'What it is for, such as ISSUED, CLEARING or POINT_FUND.' })
  kind!: string;
  @Field(() => SettlementPartyType, { description: 'Whose it is, or for whom the operator keeps it.' })
  party!: object;
  @Field(() => SettlementPartyType, {
    nullable: true,
    description: 'The creditor, where an account is kept for a pair of which `party` is the debtor.',
  })
  counterparty!: object | null;
  @Field(() => BigIntScalar, { description: 'Credits less debits; the accounts of a book sum to zero.' })
  balance!: bigint;
}

@ObjectType('OwedPoints', { description: 'Points a member owes.' })
export class OwedPointsType {
  @Field(() => SettlementPartyType, { description: 'To whom.' })
  creditor!: object;
  @Field(() => PointsScalar, { description: 'How many.' })
  points!: bigint;
}

@ObjectType('MemberAccounts', { description: 'A member’s accounts in the points book.' })
export class MemberAccountsType {
  @Field(() => MemberStub, { nullable: true, description: 'Whose they are.' })
  member!: MemberStub | null;
  @Field(() => PointsScalar, { description: 'Points that can be spent.' })
  available!: bigint;
  @Field(() => PointsScalar, { description: 'Points promised that cannot be spent yet.' })
  pending!: bigint;
  @Field(() => PointsScalar, { description: 'Points set aside by open holds.' })
  held!: bigint;
  @Field(() => [OwedPointsType], { description: 'Points owed, the oldest debt first.' })
  owed!: OwedPointsType[];
}
export const MemberAccountsConnection = defineConnection('MemberAccounts', MemberAccountsType);

@ObjectType('JournalTransaction', { description: 'One posting to one member.' })
export class JournalTransactionType {
  @Field(() => ID, { description: 'Its id, as `eventId` of a statement’s line names it.' })
  id!: string;
  @Field(() => MemberStub, { nullable: true, description: 'Whose points moved.' })
  member!: MemberStub | null;
  @Field(() => BigIntScalar, { description: 'The account’s version it made.' })
  version!: bigint;
  @Field(() => StatementEntryKindName, { description: 'What happened.' })
  kind!: StatementEntryKindName;
  @Field(() => ID, { nullable: true, description: 'The posting it followed from by itself; null when from none.' })
  causeId!: string | null;
  @Field(() => DateTimeScalar, { description: 'When it happened.' })
  occurredAt!: Date;
  @Field(() => DateTimeScalar, { description: 'When it was recorded, by the programme’s clock.' })
  recordedAt!: Date;
  @Field(() => BigIntScalar, { description: 'The rule book it went by.' })
  ruleBookVersion!: bigint;
  @Field(() => Int, { description: 'The version of the programme’s terms it went by; those of the founding are 1.' })
  termsVersion!: number;
}
export const JournalTransactionConnection = defineConnection('JournalTransaction', JournalTransactionType);

@ObjectType('LotRecord', { description: 'A lot, and where its points are.' })
export class LotRecordType {
  @Field(() => ID, { description: 'The lot’s id.' })
  id!: string;
  @Field(() => MemberStub, { nullable: true, description: 'Whose it is.' })
  member!: MemberStub | null;
  @Field(() => SettlementPartyType, { description: 'Who issued it.' })
  issuer!: object;
  @Field(() => ID, {
    nullable: true,
    description: 'The lot of the giver it was split from; null for one that was issued.',
  })
  parentId!: string | null;
  @Field(() => ID, { description: 'The posting that made it.' })
  madeById!: string;
  @Field(() => PointsScalar, { description: 'Points issued.' })
  quantity!: bigint;
  @Field(() => PointsScalar, { description: 'Points of it that cannot be spent yet.' })
  pending!: bigint;
  @Field(() => PointsScalar, { description: 'Points of it that can be spent.' })
  available!: bigint;
  @Field(() => PointsScalar, { description: 'Points of it set aside by open holds.' })
  held!: bigint;
  @Field(() => DateTimeScalar, { description: 'When its points were earned.' })
  earnedAt!: Date;
  @Field(() => DateTimeScalar, { nullable: true, description: 'The first instant it cannot be spent; null: never.' })
  expiresAt!: Date | null;
}
export const LotRecordConnection = defineConnection('LotRecord', LotRecordType);

@ObjectType('CycleLine', { description: 'A line of a cycle’s statements, and the pair it stands under.' })
export class CycleLineType {
  @Field(() => SettlementPartyType, { description: 'Who owes.' })
  debtor!: object;
  @Field(() => SettlementPartyType, { description: 'Who is owed.' })
  creditor!: object;
  @Field(() => StatementLineType, { description: 'The line.' })
  line!: StatementLineType;
}
export const CycleLineConnection = defineConnection('CycleLine', CycleLineType);
