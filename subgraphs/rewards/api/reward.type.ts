import { Directive, Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { defineConnection } from '../../../kernel/graph/connection';
import { answerer, defineRefusalType, defineResult } from '../../../kernel/graph/result';
import { DateTimeScalar, PointsScalar } from '../../../kernel/graph/scalars';
import { InsufficientPointsType, MemberRefInput, RefusalInterface } from '../../../kernel/graph/shared-types';
import type { CreateReward } from '../app/create-reward';
import type { RedeemReward } from '../app/redeem-reward';
import { passedOnRefusals, rewardsRefusals } from '../core/refusals';
import type { RewardId } from '../core/reward';
import type { VoucherId } from '../core/voucher';
import { AccountStub } from './member.stub';

/** Reads a mutation's input, calls its use case, presents what came of it. */
export const answer = answerer({ ...rewardsRefusals, ...passedOnRefusals });

const IDEMPOTENCY_KEY = { description: 'The caller’s own name for this intent; 1 to 255 characters.' };
const REPLAYED = { description: 'Whether this is the stored outcome of an earlier call with the same key.' };

@Directive('@key(fields: "id")')
@ObjectType('Reward', { description: 'Something one partner offers for points of the programme, whoever issued them.' })
export class RewardType {
  @Field(() => ID, { description: 'The reward’s id.' })
  id!: RewardId;
  @Field(() => String, { description: 'What the reward is called.' })
  name!: string;
  @Field(() => PointsScalar, { description: 'What one piece costs.' })
  pricePoints!: bigint;
}
export const RewardConnection = defineConnection('Reward', RewardType);

/** What can be done with a voucher. */
export enum VoucherState {
  ISSUED = 'ISSUED',
  USED = 'USED',
  PARTLY_USED = 'PARTLY_USED',
  EXPIRED = 'EXPIRED',
  CANCELLED = 'CANCELLED',
}
registerEnumType(VoucherState, {
  name: 'VoucherState',
  description: 'What can be done with a voucher.',
  valuesConfig: {
    ISSUED: { description: 'It can be used.' },
    USED: { description: 'It has been used.' },
    PARTLY_USED: { description: 'Part of it has been used.' },
    EXPIRED: { description: 'Its time has passed.' },
    CANCELLED: { description: 'It was taken back and the points returned.' },
  },
});

@Directive('@key(fields: "id")')
@ObjectType('Voucher', { description: 'The one-use proof of a redeemed reward.' })
export class VoucherType {
  @Field(() => ID, { description: 'The voucher’s id.' })
  id!: VoucherId;
  @Field(() => String, { description: 'What the member shows: unguessable, with a check character at its end.' })
  code!: string;
  @Field(() => DateTimeScalar, { nullable: true, description: 'The first instant at which it cannot be used.' })
  expiresAt!: Date | null;
}
export const VoucherConnection = defineConnection('Voucher', VoucherType);

@InputType('CreateRewardInput', { description: 'A reward for the catalogue.' })
export class CreateRewardInput implements CreateReward {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => ID, { nullable: true, description: 'The partner that offers it; a partner’s key may leave it out.' })
  offeredBy?: string | null;
  @Field(() => String, { description: 'What it is called; 1 to 200 characters.' })
  name!: string;
  @Field(() => PointsScalar, { description: 'What one piece costs; more than 0.' })
  pricePoints!: bigint;
  @Field(() => DateTimeScalar, { nullable: true, description: 'From when it can be taken; now when left out.' })
  validFrom?: Date | null;
  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'The first instant at which it is over; no end when left out.',
  })
  validUntil?: Date | null;
  @Field(() => Int, { defaultValue: 365, description: 'How many days a voucher of it lives; 1 to 3,650.' })
  voucherValidityDays!: number;
  @Field(() => Int, { nullable: true, description: 'How many there are; without limit when left out.' })
  stock?: number | null;
}

@ObjectType('CreateRewardSuccess', { description: 'The reward is in the catalogue.' })
class CreateRewardSuccess {
  @Field(() => RewardType, { description: 'The reward.' })
  reward!: RewardType;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@InputType('RedeemRewardInput', { description: 'A reward to take for points.' })
export class RedeemRewardInput implements RedeemReward {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => ID, { description: 'The reward.' })
  rewardId!: string;
  @Field(() => MemberRefInput, { nullable: true, description: 'The member; a member’s own token leaves it out.' })
  member?: MemberRefInput | null;
  @Field(() => Int, { defaultValue: 1, description: 'How many pieces; 1 to 10.' })
  quantity!: number;
}

@ObjectType('RedeemRewardSuccess', { description: 'The points are redeemed and the vouchers are the member’s.' })
class RedeemRewardSuccess {
  @Field(() => [VoucherType], { description: 'One voucher for each piece.' })
  vouchers!: VoucherType[];
  @Field(() => AccountStub, { nullable: true, description: 'The member’s account, as it is now.' })
  account!: AccountStub | null;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@ObjectType('RewardLedgerRefused', { implements: RefusalInterface, description: 'The ledger refused the points.' })
class RewardLedgerRefused extends RefusalInterface {
  @Field(() => String, { description: 'The ledger’s own code.' })
  ledgerCode!: string;
}

export const CreateRewardResult = defineResult('CreateRewardResult', CreateRewardSuccess, [
  defineRefusalType('OfferingPartnerNotKnownYet', 'The partner has not reached the catalogue yet.'),
  defineRefusalType('OfferingPartnerCannotRedeem', 'The partner does not accept points.'),
]);
export const RedeemRewardResult = defineResult('RedeemRewardResult', RedeemRewardSuccess, [
  defineRefusalType('RewardNotAvailable', 'The reward cannot be taken now.'),
  RewardLedgerRefused,
  defineRefusalType('RewardLedgerUnavailable', 'The ledger did not decide in time; the order is kept.'),
  InsufficientPointsType,
]);
