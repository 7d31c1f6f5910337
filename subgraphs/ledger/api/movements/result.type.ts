import { Field, ObjectType } from 'type-graphql';
import { answerer, defineResult, presenter } from '../../../../kernel/graph/result';
import { DateTimeScalar, PointsScalar } from '../../../../kernel/graph/scalars';
import { InsufficientPointsType } from '../../../../kernel/graph/shared-types';
import { ledgerRefusals } from '../../core/refusals';
import { AccountType, LotType } from '../points/account.type';
import { HoldType, PurchaseType, RedemptionType } from './movement.type';
import * as refusals from '../points/refusal.type';

/** Reads a mutation's input, calls its use case, presents what came of it. */
export const answer = answerer(ledgerRefusals);
/** Presents one row of many. */
export const present = presenter(ledgerRefusals);

const REPLAYED = { description: 'Whether this is the stored outcome of an earlier call with the same key.' };
const ACCOUNT = { description: 'The member’s points as this posting left them.' };

@ObjectType('RecordPurchaseSuccess', { description: 'The purchase was recorded, whether or not it earned.' })
class RecordPurchaseSuccess {
  @Field(() => PurchaseType, { description: 'The purchase.' })
  purchase!: PurchaseType;
  @Field(() => PointsScalar, { description: 'Points it earned.' })
  earned!: bigint;
  @Field(() => [LotType], { description: 'The lots it made, as they were issued; none when nothing was earned.' })
  lots!: LotType[];
  @Field(() => AccountType, ACCOUNT)
  account!: AccountType;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@ObjectType('RedeemPointsSuccess', { description: 'The points were spent.' })
class RedeemPointsSuccess {
  @Field(() => RedemptionType, { description: 'The redemption.' })
  redemption!: RedemptionType;
  @Field(() => AccountType, ACCOUNT)
  account!: AccountType;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@ObjectType('PoolPart', { description: 'What one member of a pool gave.' })
export class PoolPartType {
  @Field(() => RedemptionType, { description: 'The member’s own redemption; it is reversed like any other.' })
  redemption!: RedemptionType;
  @Field(() => AccountType, ACCOUNT)
  account!: AccountType;
}

@ObjectType('RedeemPoolSuccess', { description: 'The points were spent.' })
class RedeemPoolSuccess {
  @Field(() => [PoolPartType], {
    description: 'What each member gave, the one named first at the head; without those whose part came to nothing.',
  })
  parts!: PoolPartType[];
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@ObjectType('HoldPointsSuccess', { description: 'The points are set aside.' })
class HoldPointsSuccess {
  @Field(() => HoldType, { description: 'The hold.' })
  hold!: HoldType;
  @Field(() => AccountType, ACCOUNT)
  account!: AccountType;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@ObjectType('CaptureHoldSuccess', { description: 'The hold became a redemption.' })
class CaptureHoldSuccess {
  @Field(() => RedemptionType, { description: 'The redemption.' })
  redemption!: RedemptionType;
  @Field(() => AccountType, ACCOUNT)
  account!: AccountType;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@ObjectType('ReleaseHoldSuccess', { description: 'The points went back to the member.' })
class ReleaseHoldSuccess {
  @Field(() => HoldType, { description: 'The hold.' })
  hold!: HoldType;
  @Field(() => AccountType, ACCOUNT)
  account!: AccountType;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@ObjectType('SetTestClockSuccess', { description: 'The clock stands there and all that fell due is done.' })
class SetTestClockSuccess {
  @Field(() => DateTimeScalar, { description: 'The programme’s present.' })
  now!: Date;
}

@ObjectType('RecordActionSuccess', { description: 'The action was recorded and rewarded.' })
class RecordActionSuccess {
  @Field(() => PointsScalar, { description: 'Points it earned.' })
  earned!: bigint;
  @Field(() => [LotType], { description: 'The lots it made, as they were issued.' })
  lots!: LotType[];
  @Field(() => AccountType, ACCOUNT)
  account!: AccountType;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@ObjectType('ReturnPurchaseSuccess', { description: 'The return was recorded.' })
class ReturnPurchaseSuccess {
  @Field(() => PointsScalar, { description: 'Points taken back, those owed from now on included.' })
  clawedBack!: bigint;
  @Field(() => PointsScalar, { description: 'Points of them that were spent, and are owed from now on.' })
  arrearsOpened!: bigint;
  @Field(() => AccountType, ACCOUNT)
  account!: AccountType;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@ObjectType('ClawBackPointsSuccess', { description: 'The points were taken back.' })
class ClawBackPointsSuccess {
  @Field(() => PointsScalar, { description: 'Points taken back, those owed from now on included.' })
  clawedBack!: bigint;
  @Field(() => PointsScalar, { description: 'Points of them that were spent, and are owed from now on.' })
  arrearsOpened!: bigint;
  @Field(() => AccountType, ACCOUNT)
  account!: AccountType;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@ObjectType('ReverseRedemptionSuccess', { description: 'The points came back.' })
class ReverseRedemptionSuccess {
  @Field(() => RedemptionType, { description: 'The redemption, and how much of it has come back by now.' })
  redemption!: RedemptionType;
  @Field(() => AccountType, ACCOUNT)
  account!: AccountType;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@ObjectType('DonatePointsSuccess', { description: 'The points were given; the redemption is the receipt.' })
class DonatePointsSuccess {
  @Field(() => RedemptionType, { description: 'The donation.' })
  redemption!: RedemptionType;
  @Field(() => AccountType, ACCOUNT)
  account!: AccountType;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@ObjectType('TransferPointsSuccess', { description: 'The points were given.' })
class TransferPointsSuccess {
  @Field(() => AccountType, { description: 'The giver’s points as this posting left them.' })
  account!: AccountType;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@ObjectType('PostAccrualSuccess', { description: 'The points were given.' })
class PostAccrualSuccess {
  @Field(() => LotType, { description: 'The lot.' })
  lot!: LotType;
  @Field(() => AccountType, ACCOUNT)
  account!: AccountType;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@ObjectType('PendingSuccess', { description: 'The lot’s points do not wait any more.' })
class PendingSuccess {
  @Field(() => LotType, { description: 'The lot.' })
  lot!: LotType;
  @Field(() => AccountType, ACCOUNT)
  account!: AccountType;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@ObjectType('ExtendExpirySuccess', { description: 'The lot lives longer.' })
class ExtendExpirySuccess {
  @Field(() => LotType, { description: 'The lot.' })
  lot!: LotType;
  @Field(() => AccountType, ACCOUNT)
  account!: AccountType;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@ObjectType('ReinstatePointsSuccess', { description: 'The points came back.' })
class ReinstatePointsSuccess {
  @Field(() => LotType, { description: 'The lot.' })
  lot!: LotType;
  @Field(() => AccountType, ACCOUNT)
  account!: AccountType;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

export const RecordPurchaseResult = defineResult('RecordPurchaseResult', RecordPurchaseSuccess, [
  refusals.MemberNotKnownYet,
  refusals.ProgrammeNotReady,
  refusals.AccountFrozen,
  refusals.AmountTooLarge,
  refusals.PartnerSuspended,
  refusals.PartnerLeaving,
  refusals.BranchUnknown,
  refusals.PartnerCannotIssue,
  refusals.CurrencyNotAccepted,
  refusals.OccurredInFuture,
  refusals.DocumentAlreadyRecorded,
  refusals.NetDebitCapReached,
  refusals.IssuanceCapReached,
]);
export const RedeemPointsResult = defineResult('RedeemPointsResult', RedeemPointsSuccess, [
  refusals.CurrencyNotAccepted,
  refusals.MemberNotKnownYet,
  refusals.ProgrammeNotReady,
  refusals.AccountFrozen,
  refusals.AmountTooLarge,
  refusals.MemberNotConfirmed,
  refusals.PartnerSuspended,
  refusals.PartnerLeaving,
  refusals.PartnerCannotRedeem,
  refusals.OccurredInFuture,
  refusals.DocumentAlreadyRecorded,
  refusals.VersionChanged,
  InsufficientPointsType,
  refusals.StepUpRequired,
  refusals.MemberInArrears,
]);
export const RedeemPoolResult = defineResult('RedeemPoolResult', RedeemPoolSuccess, [
  refusals.MemberNotKnownYet,
  refusals.ProgrammeNotReady,
  refusals.AccountFrozen,
  refusals.AmountTooLarge,
  refusals.MemberNotConfirmed,
  refusals.PartnerSuspended,
  refusals.PartnerLeaving,
  refusals.PartnerCannotRedeem,
  refusals.OccurredInFuture,
  refusals.DocumentAlreadyRecorded,
  InsufficientPointsType,
  refusals.PoolLeadGivesNothing,
  refusals.StepUpRequired,
  refusals.MemberInArrears,
]);
export const HoldPointsResult = defineResult('HoldPointsResult', HoldPointsSuccess, [
  refusals.MemberNotKnownYet,
  refusals.ProgrammeNotReady,
  refusals.AccountFrozen,
  refusals.AmountTooLarge,
  refusals.MemberNotConfirmed,
  refusals.PartnerSuspended,
  refusals.PartnerLeaving,
  refusals.PartnerCannotRedeem,
  InsufficientPointsType,
  refusals.HoldEndsInPast,
  refusals.StepUpRequired,
  refusals.MemberInArrears,
]);
export const CaptureHoldResult = defineResult('CaptureHoldResult', CaptureHoldSuccess, [
  refusals.CurrencyNotAccepted,
  refusals.ProgrammeNotReady,
  refusals.AccountFrozen,
  refusals.AmountTooLarge,
  refusals.PartnerSuspended,
  refusals.PartnerLeaving,
  refusals.PartnerCannotRedeem,
  refusals.DocumentAlreadyRecorded,
  refusals.HoldNotOpen,
  InsufficientPointsType,
]);
export const ReleaseHoldResult = defineResult('ReleaseHoldResult', ReleaseHoldSuccess, [
  refusals.ProgrammeNotReady,
  refusals.AccountFrozen,
  refusals.AmountTooLarge,
  refusals.HoldNotOpen,
]);
export const SetTestClockResult = defineResult('SetTestClockResult', SetTestClockSuccess, [
  refusals.ProgrammeNotReady,
  refusals.ClockNotMovable,
  refusals.ClockMovesBack,
]);
export const RecordActionResult = defineResult('RecordActionResult', RecordActionSuccess, [
  refusals.MemberNotKnownYet,
  refusals.ProgrammeNotReady,
  refusals.AccountFrozen,
  refusals.AmountTooLarge,
  refusals.PartnerSuspended,
  refusals.PartnerLeaving,
  refusals.PartnerCannotIssue,
  refusals.OccurredInFuture,
  refusals.DocumentAlreadyRecorded,
  refusals.NetDebitCapReached,
  refusals.IssuanceCapReached,
  refusals.ActionNotRewarded,
  refusals.AttributeMissing,
  refusals.AlreadyAwarded,
]);
export const PostAccrualResult = defineResult('PostAccrualResult', PostAccrualSuccess, [
  refusals.MemberNotKnownYet,
  refusals.ProgrammeNotReady,
  refusals.AccountFrozen,
  refusals.AmountTooLarge,
  refusals.PartnerSuspended,
  refusals.PartnerLeaving,
  refusals.PartnerCannotIssue,
  refusals.OccurredInFuture,
  refusals.DocumentAlreadyRecorded,
  refusals.NetDebitCapReached,
  refusals.IssuanceCapReached,
  refusals.ApprovalRequired,
  refusals.FunderUnknown,
  refusals.ExpiryNotLater,
]);
export const ReturnPurchaseResult = defineResult('ReturnPurchaseResult', ReturnPurchaseSuccess, [
  refusals.ProgrammeNotReady,
  refusals.AccountFrozen,
  refusals.AmountTooLarge,
  refusals.PartnerLeaving,
  refusals.CurrencyNotAccepted,
  refusals.OccurredInFuture,
  refusals.DocumentAlreadyRecorded,
  refusals.ReturnExceedsPurchase,
  refusals.ArrearsLimitReached,
]);
export const ReverseRedemptionResult = defineResult('ReverseRedemptionResult', ReverseRedemptionSuccess, [
  refusals.ProgrammeNotReady,
  refusals.AccountFrozen,
  refusals.AmountTooLarge,
  refusals.PartnerLeaving,
  refusals.ReversalExceedsRedemption,
]);
export const PendingResult = defineResult('PendingResult', PendingSuccess, [
  refusals.ProgrammeNotReady,
  refusals.AccountFrozen,
  refusals.AmountTooLarge,
  refusals.LotNotPending,
  refusals.FundingNotConfirmed,
]);
export const ClawBackPointsResult = defineResult('ClawBackPointsResult', ClawBackPointsSuccess, [
  refusals.ProgrammeNotReady,
  refusals.AccountFrozen,
  refusals.AmountTooLarge,
  refusals.PartnerLeaving,
  refusals.ClawbackOfGivenPoints,
  refusals.ClawbackExceedsLot,
  refusals.ArrearsLimitReached,
]);
export const ExtendExpiryResult = defineResult('ExtendExpiryResult', ExtendExpirySuccess, [
  refusals.ProgrammeNotReady,
  refusals.AccountFrozen,
  refusals.AmountTooLarge,
  refusals.LotNotOpen,
  refusals.ExpiryNotLater,
]);
export const ReinstatePointsResult = defineResult('ReinstatePointsResult', ReinstatePointsSuccess, [
  refusals.ProgrammeNotReady,
  refusals.AccountFrozen,
  refusals.AmountTooLarge,
  refusals.ReinstatementExceedsExpired,
  refusals.ExpiryNotLater,
]);
export const TransferPointsResult = defineResult('TransferPointsResult', TransferPointsSuccess, [
  refusals.MemberNotKnownYet,
  refusals.ProgrammeNotReady,
  refusals.AccountFrozen,
  refusals.AmountTooLarge,
  refusals.MemberInArrears,
  refusals.TransferToSelf,
  InsufficientPointsType,
]);
export const DonatePointsResult = defineResult('DonatePointsResult', DonatePointsSuccess, [
  refusals.ProgrammeNotReady,
  refusals.AccountFrozen,
  refusals.AmountTooLarge,
  refusals.MemberInArrears,
  refusals.PartnerSuspended,
  refusals.PartnerLeaving,
  refusals.PartnerCannotRedeem,
  InsufficientPointsType,
]);
