import { Field, ID, InputType, Int } from 'type-graphql';
import { DateTimeScalar, JSONObjectScalar, PointsScalar } from '../../../../kernel/graph/scalars';
import { MemberRefInput, MoneyInput } from '../../../../kernel/graph/shared-types';
import type {
  ExtendExpiryInput as Extension,
  ReinstatePointsInput as Reinstatement,
} from '../../app/movements/change-expiry';
import type { ClawBackPointsInput as Clawback } from '../../app/movements/claw-back-points';
import type { DonatePointsInput as Donation } from '../../app/movements/donate-points';
import type { PostAccrualInput as Accrual } from '../../app/movements/post-accrual';
import type { RecordActionInput as Action } from '../../app/movements/record-action';
import type { ReturnPurchaseInput as Return } from '../../app/movements/return-purchase';
import type { ReverseRedemptionInput as Reversal } from '../../app/movements/reverse-redemption';
import type { PendingInput as Pending } from '../../app/movements/settle-pending';
import type { TransferPointsInput as Transfer } from '../../app/movements/transfer-points';

const IDEMPOTENCY_KEY = { description: 'The caller’s own name for this intent; 1 to 255 characters.' };
const REASON = { description: 'Why, for the statement and whoever asks later; 1 to 500 characters.' };

@InputType('ReturnPurchaseInput', { description: 'Goods that came back to the till.' })
export class ReturnPurchaseInput implements Return {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => String, { description: 'The receipt number of the purchase.' })
  purchaseRef!: string;
  @Field(() => String, { description: 'The return’s own number, never used again; 1 to 255 characters.' })
  externalRef!: string;
  @Field(() => MoneyInput, { description: 'What is paid back, in the purchase’s currency.' })
  amount!: MoneyInput;
  @Field(() => DateTimeScalar, { description: 'When the goods came back; not after the programme’s clock.' })
  occurredAt!: Date;
}

@InputType('ReverseRedemptionInput', { description: 'A redemption to undo.' })
export class ReverseRedemptionInput implements Reversal {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => ID, { description: 'The redemption.' })
  redemptionId!: string;
  @Field(() => PointsScalar, {
    nullable: true,
    description: 'How many of its points; all that are left, when not given.',
  })
  points?: bigint | null;
  @Field(() => String, REASON)
  reason!: string;
}

@InputType('TransferPointsInput', { description: 'Points the calling member gives to another.' })
export class TransferPointsInput implements Transfer {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => MemberRefInput, { description: 'Who receives them.' })
  to!: MemberRefInput;
  @Field(() => PointsScalar, { description: 'How many; at least 1.' })
  points!: bigint;
  @Field(() => String, { nullable: true, description: 'A line for the receiver; at most 500 characters.' })
  message?: string | null;
}

@InputType('DonatePointsInput', { description: 'Points the calling member gives to a charity.' })
export class DonatePointsInput implements Donation {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => ID, { description: 'The charity: a partner that redeems.' })
  partnerId!: string;
  @Field(() => PointsScalar, { description: 'How many; at least 1.' })
  points!: bigint;
}

@InputType('FundingShareInput', {
  description:
    'What part of a lot one partner pays for: of its fee and, AT_REDEMPTION, of what is spent of it. What is paid at issuance, and the ' +
    'rest of a HYBRID lot, the issuer pays alone.',
})
export class FundingShareInput {
  @Field(() => ID, { description: 'The partner.' })
  partnerId!: string;
  @Field(() => Int, { description: 'Basis points, 1 to 10,000; all shares sum to 10,000.' })
  bps!: number;
}

@InputType('PostAccrualInput', { description: 'Points given directly.' })
export class PostAccrualInput implements Accrual {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => String, {
    description: 'The giver’s own number of it; an issuer’s is never used again. 1 to 255 characters.',
  })
  externalRef!: string;
  @Field(() => MemberRefInput, { description: 'Who receives them.' })
  member!: MemberRefInput;
  @Field(() => PointsScalar, { description: 'How many; at least 1.' })
  points!: bigint;
  @Field(() => DateTimeScalar, { description: 'Since when they are earned; not after the programme’s clock.' })
  occurredAt!: Date;
  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'The first instant at which they cannot be spent; as the programme’s points expire, when not given.',
  })
  expiresAt?: Date | null;
  @Field(() => Boolean, { defaultValue: false, description: 'Whether they wait until they are released.' })
  pending!: boolean;
  @Field(() => [FundingShareInput], {
    nullable: true,
    description:
      'Who pays for them when they are spent, and their fee; the first is the issuer unless one is named. What is paid in advance ' +
      '(AT_ISSUANCE, HYBRID), and the rest of it, its issuer pays alone. A partner pays alone.',
  })
  funding?: FundingShareInput[] | null;
  @Field(() => String, REASON)
  reason!: string;
  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Given as an apology: no fee, paid by the giver when spent, counting towards no tier.',
  })
  goodwill!: boolean;
  @Field(() => ID, { nullable: true, description: 'Whose points they are; the first funder’s, when not given. Admin.' })
  issuerId?: string | null;
  @Field(() => Boolean, {
    nullable: true,
    description:
      'Taken over from before the hub: what they cost in advance was paid then, and nobody owes it. Neither pending nor goodwill. Admin.',
  })
  opening?: boolean | null;
}

@InputType('PendingInput', { description: 'A lot whose points wait.' })
export class PendingInput implements Pending {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => ID, { description: 'A lot of the calling partner; any, for an admin.' })
  lotId!: string;
}

@InputType('ClawBackPointsInput', { description: 'Points to take back from one lot.' })
export class ClawBackPointsInput implements Clawback {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => ID, { description: 'A lot of the calling partner; any, for an admin.' })
  lotId!: string;
  @Field(() => PointsScalar, { description: 'How many; at least 1.' })
  points!: bigint;
  @Field(() => String, REASON)
  reason!: string;
}

@InputType('RecordActionInput', { description: 'Something a member did that is no purchase.' })
export class RecordActionInput implements Action {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => String, { nullable: true, description: 'The partner’s own number of it, never used again.' })
  externalRef?: string | null;
  @Field(() => MemberRefInput, { description: 'Who did it.' })
  member!: MemberRefInput;
  @Field(() => String, { description: 'The action’s name in the partner’s rules, such as `social.connected`.' })
  action!: string;
  @Field(() => DateTimeScalar, { description: 'When it was done; not after the programme’s clock.' })
  occurredAt!: Date;
  @Field(() => JSONObjectScalar, { nullable: true, description: 'What tells this occasion from others.' })
  attributes?: Record<string, unknown> | null;
}

@InputType('ExtendExpiryInput', { description: 'A later expiry for a lot.' })
export class ExtendExpiryInput implements Extension {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => ID, { description: 'A lot with spendable points.' })
  lotId!: string;
  @Field(() => DateTimeScalar, { description: 'The first instant at which they cannot be spent; later than now.' })
  expiresAt!: Date;
  @Field(() => String, REASON)
  reason!: string;
}

@InputType('ReinstatePointsInput', { description: 'Expired points to give back.' })
export class ReinstatePointsInput implements Reinstatement {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => ID, { description: 'The lot they expired from.' })
  lotId!: string;
  @Field(() => PointsScalar, { nullable: true, description: 'How many; all that expired, when not given.' })
  points?: bigint | null;
  @Field(() => DateTimeScalar, { description: 'Their new expiry.' })
  expiresAt!: Date;
  @Field(() => String, { description: 'Cause code, such as `outage`; 1 to 500 characters.' })
  reason!: string;
}
