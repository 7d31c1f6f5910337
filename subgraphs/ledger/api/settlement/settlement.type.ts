import { Directive, Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { defineConnection } from '../../../../kernel/graph/connection';
import { defineRefusalType, defineResult } from '../../../../kernel/graph/result';
import { BigIntScalar, DateTimeScalar } from '../../../../kernel/graph/scalars';
import { MoneyType } from '../../../../kernel/graph/shared-types';
import type { AdvanceSettlementCycleInput as Advance } from '../../app/settlement/advance-settlement-cycle';
import type { ApproveSettlementStepInput as Approve } from '../../app/settlement/approve-settlement-step';
import type { CutOffSettlementCycleInput as CutOff } from '../../app/settlement/cut-off-settlement-cycle';
import { ProgrammeNotReady } from '../points/refusal.type';
import { SelfApproval } from '../points/refusal.type';

const IDEMPOTENCY_KEY = { description: 'The caller’s own name for this intent; 1 to 255 characters.' };

/** Where a cycle stands. */
export enum SettlementState {
  OPEN = 'OPEN',
  CUT_OFF = 'CUT_OFF',
  DRAFT = 'DRAFT',
  ISSUED = 'ISSUED',
  AGREED = 'AGREED',
  NETTED = 'NETTED',
  INSTRUCTED = 'INSTRUCTED',
  SETTLED = 'SETTLED',
  LOCKED = 'LOCKED',
}
registerEnumType(SettlementState, {
  name: 'SettlementState',
  description: 'Where a settlement cycle stands, in the order it goes through.',
  valuesConfig: {
    OPEN: { description: 'Postings are stamped with it.' },
    CUT_OFF: { description: 'Closed to new entries; late facts go to the next.' },
    DRAFT: { description: 'Totals are drawn up.' },
    ISSUED: { description: 'Statements are with the partners, who may dispute lines.' },
    AGREED: { description: 'The time to dispute has passed.' },
    NETTED: { description: 'Each party’s net position is known.' },
    INSTRUCTED: { description: 'Payments have been instructed.' },
    SETTLED: { description: 'Payments have been confirmed.' },
    LOCKED: { description: 'The closing package is signed; nothing changes any more.' },
  },
});

@ObjectType('SettlementParty', { description: 'A partner, or the operator.' })
export class SettlementPartyType {
  @Field(() => Boolean, { description: 'Whether it is the operator.' })
  isHub!: boolean;
}

@ObjectType('StatementLine', { description: 'One claim on a statement.' })
export class StatementLineType {
  @Field(() => ID, { description: 'The line’s id.' })
  id!: string;
  @Field(() => String, { description: 'What the claim is for: REDEMPTION or PROGRAMME_FEE.' })
  kind!: string;
  @Field(() => BigIntScalar, { description: 'The exact claim in millionths of the currency.' })
  micros!: bigint;
  @Field(() => MoneyType, { description: 'Its share of what is billed; the lines of a total add up to it.' })
  billed!: MoneyType;
  @Field(() => ID, { description: 'The journal transaction it comes from.' })
  eventId!: string;
  @Field(() => ID, { nullable: true, description: 'The lot whose points it is for.' })
  lotId!: string | null;
}
export const StatementLineConnection = defineConnection('StatementLine', StatementLineType);

@ObjectType('DirectionalTotal', { description: 'All claims of one debtor to one creditor in a cycle, rounded once.' })
export class DirectionalTotalType {
  @Field(() => BigIntScalar, { description: 'The exact sum in millionths of the currency.' })
  exactMicros!: bigint;
  @Field(() => BigIntScalar, { description: 'What rounding left over in the last cycle, in millionths.' })
  carryInMicros!: bigint;
  @Field(() => BigIntScalar, { description: 'What rounding leaves for the next cycle, in millionths.' })
  carryMicros!: bigint;
}

@ObjectType('NetPosition', { description: 'One party’s due for a cycle; all of a cycle sum to zero.' })
export class NetPositionType {
  @Field(() => MoneyType, { description: 'Positive receives, negative pays.' })
  net!: MoneyType;
}

@Directive('@key(fields: "id")')
@ObjectType('SettlementCycle', { description: 'A period whose dues are settled together.' })
export class SettlementCycleType {
  @Field(() => ID, { description: 'The cycle’s id.' })
  id!: string;
  @Field(() => SettlementState, { description: 'Where it stands.' })
  state!: SettlementState;
  @Field(() => DateTimeScalar, { description: 'From when postings belong to it.' })
  opensAt!: Date;
  @Field(() => DateTimeScalar, { nullable: true, description: 'From when postings do not; null while it is open.' })
  cutOffAt!: Date | null;
  @Field(() => BigIntScalar, { description: '+1 with every step.' })
  version!: bigint;
}
export const SettlementCycleConnection = defineConnection('SettlementCycle', SettlementCycleType);

@InputType('CutOffSettlementCycleInput', { description: 'The programme’s open cycle to close to new entries.' })
export class CutOffSettlementCycleInput implements CutOff {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'The cut-off instant; the moment it is performed when left out.',
  })
  at?: Date | null;
}

@InputType('AdvanceSettlementCycleInput', { description: 'A cycle and the state it should take next.' })
export class AdvanceSettlementCycleInput implements Advance {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => ID, { description: 'The cycle.' })
  cycleId!: string;
  @Field(() => SettlementState, { description: 'The state that follows the one it is in.' })
  to!: SettlementState;
}

@InputType('ApproveSettlementStepInput', { description: 'A proposed step to perform.' })
export class ApproveSettlementStepInput implements Approve {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => ID, { description: 'The cycle.' })
  cycleId!: string;
  @Field(() => String, { description: 'The content hash the proposal answered: what was looked at.' })
  contentHash!: string;
}

@ObjectType('SettlementStepSuccess', {
  description: 'The step was performed, or proposed for another principal to approve.',
})
class SettlementStepSuccess {
  @Field(() => SettlementCycleType, { description: 'The cycle, as it is now.' })
  cycle!: SettlementCycleType;
  @Field(() => Boolean, { description: 'Whether the step still waits for approval.' })
  proposed!: boolean;
  @Field(() => String, { description: 'What an approval must name.' })
  contentHash!: string;
  @Field(() => Boolean, { description: 'Whether this is the stored outcome of an earlier call with the same key.' })
  replayed!: boolean;
}

export const SettlementStepResult = defineResult('SettlementStepResult', SettlementStepSuccess, [
  ProgrammeNotReady,
  defineRefusalType('CutOffNotNow', 'The cut-off instant has not come, or lies before something recorded.'),
  defineRefusalType('CycleStepNotAllowed', 'The cycle is not in the state this step starts from.'),
  defineRefusalType('CycleContentChanged', 'What would be approved is not what was proposed.'),
  SelfApproval,
  defineRefusalType('DisputeWindowOpen', 'Partners may still dispute lines.'),
  defineRefusalType('TrialCheckFailed', 'The book does not add up; the close is blocked.'),
]);
