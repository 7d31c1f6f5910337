import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { defineResult } from '../../../../kernel/graph/result';
import { BigIntScalar, DateTimeScalar } from '../../../../kernel/graph/scalars';
import type { UnfreezeAccountInput as Unfreezing } from '../../app/verify/unfreeze-account';
import * as refusals from '../points/refusal.type';

@ObjectType('AccountFreeze', {
  description: 'A stop of all posting on one account, made by a check that found its book wrong.',
})
export class AccountFreezeType {
  @Field(() => ID, { description: 'Its id.' })
  id!: string;
  @Field(() => ID, { description: 'Whose account.' })
  memberId!: string;
  @Field(() => String, { description: 'The invariant that is broken, or `chain` where a row is not what was posted.' })
  found!: string;
  @Field(() => BigIntScalar, { nullable: true, description: 'The account’s version whose rows were changed.' })
  version!: bigint | null;
  @Field(() => DateTimeScalar, { description: 'Since when nothing is posted.' })
  frozenAt!: Date;
  @Field(() => DateTimeScalar, { nullable: true, description: 'When posting was allowed again.' })
  releasedAt!: Date | null;
  @Field(() => String, { nullable: true, description: 'Who allowed it.' })
  releasedBy!: string | null;
  @Field(() => String, { nullable: true, description: 'Why it was allowed.' })
  reason!: string | null;
}

@ObjectType('AccountFreezesChange', {
  description: 'Which accounts of a programme are stopped, then again whenever one is stopped or allowed again.',
})
export class AccountFreezesChangeType {
  @Field(() => Int, { description: 'How many accounts are stopped.' })
  standing!: number;
  @Field(() => [AccountFreezeType], { description: 'Stops that stand, the newest 100, newest first.' })
  newest!: readonly AccountFreezeType[];
  @Field(() => DateTimeScalar, { description: 'When it was looked at.' })
  at!: Date;
  @Field(() => BigIntScalar, { description: 'Stops made and stops ended so far: it rises by one with each.' })
  version!: bigint;
  @Field(() => BigIntScalar, { nullable: true, description: 'The version last sent to this reader.' })
  previousVersion!: bigint | null;
  @Field(() => ID, { description: 'Another one means the book was restored: go on from the snapshot.' })
  epoch!: string;
  @Field(() => Boolean, { description: 'Whether this is how things stand, not a change.' })
  isSnapshot!: boolean;
}

@InputType('UnfreezeAccountInput', { description: 'A decision to post on an account again.' })
export class UnfreezeAccountInput implements Unfreezing {
  @Field(() => String, { description: 'The caller’s own name for this intent; 1 to 255 characters.' })
  idempotencyKey!: string;
  @Field(() => ID, { description: 'Whose account.' })
  memberId!: string;
  @Field(() => String, { description: 'What was found and done; 1 to 1,000 characters.' })
  reason!: string;
}

@ObjectType('UnfreezeAccountSuccess', { description: 'Posting is allowed again.' })
class UnfreezeAccountSuccess {
  @Field(() => AccountFreezeType, { description: 'The stop, as it ended.' })
  freeze!: AccountFreezeType;
  @Field(() => Boolean, { description: 'Whether this is the outcome of an earlier call.' })
  replayed!: boolean;
}

export const UnfreezeAccountResult = defineResult('UnfreezeAccountResult', UnfreezeAccountSuccess, [
  refusals.AccountNotFrozen,
]);
