import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { defineRefusalType, defineResult } from '../../../../kernel/graph/result';
import { BigIntScalar, DateTimeScalar } from '../../../../kernel/graph/scalars';
import type { AgreeStatementInput as Agree } from '../../app/settlement/agree-statement';
import type { DisputeStatementLineInput as DisputeLine } from '../../app/settlement/dispute-statement-line';
import type {
  ApproveDisputeInput as Approve,
  ResolveDisputeInput as Resolve,
} from '../../app/settlement/resolve-dispute';
import type { Dispute } from '../../core/settlement/dispute';
import { lineId } from '../../core/settlement/line-id';
import { ProgrammeNotReady, SelfApproval } from '../points/refusal.type';
import { CycleContentChanged, CycleStepNotAllowed, SettlementCycleType, StatementLineType } from './settlement.type';

const IDEMPOTENCY_KEY = { description: 'The caller’s own name for this intent; 1 to 255 characters.' };
const REPLAYED = { description: 'Whether this is the stored outcome of an earlier call with the same key.' };

/** How a dispute ends. */
export enum DisputeOutcome {
  ACCEPT = 'ACCEPT',
  REJECT = 'REJECT',
  PARTIAL = 'PARTIAL',
}
registerEnumType(DisputeOutcome, {
  name: 'DisputeOutcome',
  description: 'How a dispute ends.',
  valuesConfig: {
    ACCEPT: { description: 'The debtor is right: nothing is owed of the line.' },
    REJECT: { description: 'The line stands: all of it is owed.' },
    PARTIAL: { description: 'A part of the line is owed.' },
  },
});

/** Where a dispute stands. */
export enum DisputeState {
  OPEN = 'OPEN',
  PROPOSED = 'PROPOSED',
  RESOLVED = 'RESOLVED',
}
registerEnumType(DisputeState, {
  name: 'DisputeState',
  description: 'Where a dispute stands.',
  valuesConfig: {
    OPEN: { description: 'Nobody has answered.' },
    PROPOSED: { description: 'An outcome waits for approval.' },
    RESOLVED: { description: 'The outcome is a line of a later cycle.' },
  },
});

@ObjectType('StatementDispute', { description: 'A line a partner does not agree with.' })
export class StatementDisputeType {
  @Field(() => ID, { description: 'The dispute’s id.' })
  id!: string;
  @Field(() => ID, { description: 'The line it is about.' })
  lineId!: string;
  @Field(() => BigIntScalar, { description: 'What the line is for, in millionths; it waits in suspense.' })
  micros!: bigint;
  @Field(() => String, { description: 'Why, in the words of whoever disputes it.' })
  reason!: string;
  @Field(() => DateTimeScalar, { description: 'When, by the programme’s clock.' })
  raisedAt!: Date;
  @Field(() => DisputeState, { description: 'Where it stands.' })
  state!: string;
  @Field(() => DisputeOutcome, { nullable: true, description: 'How it ends; null while nobody has answered.' })
  outcome!: string | null;
  @Field(() => BigIntScalar, { nullable: true, description: 'What is owed of the line by the outcome, in millionths.' })
  owedMicros!: bigint | null;
  @Field(() => String, { nullable: true, description: 'The operator’s answer, in words.' })
  answer!: string | null;
}

/** A dispute as the graph shows it. An outcome nobody has approved is not told. */
export function disputeView(dispute: Dispute): object {
  const isTold = dispute.state === 'RESOLVED';
  return {
    ...dispute,
    lineId: lineId(dispute),
    outcome: isTold ? dispute.outcome : null,
    owedMicros: isTold ? dispute.owedMicros : null,
    answer: isTold ? dispute.answer : null,
  };
}

@InputType('DisputeStatementLineInput', { description: 'A line of the caller’s statement that is wrong.' })
export class DisputeStatementLineInput implements DisputeLine {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => ID, { description: 'The line.' })
  lineId!: string;
  @Field(() => String, { description: 'Why it is wrong; 1 to 500 characters.' })
  reason!: string;
}

@InputType('AgreeStatementInput', { description: 'A statement the caller agrees to.' })
export class AgreeStatementInput implements Agree {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => ID, { description: 'The cycle.' })
  cycleId!: string;
  @Field(() => BigIntScalar, { description: 'The cycle’s version that was looked at.' })
  version!: bigint;
}

@InputType('ResolveDisputeInput', { description: 'How a dispute should end.' })
export class ResolveDisputeInput implements Resolve {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => ID, { description: 'The dispute.' })
  disputeId!: string;
  @Field(() => DisputeOutcome, { description: 'How it ends.' })
  outcome!: DisputeOutcome;
  @Field(() => BigIntScalar, {
    nullable: true,
    description: 'For PARTIAL: what is still owed, in millionths, of the line’s sign.',
  })
  owedMicros?: bigint | null;
  @Field(() => String, { description: 'The answer to both partners; 1 to 500 characters.' })
  answer!: string;
}

@InputType('ApproveDisputeInput', { description: 'A proposed outcome to perform.' })
export class ApproveDisputeInput implements Approve {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => ID, { description: 'The dispute.' })
  disputeId!: string;
  @Field(() => String, { description: 'The content hash the proposal answered.' })
  contentHash!: string;
}

@ObjectType('DisputeStatementLineSuccess', { description: 'The line waits in suspense.' })
class DisputeStatementLineSuccess {
  @Field(() => StatementLineType, { description: 'The line, as it stands now.' })
  line!: StatementLineType;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@ObjectType('AgreeStatementSuccess', { description: 'The partner has agreed.' })
class AgreeStatementSuccess {
  @Field(() => SettlementCycleType, { description: 'The cycle, as it is now.' })
  cycle!: SettlementCycleType;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@ObjectType('ResolveDisputeSuccess', {
  description: 'The outcome was posted, or proposed for another person to approve.',
})
class ResolveDisputeSuccess {
  @Field(() => StatementDisputeType, { description: 'The dispute, as it is now.' })
  dispute!: StatementDisputeType;
  @Field(() => Boolean, { description: 'Whether the outcome still waits for approval.' })
  proposed!: boolean;
  @Field(() => String, { description: 'What an approval must name.' })
  contentHash!: string;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

export const DisputeStatementLineResult = defineResult('DisputeStatementLineResult', DisputeStatementLineSuccess, [
  ProgrammeNotReady,
  defineRefusalType('DisputeWindowClosed', 'Lines of this cycle may not be disputed any more, or not yet.'),
  defineRefusalType('LineAlreadyDisputed', 'The line is in dispute already.'),
]);
export const AgreeStatementResult = defineResult('AgreeStatementResult', AgreeStatementSuccess, [
  ProgrammeNotReady,
  CycleStepNotAllowed,
  CycleContentChanged,
]);
export const ResolveDisputeResult = defineResult('ResolveDisputeResult', ResolveDisputeSuccess, [
  ProgrammeNotReady,
  CycleStepNotAllowed,
  CycleContentChanged,
  SelfApproval,
  defineRefusalType('DisputeResolved', 'The dispute was resolved before.'),
  defineRefusalType('DisputePartWrong', 'The part does not lie between nothing and the line.'),
]);
