import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { defineRefusalType, defineResult } from '../../../kernel/graph/result';
import { BigIntScalar, DateTimeScalar } from '../../../kernel/graph/scalars';
import { Channel } from '../../../kernel/graph/shared-types';
import type { BranchClosing, NewBranch } from '../core/branch';
import { IDEMPOTENCY_KEY, PARTNER_ID } from './partner.type';
import { REPLAYED, RULE_BOOK_VERSION } from './result.type';

@ObjectType('Branch', { description: 'A place of a partner that purchases name.' })
export class BranchType {
  @Field(() => String, { description: 'What tills call it; unique at its partner.' })
  code!: string;
  @Field(() => String, { description: 'Name people read.' })
  name!: string;
  @Field(() => [Channel], { description: 'The channels it sells by.' })
  channels!: Channel[];
  @Field(() => DateTimeScalar, { description: 'From when it sells.' })
  opensAt!: Date;
  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'The first instant at which nothing is sold there any more; null while it is open.',
  })
  closedAt!: Date | null;
}

@InputType('AddBranchInput', { description: 'A place of a partner to declare.' })
export class AddBranchInput implements NewBranch {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => ID, PARTNER_ID)
  partnerId!: string;
  @Field(() => String, {
    description: 'What tills will call it: 1 to 40 letters, digits, hyphens or underscores; never given again.',
  })
  code!: string;
  @Field(() => String, { description: 'Name people read; at most 200 characters.' })
  name!: string;
  @Field(() => [Channel], { description: 'The channels it sells by; at least one, and each once.' })
  channels!: Channel[];
  @Field(() => DateTimeScalar, { nullable: true, description: 'From when it sells; now, when not given.' })
  opensAt?: Date | null;
}

@InputType('CloseBranchInput', { description: 'A place of a partner to close from now on.' })
export class CloseBranchInput implements BranchClosing {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => ID, PARTNER_ID)
  partnerId!: string;
  @Field(() => String, { description: 'The branch’s code.' })
  code!: string;
}

@ObjectType('AddBranchSuccess', { description: 'The place is declared.' })
class AddBranchSuccess {
  @Field(() => BranchType, { description: 'The branch.' })
  branch!: BranchType;
  @Field(() => BigIntScalar, RULE_BOOK_VERSION)
  ruleBookVersion!: bigint;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@ObjectType('CloseBranchSuccess', { description: 'Nothing is sold there any more.' })
class CloseBranchSuccess extends AddBranchSuccess {}

const BranchCodeTaken = defineRefusalType('BranchCodeTaken', 'The partner has or had a branch of this code.');

export const AddBranchResult = defineResult('AddBranchResult', AddBranchSuccess, [BranchCodeTaken]);
export const CloseBranchResult = defineResult('CloseBranchResult', CloseBranchSuccess);
