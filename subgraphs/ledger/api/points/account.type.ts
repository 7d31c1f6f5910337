import { Directive, Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { defineConnection } from '../../../../kernel/graph/connection';
import { BigIntScalar, DateTimeScalar, PointsScalar } from '../../../../kernel/graph/scalars';
import type { MemberId } from '../../../../kernel/values/id';

/** What a line of a statement is called. */
export enum StatementEntryKindName {
  EARN = 'EARN',
  PENDING = 'PENDING',
  RELEASE = 'RELEASE',
  CANCEL = 'CANCEL',
  HOLD = 'HOLD',
  CAPTURE = 'CAPTURE',
  HOLD_RELEASE = 'HOLD_RELEASE',
  REDEEM = 'REDEEM',
  REVERSAL = 'REVERSAL',
  CLAWBACK = 'CLAWBACK',
  ARREARS = 'ARREARS',
  EXPIRY = 'EXPIRY',
  EXTENSION = 'EXTENSION',
  REINSTATEMENT = 'REINSTATEMENT',
  TRANSFER_IN = 'TRANSFER_IN',
  TRANSFER_OUT = 'TRANSFER_OUT',
  DONATION = 'DONATION',
  GOODWILL = 'GOODWILL',
  OPENING = 'OPENING',
  ADJUSTMENT = 'ADJUSTMENT',
  BUY_OUT = 'BUY_OUT',
  TIER_REVIEW = 'TIER_REVIEW',
  NOTICE = 'NOTICE',
}
registerEnumType(StatementEntryKindName, {
  name: 'StatementEntryKind',
  description: 'What happened to a member’s points.',
  valuesConfig: {
    EARN: { description: 'A purchase earned points.' },
    PENDING: { description: 'Points were promised and cannot be spent yet.' },
    RELEASE: { description: 'Pending points became spendable.' },
    CANCEL: { description: 'Pending points were taken back before they could be spent.' },
    HOLD: { description: 'Points were set aside for a redemption that is not finished.' },
    CAPTURE: { description: 'A hold became a redemption; shown are the points that came back.' },
    HOLD_RELEASE: { description: 'Points of a hold came back.' },
    REDEEM: { description: 'Points were spent.' },
    REVERSAL: { description: 'Spent points came back.' },
    CLAWBACK: { description: 'Points of a returned purchase were taken back.' },
    ARREARS: { description: 'Points owed were set off.' },
    EXPIRY: { description: 'Unspent points ceased.' },
    EXTENSION: { description: 'Points were given a later expiry.' },
    REINSTATEMENT: { description: 'Expired points were given back.' },
    TRANSFER_IN: { description: 'Another member gave points.' },
    TRANSFER_OUT: { description: 'Points were given to another member.' },
    DONATION: { description: 'Points were given to a good cause.' },
    GOODWILL: { description: 'Points were given as an apology.' },
    OPENING: { description: 'Points the member had before were taken over.' },
    ADJUSTMENT: { description: 'The operator corrected the account.' },
    BUY_OUT: { description: 'The issuer paid for its points in advance; nothing changed for the member.' },
    TIER_REVIEW: { description: 'The points that count towards a tier were looked at.' },
    NOTICE: { description: 'The member was told of something ahead; nothing moved.' },
  },
});

/** Our small view of a member: its id, and the points it has here. */
@Directive('@key(fields: "id")')
@ObjectType('Member', { description: 'A person enrolled in the programme.' })
export class MemberStub {
  @Field(() => ID, { description: 'The member’s id; does not tell when the member enrolled.' })
  id!: MemberId;
}

@Directive('@key(fields: "memberId")')
@ObjectType('Account', {
  description:
    'A member’s points. A partner that may only give points is shown version 0 and the points it gave by that very call, and no list.',
})
export class AccountType {
  @Field(() => ID, { description: 'Whose points they are.' })
  memberId!: MemberId;
  @Field(() => BigIntScalar, {
    description: 'Rises by one, without gaps, with every line of the statement; 0 before the first.',
  })
  version!: bigint;
  @Field(() => PointsScalar, { description: 'Points that can be spent.' })
  available!: bigint;
  @Field(() => PointsScalar, { description: 'Points promised that cannot be spent yet.' })
  pending!: bigint;
  @Field(() => PointsScalar, { description: 'Points set aside by open holds.' })
  held!: bigint;
  @Field(() => PointsScalar, {
    description: 'Points owed, set off against what is earned next; with arrears nothing is available.',
  })
  arrears!: bigint;
}

@ObjectType('ExpiringPoints', { description: 'Points that expire together.' })
export class ExpiringPointsType {
  @Field(() => DateTimeScalar, { description: 'The first instant at which they cannot be spent.' })
  at!: Date;
  @Field(() => PointsScalar, { description: 'How many they are, if none is spent before.' })
  points!: bigint;
}

@ObjectType('Lot', { description: 'Points issued together: one issuer, one expiry.' })
export class LotType {
  @Field(() => ID, { description: 'The lot’s id.' })
  id!: string;
  @Field(() => PointsScalar, { description: 'Points issued.' })
  quantity!: bigint;
  @Field(() => PointsScalar, { description: 'Points of it that can be spent; those on hold do not count.' })
  remaining!: bigint;
  @Field(() => DateTimeScalar, { description: 'When they were earned.' })
  earnedAt!: Date;
  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'The first instant at which they cannot be spent; null: they never expire.',
  })
  expiresAt!: Date | null;
}

