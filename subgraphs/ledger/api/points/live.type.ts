import { Field, ID, ObjectType } from 'type-graphql';
import { BigIntScalar, DateTimeScalar } from '../../../../kernel/graph/scalars';
import { AccountType, MemberStub, StatementEntryType, TierStatusType } from './account.type';

const MEMBER = { nullable: true, description: 'Whose it is.' } as const;
const VERSION = { description: 'The account’s version after it.' };
const PREVIOUS = {
  nullable: true,
  description: 'The version last sent to this reader: a gap is one that differs from what the reader saw last.',
} as const;
const EPOCH = { description: 'Another one means the book was restored: go on from the snapshot.' };
const IS_SNAPSHOT = { description: 'Whether this is how things stand, not a change.' };

@ObjectType('BalanceChange', { description: 'An account as it stands, then every change of it.' })
export class BalanceChangeType {
  @Field(() => MemberStub, MEMBER)
  member!: MemberStub | null;
  @Field(() => AccountType, { description: 'The account at `version`.' })
  account!: AccountType;
  @Field(() => BigIntScalar, VERSION)
  version!: bigint;
  @Field(() => BigIntScalar, PREVIOUS)
  previousVersion!: bigint | null;
  @Field(() => ID, EPOCH)
  epoch!: string;
  @Field(() => Boolean, IS_SNAPSHOT)
  isSnapshot!: boolean;
  @Field(() => StatementEntryType, { nullable: true, description: 'The line that changed it; null for a snapshot.' })
  cause!: StatementEntryType | null;
}

@ObjectType('TierChange', { description: 'Where a member stands on the ladder, then every move.' })
export class TierChangeType {
  @Field(() => MemberStub, MEMBER)
  member!: MemberStub | null;
  @Field(() => TierStatusType, {
    nullable: true,
    description: 'Where the member stood before; null for a snapshot and for the first posting.',
  })
  from!: TierStatusType | null;
  @Field(() => TierStatusType, { description: 'Where the member stands at `version`.' })
  to!: TierStatusType;
  @Field(() => DateTimeScalar, { description: 'When it was recorded.' })
  at!: Date;
  @Field(() => BigIntScalar, VERSION)
  version!: bigint;
  @Field(() => BigIntScalar, PREVIOUS)
  previousVersion!: bigint | null;
  @Field(() => ID, EPOCH)
  epoch!: string;
  @Field(() => Boolean, IS_SNAPSHOT)
  isSnapshot!: boolean;
}
