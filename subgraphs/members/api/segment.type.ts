import { Directive, Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { defineRefusalType, defineResult } from '../../../kernel/graph/result';
import { BigIntScalar, DateTimeScalar, JSONObjectScalar } from '../../../kernel/graph/scalars';
import type { ProfilingDecision } from '../app/change-facts';
import type { AttributeSetting } from '../core/member-facts';
import type { NewSegment, SegmentRows } from '../core/segment';

const IDEMPOTENCY_KEY = { description: 'The caller’s own name for this intent; 1 to 255 characters.' };
const REPLAYED = { description: 'Whether this is the stored outcome of an earlier call with the same key.' };

@ObjectType('Segment', { description: 'A list of members that rules may ask about.' })
export class SegmentType {
  @Field(() => ID, { description: 'The segment’s id.' })
  id!: string;
  @Field(() => String, { description: 'What rules call it; unique in the programme, never changed.' })
  code!: string;
  @Field(() => String, { description: 'Name people read.' })
  name!: string;
  @Field(() => DateTimeScalar, { description: 'When it was made.' })
  createdAt!: Date;
}

@ObjectType('CountedSegment', { description: 'A segment with how many members are on it.' })
export class CountedSegmentType extends SegmentType {
  @Field(() => Int, { description: 'How many members are on it.' })
  members!: number;
}

/** What became of one row. */
export enum SegmentRowOutcomeName {
  CHANGED = 'CHANGED',
  UNCHANGED = 'UNCHANGED',
  NOT_FOUND = 'NOT_FOUND',
}
registerEnumType(SegmentRowOutcomeName, {
  name: 'SegmentRowOutcome',
  description: 'What became of one row.',
  valuesConfig: {
    CHANGED: { description: 'The member was put on the list, or taken off it.' },
    UNCHANGED: { description: 'The member was there, or not there, before; or an earlier row named the same.' },
    NOT_FOUND: { description: 'The programme has no such member.' },
  },
});

@ObjectType('SegmentRow', { description: 'One member of a call, with what became of it.' })
export class SegmentRowType {
  @Field(() => ID, { description: 'The member’s id, as it was given.' })
  memberId!: string;
  @Field(() => SegmentRowOutcomeName, { description: 'What became of it.' })
  outcome!: SegmentRowOutcomeName;
}

@ObjectType('MemberFacts', { description: 'What rules may ask of a member.' })
export class MemberFactsType {
  @Field(() => ID, { description: 'The member’s id.' })
  memberId!: string;
  @Field(() => BigIntScalar, { description: 'How often they changed.' })
  version!: bigint;
  @Field(() => Boolean, { description: 'Whether the member lets attributes choose what it is offered.' })
  consented!: boolean;
  @Field(() => [String], { description: 'Codes of the segments it is on.' })
  segments!: string[];
  @Directive('@tag(name: "personal")')
  @Field(() => JSONObjectScalar, {
    description: 'By the partner’s id, a dot, and the partner’s name for it; empty without consent.',
  })
  attributes!: Record<string, string | number | boolean>;
}

@InputType('CreateSegmentInput', { description: 'A list of members to make.' })
export class CreateSegmentInput implements NewSegment {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => String, { description: 'What rules will call it: 1 to 40 letters, digits, hyphens or underscores.' })
  code!: string;
  @Field(() => String, { description: 'Name people read; at most 200 characters.' })
  name!: string;
}

@InputType('AddToSegmentInput', { description: 'Members to put on a list.' })
export class AddToSegmentInput implements SegmentRows {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => String, { description: 'The segment’s code.' })
  segment!: string;
  @Field(() => [ID], { description: 'The members; 1 to 1,000.' })
  memberIds!: string[];
}

@InputType('RemoveFromSegmentInput', { description: 'Members to take off a list.' })
export class RemoveFromSegmentInput extends AddToSegmentInput {}

@InputType('SetProfilingConsentInput', { description: 'What the member decides about being profiled.' })
export class SetProfilingConsentInput implements ProfilingDecision {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => Boolean, { description: 'Whether attributes may choose what the member is offered.' })
  consents!: boolean;
}

@InputType('SetMemberAttributeInput', {
  description: 'What a partner knows of a member: one of text, number and flag, or none, which removes it.',
})
export class SetMemberAttributeInput implements AttributeSetting {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => ID, { description: 'A member that opened itself to the partner.' })
  memberId!: string;
  @Field(() => String, { description: 'The partner’s own name for it: 1 to 40 letters, digits or underscores.' })
  name!: string;
  @Field(() => String, { nullable: true, description: 'A text of at most 200 characters.' })
  text?: string | null;
  @Field(() => Float, { nullable: true, description: 'A number.' })
  number?: number | null;
  @Field(() => Boolean, { nullable: true, description: 'Yes or no.' })
  flag?: boolean | null;
}

@ObjectType('CreateSegmentSuccess', { description: 'The list was made; nobody is on it.' })
class CreateSegmentSuccess {
  @Field(() => SegmentType, { description: 'The segment.' })
  segment!: SegmentType;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@ObjectType('AddToSegmentSuccess', { description: 'Every row was looked at.' })
class AddToSegmentSuccess {
  @Field(() => [SegmentRowType], { description: 'Each row with what became of it, in the order given.' })
  rows!: SegmentRowType[];
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@ObjectType('RemoveFromSegmentSuccess', { description: 'Every row was looked at.' })
class RemoveFromSegmentSuccess extends AddToSegmentSuccess {}

@ObjectType('SetProfilingConsentSuccess', { description: 'The member’s decision is kept.' })
class SetProfilingConsentSuccess {
  @Field(() => Boolean, { description: 'What the member decided.' })
  consents!: boolean;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@ObjectType('SetMemberAttributeSuccess', { description: 'The attribute is set, or removed.' })
class SetMemberAttributeSuccess {
  @Field(() => ID, { description: 'The member’s id.' })
  memberId!: string;
  @Field(() => String, { description: 'The partner’s own name for the attribute.' })
  name!: string;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

const SegmentCodeTaken = defineRefusalType('SegmentCodeTaken', 'Another segment of the programme has the code.');
const TooManyAttributes = defineRefusalType('TooManyAttributes', 'The partner knows as much of the member as it may.');

export const CreateSegmentResult = defineResult('CreateSegmentResult', CreateSegmentSuccess, [SegmentCodeTaken]);
export const AddToSegmentResult = defineResult('AddToSegmentResult', AddToSegmentSuccess);
export const RemoveFromSegmentResult = defineResult('RemoveFromSegmentResult', RemoveFromSegmentSuccess);
export const SetProfilingConsentResult = defineResult('SetProfilingConsentResult', SetProfilingConsentSuccess);
export const SetMemberAttributeResult = defineResult('SetMemberAttributeResult', SetMemberAttributeSuccess, [
  TooManyAttributes,
]);