@ObjectType('StatementEntry', { description: 'One line of a member’s statement: one journal transaction.' })
export class StatementEntryType {
  @Field(() => BigIntScalar, { description: 'The account’s version this line made.' })
  version!: bigint;
  @Field(() => StatementEntryKindName, { description: 'What happened.' })
  kind!: StatementEntryKindName;
  @Field(() => PointsScalar, {
    description:
      'Change of the spendable points, or of the pending ones for PENDING and CANCEL: positive comes in, negative goes out.',
  })
  points!: bigint;
  @Field(() => PointsScalar, { description: 'Spendable points after it.' })
  balanceAfter!: bigint;
  @Field(() => PointsScalar, {
    description: 'Pending points after it; a release and a return of pending points change them as well.',
  })
  pendingAfter!: bigint;
  @Field(() => DateTimeScalar, { description: 'When it happened, as the partner says.' })
  occurredAt!: Date;
  @Field(() => DateTimeScalar, { description: 'When the ledger recorded it.' })
  recordedAt!: Date;
  @Field(() => String, {
    nullable: true,
    description: 'The partner’s own number of the document; null when there is none.',
  })
  externalRef!: string | null;
  @Field(() => String, {
    nullable: true,
    description: 'Why, in the words of who asked; null where the kind says it all.',
  })
  reason!: string | null;
}

@ObjectType('NextTier', { description: 'The next rung up.' })
export class NextTierType {
  @Field(() => String, { description: 'Short name for machines.' })
  code!: string;
  @Field(() => String, { description: 'Name people read.' })
  name!: string;
  @Field(() => PointsScalar, { description: 'Qualifying points still missing.' })
  missingPoints!: bigint;
  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'The first instant too late for them; null: whenever, or nothing counts yet.',
  })
  by!: Date | null;
}

@ObjectType('TierStatus', { description: 'Where a member stands on the programme’s ladder.' })
export class TierStatusType {
  @Field(() => String, { description: 'Short name of the rung for machines.' })
  code!: string;
  @Field(() => String, { description: 'Name people read.' })
  name!: string;
  @Field(() => DateTimeScalar, { description: 'Since when the member stands on it.' })
  since!: Date;
  @Field(() => PointsScalar, { description: 'Points that count towards tiers.' })
  qualifyingPoints!: bigint;
  @Field(() => NextTierType, { nullable: true, description: 'The next rung up; null at the top.' })
  next!: NextTierType | null;
}

/** A page of lots. */
export const LotConnection = defineConnection('Lot', LotType);
/** A page of a statement. */
export const StatementEntryConnection = defineConnection('StatementEntry', StatementEntryType);
