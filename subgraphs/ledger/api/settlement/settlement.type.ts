import { Directive, Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { defineConnection } from '../../../../kernel/graph/connection';
import { defineRefusalType, defineResult } from '../../../../kernel/graph/result';
import { BigIntScalar, DateTimeScalar } from '../../../../kernel/graph/scalars';
import { MoneyType, RefusalInterface } from '../../../../kernel/graph/shared-types';
import type { AdvanceSettlementCycleInput as Advance } from '../../app/settlement/advance-settlement-cycle';
import type { ApproveSettlementStepInput as Approve } from '../../app/settlement/approve-settlement-step';
import type { CutOffSettlementCycleInput as CutOff, RateInput } from '../../app/settlement/cut-off-settlement-cycle';
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
  @Field(() => String, { description: 'What the claim is for, such as REDEMPTION or PROGRAMME_FEE.' })
  kind!: string;
  @Field(() => BigIntScalar, { description: 'The exact claim in millionths of the currency.' })
  micros!: bigint;
  @Field(() => MoneyType, { description: 'Its share of what is billed; the lines of a total add up to it.' })
  billed!: MoneyType;
  @Field(() => ID, { description: 'The journal transaction it comes from.' })
  eventId!: string;
  @Field(() => ID, { nullable: true, description: 'The lot whose points it is for.' })
  lotId!: string | null;
  @Field(() => Boolean, { description: 'Whether it waits in suspense and bills nothing: its debtor does not agree.' })
  isDisputed!: boolean;
  @Field(() => ID, { nullable: true, description: 'The dispute of an earlier cycle whose outcome this line is.' })
  outcomeOf!: string | null;
  @Field(() => String, {
    nullable: true,
    description: 'The month its event happened in, as YYYY-MM, when that was before the cycle opened: it came late.',
  })
  originalPeriod!: string | null;
}
export const StatementLineConnection = defineConnection('StatementLine', StatementLineType);

@ObjectType('DirectionalTotal', { description: 'All claims of one debtor to one creditor in a cycle, rounded once.' })
export class DirectionalTotalType {
  @Field(() => BigIntScalar, {
    description: 'The exact sum in millionths of the currency, without what is in suspense.',
  })
  exactMicros!: bigint;
  @Field(() => BigIntScalar, { description: 'What is disputed and waits in suspense, in millionths.' })
  suspenseMicros!: bigint;
  @Field(() => BigIntScalar, { description: 'What rounding left over in the last cycle, in millionths.' })
  carryInMicros!: bigint;
  @Field(() => BigIntScalar, { description: 'What rounding leaves for the next cycle, in millionths.' })
  carryMicros!: bigint;
}

@ObjectType('NetPosition', { description: 'One party’s due for a cycle; all of a cycle sum to zero.' })
export class NetPositionType {
  @Field(() => MoneyType, { description: 'Positive receives, negative pays.' })
  net!: MoneyType;
  @Field(() => MoneyType, {
    description:
      'What is paid with it: left by cycles before because it was too little, borne of defaults, taken from a deposit.',
  })
  carryIn!: MoneyType;
  @Field(() => MoneyType, { description: 'What is left for the next cycle, because it is too little to pay.' })
  carryOut!: MoneyType;
  @Field(() => MoneyType, { description: 'What is paid, in the currency the party settles in; signed like the net.' })
  payment!: MoneyType;
  @Field(() => String, { nullable: true, description: 'The locked rate it was converted by; null when it was not.' })
  rate!: string | null;
  @Field(() => BigIntScalar, { description: 'What converting once made of it, in millionths of the paid currency.' })
  fxDifferenceMicros!: bigint;
}

@ObjectType('SettlementRate', { description: 'A rate locked at a cycle’s cut-off.' })
export class SettlementRateType {
  @Field(() => String, { description: 'The currency these partners settle in.' })
  currency!: string;
  @Field(() => String, { description: 'Units of it for one of the programme’s currency, a decimal.' })
  rate!: string;
  @Field(() => String, { description: 'Who published it.' })
  source!: string;
  @Field(() => ID, { description: 'The publisher’s own name for it.' })
  rateId!: string;
  @Field(() => [ID], { description: 'Who settles by it; a partner sees itself only.' })
  partnerIds!: readonly string[];
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
  @Field(() => BigIntScalar, { description: '+1 with every step, every line that is disputed, and every default.' })
  version!: bigint;
}
export const SettlementCycleConnection = defineConnection('SettlementCycle', SettlementCycleType);

