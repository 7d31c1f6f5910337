import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { defineRefusalType, defineResult } from '../../../../kernel/graph/result';
import { BigIntScalar, PointsScalar } from '../../../../kernel/graph/scalars';
import { MoneyType } from '../../../../kernel/graph/shared-types';
import type {
  ApproveRunOffInput as Approve,
  BeginRunOffInput as Begin,
  EndRunOffInput as End,
  RunOffStanding,
} from '../../app/settlement/run-off';
import { PartnerStub } from '../partner.stub';
import { ProgrammeNotReady, SelfApproval } from '../points/refusal.type';
import { AlreadyApproved, RunOffNotEnded } from './guarantee.type';
import { CycleContentChanged } from './settlement.type';

const IDEMPOTENCY_KEY = { description: 'The caller’s own name for this intent; 1 to 255 characters.' };

/** Where a run-off stands. */
export enum RunOffState {
  PROPOSED = 'PROPOSED',
  RUNNING = 'RUNNING',
  ENDING = 'ENDING',
  ENDED = 'ENDED',
}
registerEnumType(RunOffState, {
  name: 'RunOffState',
  description: 'Where a run-off stands.',
  valuesConfig: {
    PROPOSED: { description: 'Its beginning waits for approval.' },
    RUNNING: { description: 'Points are spent until none is left; the deposit pays for them.' },
    ENDING: { description: 'Its end waits for approval.' },
    ENDED: { description: 'What was left of the deposit was returned.' },
  },
});

@ObjectType('RunOff', { description: 'The points of a leaving partner, and the deposit that stands for them.' })
export class RunOffType {
  @Field(() => ID, { description: 'The run-off’s id.' })
  id!: string;
  @Field(() => PartnerStub, { nullable: true, description: 'Who is leaving.' })
  partner!: PartnerStub | null;
  @Field(() => RunOffState, { description: 'Where it stands.' })
  state!: string;
  @Field(() => Int, { description: 'The part agreed never to be spent, in basis points.' })
  agreedBreakageBps!: number;
  @Field(() => MoneyType, { description: 'What was to be deposited at its beginning.' })
  depositDue!: MoneyType;
  @Field(() => MoneyType, { description: 'What the deposit holds now.' })
  depositHeld!: MoneyType;
  @Field(() => PointsScalar, { description: 'Points outstanding now: waiting, spendable and on hold.' })
  outstanding!: bigint;
  @Field(() => BigIntScalar, {
    description: 'What they could still cost the partner, in millionths, at the prices they were issued with.',
  })
  liabilityMicros!: bigint;
  @Field(() => Int, { description: 'In how many cycles, disputes and carries something of it is still to be settled.' })
  unsettled!: number;
  @Field(() => MoneyType, { nullable: true, description: 'What was returned at its end; null before.' })
  returned!: MoneyType | null;
}

/** A run-off as the graph shows it. */
export function runOffView(one: RunOffStanding): object {
  const money = (amountMinor: bigint) => ({ amountMinor, currency: one.currency });
  return {
    ...{ id: one.id, partner: { id: one.partnerId }, state: one.state, agreedBreakageBps: one.breakageBps },
    ...{ depositDue: money(one.depositMinor), depositHeld: money(one.heldMinor) },
    ...{ outstanding: one.left.points, liabilityMicros: one.left.micros, unsettled: one.dues },
    returned: one.returnedMinor === null ? null : money(one.returnedMinor),
  };
}

@InputType('BeginRunOffInput', { description: 'A leaving partner whose points are to run off.' })
export class BeginRunOffInput implements Begin {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => ID, { description: 'The partner; it is leaving.' })
  partnerId!: string;
  @Field(() => Int, { description: 'The part agreed never to be spent, in basis points: 0 to 10,000.' })
  agreedBreakageBps!: number;
  @Field(() => String, { description: 'Why; 1 to 500 characters.' })
  reason!: string;
}

@InputType('EndRunOffInput', { description: 'A run-off that has come to its end.' })
export class EndRunOffInput implements End {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => ID, { description: 'The run-off.' })
  runOffId!: string;
}

@InputType('ApproveRunOffInput', { description: 'What was proposed of a run-off, to perform.' })
export class ApproveRunOffInput implements Approve {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => ID, { description: 'The run-off.' })
  runOffId!: string;
  @Field(() => String, { description: 'The content hash the proposal answered.' })
  contentHash!: string;
}

@ObjectType('RunOffSuccess', { description: 'The run-off was begun or ended, or that was proposed.' })
class RunOffSuccess {
  @Field(() => RunOffType, { description: 'The run-off, as it is now.' })
  runOff!: RunOffType;
  @Field(() => Boolean, { description: 'Whether it still waits for approval.' })
  proposed!: boolean;
  @Field(() => String, { description: 'What an approval must name.' })
  contentHash!: string;
  @Field(() => Boolean, { description: 'Whether this is the stored outcome of an earlier call with the same key.' })
  replayed!: boolean;
}

export const RunOffResult = defineResult('RunOffResult', RunOffSuccess, [
  ProgrammeNotReady,
  CycleContentChanged,
  SelfApproval,
  AlreadyApproved,
  RunOffNotEnded,
  defineRefusalType('PartnerNotLeaving', 'The partner is not on its way out.'),
  defineRefusalType('RunOffBegun', 'The run-off of this partner was begun before.'),
]);
