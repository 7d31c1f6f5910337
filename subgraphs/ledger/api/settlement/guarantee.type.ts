import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { defineRefusalType, defineResult } from '../../../../kernel/graph/result';
import { BigIntScalar } from '../../../../kernel/graph/scalars';
import { MoneyType } from '../../../../kernel/graph/shared-types';
import type {
  ApproveGuaranteePaymentInput as Approve,
  RecordGuaranteePaymentInput as Record,
} from '../../app/settlement/guarantee-payments';
import { PartnerStub } from '../partner.stub';
import { ProgrammeNotReady, SelfApproval } from '../points/refusal.type';
import { CycleContentChanged } from './settlement.type';

/** Money held against partners that do not pay. */
export enum GuaranteeFund {
  DEPOSIT = 'DEPOSIT',
  DEFAULT_FUND = 'DEFAULT_FUND',
}
registerEnumType(GuaranteeFund, {
  name: 'GuaranteeFund',
  description: 'Money held against partners that do not pay.',
  valuesConfig: {
    DEPOSIT: { description: 'A partner’s own: first to pay what it does not.' },
    DEFAULT_FUND: { description: 'The coalition’s: pays what a deposit does not.' },
  },
});

/** Which way money went. */
export enum GuaranteeDirection {
  PAID_IN = 'PAID_IN',
  PAID_OUT = 'PAID_OUT',
}
registerEnumType(GuaranteeDirection, {
  name: 'GuaranteeDirection',
  description: 'Which way money went.',
  valuesConfig: {
    PAID_IN: { description: 'From the partner to the operator’s bank.' },
    PAID_OUT: { description: 'From the operator’s bank to the partner.' },
  },
});

@ObjectType('Guarantee', { description: 'What is held against partners that do not pay.' })
export class GuaranteeType {
  @Field(() => GuaranteeFund, { description: 'Which.' })
  fund!: GuaranteeFund;
  @Field(() => PartnerStub, { nullable: true, description: 'Whose deposit; null for the default fund.' })
  partner!: PartnerStub | null;
  @Field(() => MoneyType, { description: 'What it holds.' })
  held!: MoneyType;
}

@InputType('RecordGuaranteePaymentInput', {
  description: 'A payment into or out of a guarantee, as the bank booked it.',
})
export class RecordGuaranteePaymentInput implements Record {
  @Field(() => String, { description: 'The caller’s own name for this intent; 1 to 255 characters.' })
  idempotencyKey!: string;
  @Field(() => GuaranteeFund, { description: 'Which guarantee.' })
  fund!: GuaranteeFund;
  @Field(() => ID, { description: 'Who paid or was paid; the deposit’s owner.' })
  partnerId!: string;
  @Field(() => GuaranteeDirection, { description: 'Which way the money went.' })
  direction!: GuaranteeDirection;
  @Field(() => BigIntScalar, { description: 'How much, in minor units of the programme’s currency; above 0.' })
  amountMinor!: bigint;
  @Field(() => String, { description: 'The bank’s own reference of the movement; 1 to 70 characters, used once.' })
  bankRef!: string;
  @Field(() => String, { description: 'Why; 1 to 500 characters.' })
  reason!: string;
}

@InputType('ApproveGuaranteePaymentInput', { description: 'A recorded payment to post.' })
export class ApproveGuaranteePaymentInput implements Approve {
  @Field(() => String, { description: 'The caller’s own name for this intent; 1 to 255 characters.' })
  idempotencyKey!: string;
  @Field(() => ID, { description: 'The payment.' })
  paymentId!: string;
  @Field(() => String, { description: 'The content hash the recording answered.' })
  contentHash!: string;
}

@ObjectType('GuaranteePaymentSuccess', { description: 'The payment was recorded, or posted.' })
class GuaranteePaymentSuccess {
  @Field(() => ID, { description: 'The payment.' })
  paymentId!: string;
  @Field(() => Boolean, { description: 'Whether it still waits for approval.' })
  proposed!: boolean;
  @Field(() => String, { description: 'What an approval must name.' })
  contentHash!: string;
  @Field(() => [GuaranteeType], { description: 'What is held now.' })
  guarantees!: GuaranteeType[];
  @Field(() => Boolean, { description: 'Whether this is the stored outcome of an earlier call with the same key.' })
  replayed!: boolean;
}

export const AlreadyApproved = defineRefusalType('AlreadyApproved', 'What is to be approved was approved before.');
export const RunOffNotEnded = defineRefusalType(
  'RunOffNotEnded',
  'Points of the leaving partner are outstanding, or something of it is still to be settled.',
);
export const GuaranteePaymentResult = defineResult('GuaranteePaymentResult', GuaranteePaymentSuccess, [
  ProgrammeNotReady,
  CycleContentChanged,
  SelfApproval,
  AlreadyApproved,
  RunOffNotEnded,
  defineRefusalType('GuaranteeTooSmall', 'More would be paid out than is held.'),
  defineRefusalType('BankRefTaken', 'A movement of this reference was recorded before.'),
]);
