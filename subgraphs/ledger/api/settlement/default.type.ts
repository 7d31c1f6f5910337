import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { defineRefusalType, defineResult } from '../../../../kernel/graph/result';
import { DateTimeScalar } from '../../../../kernel/graph/scalars';
import { MoneyType } from '../../../../kernel/graph/shared-types';
import type {
  ApproveDefaultInput as Approve,
  DeclareDefaultInput as Declare,
  StoredDefault,
} from '../../app/settlement/declare-default';
import { PartnerStub } from '../partner.stub';
import { ProgrammeNotReady, SelfApproval } from '../points/refusal.type';
import { AlreadyApproved } from './guarantee.type';
import { CycleContentChanged, CycleStepNotAllowed, SettlementCycleType, SettlementPartyType } from './settlement.type';

const IDEMPOTENCY_KEY = { description: 'The caller’s own name for this intent; 1 to 255 characters.' };

@ObjectType('LossShare', { description: 'What one party bears of what another did not pay.' })
export class LossShareType {
  @Field(() => SettlementPartyType, { description: 'Who bears it.' })
  party!: SettlementPartyType;
  @Field(() => MoneyType, { description: 'How much.' })
  amount!: MoneyType;
}

@ObjectType('PartnerDefault', { description: 'A payment that a partner did not make, and who made it instead.' })
export class PartnerDefaultType {
  @Field(() => ID, { description: 'The default’s id.' })
  id!: string;
  @Field(() => PartnerStub, { nullable: true, description: 'Who did not pay.' })
  partner!: PartnerStub | null;
  @Field(() => ID, { description: 'The cycle it was to pay for.' })
  cycleId!: string;
  @Field(() => String, { description: 'Why it was declared, in the operator’s words.' })
  reason!: string;
  @Field(() => DateTimeScalar, { description: 'When, by the programme’s clock.' })
  declaredAt!: Date;
  @Field(() => Boolean, { description: 'Whether a second person approved it: nothing is posted before.' })
  isApproved!: boolean;
  @Field(() => MoneyType, { description: 'What was to be paid.' })
  owed!: MoneyType;
  @Field(() => MoneyType, { description: 'First: what its own deposit pays of it.' })
  fromDeposit!: MoneyType;
  @Field(() => MoneyType, { description: 'Then: what the default fund pays of it.' })
  fromFund!: MoneyType;
  @Field(() => [LossShareType], {
    description: 'Last: those the cycle pays, by what they are paid. A partner sees its own share.',
  })
  shares!: LossShareType[];
  @Field(() => ID, {
    nullable: true,
    description: 'The cycle in whose payments the shares count; null until approved.',
  })
  borneInCycleId!: string | null;
}

/** A default as the graph shows it. */
export function defaultView(one: StoredDefault, currency: string): object {
  const { waterfall, partnerId, proposedAt, approvedBy, postedCycleId } = one;
  const money = (amountMinor: bigint) => ({ amountMinor, currency });
  return {
    ...{ id: one.id, cycleId: one.cycleId, reason: one.reason, partner: { id: partnerId } },
    ...{ declaredAt: proposedAt, isApproved: approvedBy !== null, borneInCycleId: postedCycleId },
    ...{ owed: money(waterfall.owedMinor), fromDeposit: money(waterfall.depositMinor) },
    fromFund: money(waterfall.fundMinor),
    shares: waterfall.shares.map(({ partyId, minor }) => ({
      ...{ party: { isHub: partyId === null, partyId }, amount: money(minor) },
    })),
  };
}

@InputType('DeclareDefaultInput', { description: 'A payment of an instructed cycle that a partner did not make.' })
export class DeclareDefaultInput implements Declare {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => ID, { description: 'The cycle; its payments have been instructed and were due.' })
  cycleId!: string;
  @Field(() => ID, { description: 'Who did not pay.' })
  partnerId!: string;
  @Field(() => String, { description: 'Why; 1 to 500 characters.' })
  reason!: string;
}

@InputType('ApproveDefaultInput', { description: 'A declared default to perform.' })
export class ApproveDefaultInput implements Approve {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => ID, { description: 'The default.' })
  defaultId!: string;
  @Field(() => String, { description: 'The content hash the declaration answered: who pays how much.' })
  contentHash!: string;
}

@ObjectType('DefaultSuccess', { description: 'The default was declared, or performed.' })
class DefaultSuccess {
  @Field(() => ID, { description: 'The default.' })
  defaultId!: string;
  @Field(() => SettlementCycleType, { description: 'The cycle, as it is now.' })
  cycle!: SettlementCycleType;
  @Field(() => Boolean, { description: 'Whether it still waits for approval.' })
  proposed!: boolean;
  @Field(() => String, { description: 'What an approval must name.' })
  contentHash!: string;
  @Field(() => Boolean, { description: 'Whether this is the stored outcome of an earlier call with the same key.' })
  replayed!: boolean;
}

export const DefaultResult = defineResult('DefaultResult', DefaultSuccess, [
  ProgrammeNotReady,
  CycleStepNotAllowed,
  CycleContentChanged,
  SelfApproval,
  AlreadyApproved,
  defineRefusalType('NothingToPay', 'The partner was not to pay anything in this cycle.'),
  defineRefusalType('PaymentConfirmed', 'The bank has confirmed the payment.'),
  defineRefusalType('AlreadyInDefault', 'The payment was declared in default before.'),
  defineRefusalType('PaymentNotDue', 'The day the payment is due has not passed.'),
]);
