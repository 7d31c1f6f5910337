import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { defineConnection } from '../../../../kernel/graph/connection';
import { defineResult } from '../../../../kernel/graph/result';
import { DateTimeScalar, PointsScalar } from '../../../../kernel/graph/scalars';
import { Channel, MoneyInput } from '../../../../kernel/graph/shared-types';
import type { AnswerMissingClaimInput as Answer } from '../../app/receipts/answer-missing-claim';
import type { ClaimMissingPointsInput as Missing } from '../../app/receipts/claim-missing-points';
import type { ClaimReceiptInput as Claim } from '../../app/receipts/claim-receipt';
import type { RecordUnclaimedSaleInput as Sale } from '../../app/receipts/record-unclaimed-sale';
import { PurchaseLineInput } from '../movements/sale.type';
import { PurchaseType } from '../movements/movement.type';
import { AccountType, LotType } from '../points/account.type';
import * as refusals from '../points/refusal.type';

const IDEMPOTENCY_KEY = { description: 'The caller’s own name for this intent; 1 to 255 characters.' };
const REPLAYED = { description: 'Whether this is the stored outcome of an earlier call with the same key.' };

/** Where a claim of missing points stands. */
export enum MissingClaimStateName {
  OPEN = 'OPEN',
  CREDITED = 'CREDITED',
  REJECTED = 'REJECTED',
  GOODWILL = 'GOODWILL',
  EARNED_NOTHING = 'EARNED_NOTHING',
  REFUSED = 'REFUSED',
}
registerEnumType(MissingClaimStateName, {
  name: 'MissingClaimState',
  description: 'Where a claim of missing points stands.',
  valuesConfig: {
    OPEN: { description: 'The partner has yet to answer.' },
    CREDITED: { description: 'The purchase was found or accepted, and earned its points.' },
    REJECTED: { description: 'The partner says that there was no such purchase, and why.' },
    GOODWILL: { description: 'The partner did not answer in time and pays the points as goodwill.' },
    EARNED_NOTHING: {
      description: 'The partner did not answer in time, and the purchase would have earned no points.',
    },
    REFUSED: { description: 'It was accepted and the ledger would not post it; `reason` holds the code.' },
  },
});

@ObjectType('MissingClaim', { description: 'A member’s claim that a purchase earned nothing.' })
export class MissingClaimType {
  @Field(() => ID, { description: 'Its id.' })
  id!: string;
  @Field(() => String, { description: 'The receipt’s number.' })
  externalRef!: string;
  @Field(() => DateTimeScalar, { description: 'When the purchase happened, as the member says.' })
  occurredAt!: Date;
  @Field(() => DateTimeScalar, { description: 'When it was claimed.' })
  openedAt!: Date;
  @Field(() => DateTimeScalar, { description: 'From here on the partner is late and pays.' })
  answerBy!: Date;
  @Field(() => MissingClaimStateName, { description: 'Where it stands.' })
  state!: MissingClaimStateName;
  @Field(() => String, { nullable: true, description: 'Why it was rejected or refused.' })
  reason!: string | null;
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was closed.' })
  closedAt!: Date | null;
}

/** A page of claims. */
export const MissingClaimConnection = defineConnection('MissingClaim', MissingClaimType);

@InputType('RecordUnclaimedSaleInput', { description: 'A sale whose buyer the till did not know.' })
export class RecordUnclaimedSaleInput implements Sale {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => String, { description: 'The partner’s receipt number, never used again; 1 to 255 characters.' })
  externalRef!: string;
  @Field(() => MoneyInput, { description: 'What earns, after discounts, in the programme’s currency.' })
  amount!: MoneyInput;
  @Field(() => DateTimeScalar, { description: 'When the sale happened; not after the programme’s clock.' })
  occurredAt!: Date;
  @Field(() => String, { nullable: true, description: 'The place of sale; at most 200 characters.' })
  branch?: string | null;
  @Field(() => Channel, { nullable: true, description: 'Where the sale happened.' })
  channel?: Channel | null;
  @Field(() => [PurchaseLineInput], { nullable: true, description: 'The receipt’s lines; at most 1,000.' })
  lines?: PurchaseLineInput[] | null;
}