@InputType('SettlementRateInput', { description: 'A rate to lock at the cut-off.' })
export class SettlementRateInput implements RateInput {
  @Field(() => String, { description: 'The currency these partners settle in.' })
  currency!: string;
  @Field(() => String, { description: 'Units of it for one of the programme’s currency, a decimal such as 4.2575.' })
  rate!: string;
  @Field(() => String, { description: 'Who published it, such as ECB.' })
  source!: string;
  @Field(() => ID, { description: 'The publisher’s own name for it, such as its date.' })
  rateId!: string;
  @Field(() => [ID], { description: 'Who settles by it.' })
  partnerIds!: string[];
}

@InputType('CutOffSettlementCycleInput', { description: 'The programme’s open cycle to close to new entries.' })
export class CutOffSettlementCycleInput implements CutOff {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'The cut-off instant; the moment it is performed when left out.',
  })
  at?: Date | null;
  @Field(() => [SettlementRateInput], {
    nullable: true,
    description: 'Rates to lock, and who settles by them; all others settle in the programme’s currency.',
  })
  rates?: SettlementRateInput[] | null;
  @Field(() => BigIntScalar, {
    nullable: true,
    description: 'Payments of fewer minor units are left for the next cycle; none when left out.',
  })
  payFromMinor?: bigint | null;
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

export const CycleStepNotAllowed = defineRefusalType(
  'CycleStepNotAllowed',
  'The cycle is not in the state this step starts from, or no step of it is proposed.',
);
export const CycleContentChanged = defineRefusalType(
  'CycleContentChanged',
  'What would be approved is not what was proposed.',
);

/** What a trial check looks at. */
export enum TrialCheck {
  CLAIM = 'CLAIM',
  BALANCE = 'BALANCE',
  POINTS = 'POINTS',
  FUND = 'FUND',
}
registerEnumType(TrialCheck, {
  name: 'TrialCheck',
  description: 'What a trial check looks at.',
  valuesConfig: {
    CLAIM: { description: 'A redemption’s claims do not follow from its points.' },
    POINTS: { description: 'A posting left balances that are not those before it changed by its entries.' },
    BALANCE: { description: 'An account’s balance is not what is left of its lots.' },
    FUND: { description: 'A fund does not cover its issuer’s outstanding points.' },
  },
});

@ObjectType('TrialFinding', { description: 'Something that keeps a cycle from being drawn up.' })
export class TrialFindingType {
  @Field(() => TrialCheck, { description: 'What is wrong.' })
  what!: string;
  @Field(() => ID, { nullable: true, description: 'Whose account it is in; null for a fund.' })
  memberId?: string;
  @Field(() => BigIntScalar, { nullable: true, description: 'The account’s version that is wrong; null for a fund.' })
  version?: bigint;
  @Field(() => ID, {
    nullable: true,
    description: 'Whose fund it is; null for an account, and for the operator’s fund.',
  })
  issuerId?: string | null;
  @Field(() => BigIntScalar, {
    nullable: true,
    description: 'What the fund lacks, in millionths; null for an account.',
  })
  missingMicros?: bigint;
}

@ObjectType('TrialCheckFailed', {
  implements: RefusalInterface,
  description: 'The book does not add up; the close is blocked.',
})
class TrialCheckFailed extends RefusalInterface {
  @Field(() => [TrialFindingType], { description: 'What is wrong; at most twenty of each kind.' })
  findings!: TrialFindingType[];
}

export const SettlementStepResult = defineResult('SettlementStepResult', SettlementStepSuccess, [
  ProgrammeNotReady,
  defineRefusalType('CutOffNotNow', 'The cut-off instant has not come, or lies before something recorded.'),
  CycleStepNotAllowed,
  CycleContentChanged,
  SelfApproval,
  defineRefusalType('DisputeWindowOpen', 'Partners may still dispute lines.'),
  TrialCheckFailed,
]);
