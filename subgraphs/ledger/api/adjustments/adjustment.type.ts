import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { defineConnection } from '../../../../kernel/graph/connection';
import { defineResult } from '../../../../kernel/graph/result';
import { DateTimeScalar, PointsScalar } from '../../../../kernel/graph/scalars';
import { MemberRefInput } from '../../../../kernel/graph/shared-types';
import type { DecideAdjustmentInput as Decision } from '../../app/adjustments/decide-adjustment';
import type { ProposeAdjustmentInput as Proposal } from '../../app/adjustments/propose-adjustment';
import * as refusals from '../points/refusal.type';

/** What a correction does. */
export enum AdjustmentKindName {
  GOODWILL = 'GOODWILL',
  CREDIT = 'CREDIT',
  DEBIT = 'DEBIT',
}
registerEnumType(AdjustmentKindName, {
  name: 'AdjustmentKind',
  description: 'What a correction does.',
  valuesConfig: {
    GOODWILL: { description: 'Gives points as an apology.' },
    CREDIT: { description: 'Gives points that were missing.' },
    DEBIT: { description: 'Takes points of one lot away; what is spent is owed from then on.' },
  },
});

/** Where a correction stands. */
export enum AdjustmentStateName {
  PROPOSED = 'PROPOSED',
  APPROVED = 'APPROVED',
  REJECTED = 'REJECTED',
  REFUSED = 'REFUSED',
}
registerEnumType(AdjustmentStateName, {
  name: 'AdjustmentState',
  description: 'Where a correction stands.',
  valuesConfig: {
    PROPOSED: { description: 'It waits for another person.' },
    APPROVED: { description: 'It was approved; `version` says when it was posted.' },
    REJECTED: { description: 'It was turned down or withdrawn.' },
    REFUSED: { description: 'It was approved and the ledger would not post it; `refusedCode` says why.' },
  },
});

@ObjectType('Adjustment', {
  description: 'A correction of a member’s points that one person proposes and another approves.',
})
export class AdjustmentType {
  @Field(() => ID, { description: 'Its id.' })
  id!: string;
  @Field(() => AdjustmentKindName, { description: 'What it does.' })
  kind!: AdjustmentKindName;
  @Field(() => AdjustmentStateName, { description: 'Where it stands.' })
  state!: AdjustmentStateName;
  @Field(() => PointsScalar, { description: 'How many points.' })
  points!: bigint;
  @Field(() => String, { description: 'The operator’s own account the cost goes to.' })
  costCentre!: string;
  @Field(() => String, { description: 'Why.' })
  reason!: string;
  @Field(() => String, { description: 'What an approval is bound to.' })
  contentHash!: string;
  @Field(() => String, { description: 'Who proposed it.' })
  proposedBy!: string;
  @Field(() => DateTimeScalar, { description: 'When it was proposed.' })
  proposedAt!: Date;
  @Field(() => String, { nullable: true, description: 'Who decided.' })
  decidedBy!: string | null;
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was decided.' })
  decidedAt!: Date | null;
  @Field(() => String, { nullable: true, description: 'Why the ledger would not post it.' })
  refusedCode!: string | null;
}

/** A page of corrections. */
export const AdjustmentConnection = defineConnection('Adjustment', AdjustmentType);

@InputType('ProposeAdjustmentInput', { description: 'A correction to propose.' })
export class ProposeAdjustmentInput implements Proposal {
  @Field(() => String, { description: 'The caller’s own name for this intent; 1 to 255 characters.' })
  idempotencyKey!: string;
  @Field(() => MemberRefInput, { description: 'Whose points.' })
  member!: MemberRefInput;
  @Field(() => AdjustmentKindName, { description: 'What it does.' })
  kind!: AdjustmentKindName;
  @Field(() => PointsScalar, { description: 'How many; at least 1.' })
  points!: bigint;
  @Field(() => ID, { nullable: true, description: 'The partner that pays when they are spent; the operator, if none.' })
  sponsorId?: string | null;
  @Field(() => ID, { nullable: true, description: 'The lot a DEBIT takes from.' })
  lotId?: string | null;
  @Field(() => DateTimeScalar, { nullable: true, description: 'When points given expire; as usual, if not said.' })
  expiresAt?: Date | null;
  @Field(() => String, { description: 'The operator’s own account the cost goes to; at most 100 characters.' })
  costCentre!: string;
  @Field(() => String, { description: 'Why; 1 to 500 characters.' })
  reason!: string;
}

@InputType('DecideAdjustmentInput', { description: 'A decision about a proposed correction.' })
export class DecideAdjustmentInput implements Decision {
  @Field(() => String, { description: 'The caller’s own name for this intent; 1 to 255 characters.' })
  idempotencyKey!: string;
  @Field(() => ID, { description: 'The correction.' })
  adjustmentId!: string;
  @Field(() => String, { description: 'Its `contentHash`, as it was looked at.' })
  contentHash!: string;
}

@ObjectType('AdjustmentSuccess', { description: 'The correction was proposed or decided.' })
export class AdjustmentSuccess {
  @Field(() => AdjustmentType, { description: 'The correction as it stands.' })
  adjustment!: AdjustmentType;
  @Field(() => Boolean, { description: 'Whether this is the outcome of an earlier call.' })
  replayed!: boolean;
}

export const AdjustmentResult = defineResult('AdjustmentResult', AdjustmentSuccess, [
  refusals.MemberNotKnownYet,
  refusals.ProgrammeNotReady,
  refusals.AdjustmentContentChanged,
  refusals.AdjustmentDecided,
  refusals.SelfApproval,
]);