@InputType('ClaimReceiptInput', { description: 'A receipt whose points nobody has.' })
export class ClaimReceiptInput implements Claim {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => ID, { description: 'The partner whose receipt it is.' })
  partnerId!: string;
  @Field(() => String, { description: 'The receipt’s number.' })
  externalRef!: string;
  @Field(() => MoneyInput, { description: 'What the receipt comes to.' })
  amount!: MoneyInput;
}

@InputType('ClaimMissingPointsInput', { description: 'A purchase that earned nothing.' })
export class ClaimMissingPointsInput implements Missing {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => ID, { description: 'The partner whose receipt it is.' })
  partnerId!: string;
  @Field(() => String, { description: 'The receipt’s number.' })
  externalRef!: string;
  @Field(() => MoneyInput, { description: 'What the receipt comes to.' })
  amount!: MoneyInput;
  @Field(() => DateTimeScalar, { description: 'When the purchase happened.' })
  occurredAt!: Date;
}

@InputType('AnswerMissingClaimInput', { description: 'A partner’s answer to a claim.' })
export class AnswerMissingClaimInput implements Answer {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => ID, { description: 'The claim.' })
  claimId!: string;
  @Field(() => Boolean, { description: 'Whether the purchase happened as claimed.' })
  accept!: boolean;
  @Field(() => String, { nullable: true, description: 'Why not; needed for a rejection, at most 500 characters.' })
  reason?: string | null;
}

@ObjectType('RecordUnclaimedSaleSuccess', { description: 'The sale waits for its buyer.' })
class RecordUnclaimedSaleSuccess {
  @Field(() => String, { description: 'The receipt’s number.' })
  externalRef!: string;
  @Field(() => DateTimeScalar, { description: 'Until when it can be claimed.' })
  claimUntil!: Date;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@ObjectType('ClaimReceiptSuccess', { description: 'The receipt earned its points.' })
class ClaimReceiptSuccess {
  @Field(() => PurchaseType, { description: 'The purchase.' })
  purchase!: PurchaseType;
  @Field(() => PointsScalar, { description: 'Points it earned.' })
  earned!: bigint;
  @Field(() => [LotType], { description: 'The lots it made, as they were issued.' })
  lots!: LotType[];
  @Field(() => AccountType, { description: 'The member’s points as this posting left them.' })
  account!: AccountType;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@ObjectType('MissingClaimSuccess', { description: 'The claim was opened or answered.' })
class MissingClaimSuccess {
  @Field(() => MissingClaimType, { description: 'The claim as it stands.' })
  claim!: MissingClaimType;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

export const RecordUnclaimedSaleResult = defineResult('RecordUnclaimedSaleResult', RecordUnclaimedSaleSuccess, [
  refusals.BranchUnknown,
  refusals.ProgrammeNotReady,
  refusals.AccountFrozen,
  refusals.CurrencyNotAccepted,
  refusals.OccurredInFuture,
  refusals.DocumentAlreadyRecorded,
]);
export const ClaimReceiptResult = defineResult('ClaimReceiptResult', ClaimReceiptSuccess, [
  refusals.ProgrammeNotReady,
  refusals.AccountFrozen,
  refusals.AmountTooLarge,
  refusals.PartnerSuspended,
  refusals.PartnerLeaving,
  refusals.BranchUnknown,
  refusals.PartnerCannotIssue,
  refusals.DocumentAlreadyRecorded,
  refusals.ReceiptClaimOver,
  refusals.ReceiptClaimsLocked,
  refusals.NetDebitCapReached,
  refusals.IssuanceCapReached,
]);
export const MissingClaimResult = defineResult('MissingClaimResult', MissingClaimSuccess, [
  refusals.ProgrammeNotReady,
  refusals.AccountFrozen,
  refusals.CurrencyNotAccepted,
  refusals.OccurredInFuture,
  refusals.DocumentAlreadyRecorded,
  refusals.TooManyClaims,
  refusals.MissingClaimClosed,
]);
