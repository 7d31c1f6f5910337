import { Field, ObjectType } from 'type-graphql';
import { answerer, defineResult, presenter } from '../../../../kernel/graph/result';
import { DateTimeScalar, PointsScalar } from '../../../../kernel/graph/scalars';
import { InsufficientPointsType } from '../../../../kernel/graph/shared-types';
import { ledgerRefusals } from '../../core/refusals';
import { AccountType, LotType } from './account.type';
import { HoldType, PurchaseType, RedemptionType } from './movement.type';
import * as refusals from './refusal.type';

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

export const RecordPurchaseResult = defineResult('RecordPurchaseResult', RecordPurchaseSuccess, [
  refusals.MemberNotKnownYet,
  refusals.ProgrammeNotReady,
  refusals.PartnerSuspended,
  refusals.PartnerCannotIssue,
  refusals.CurrencyNotAccepted,
  refusals.OccurredInFuture,
  refusals.DocumentAlreadyRecorded,
]);
export const RedeemPointsResult = defineResult('RedeemPointsResult', RedeemPointsSuccess, [
  refusals.MemberNotKnownYet,
  refusals.ProgrammeNotReady,
  refusals.MemberNotConfirmed,
  refusals.PartnerSuspended,
  refusals.PartnerCannotRedeem,
  refusals.OccurredInFuture,
  refusals.DocumentAlreadyRecorded,
  refusals.VersionChanged,
  InsufficientPointsType,
]);
export const HoldPointsResult = defineResult('HoldPointsResult', HoldPointsSuccess, [
  refusals.MemberNotKnownYet,
  refusals.ProgrammeNotReady,
  refusals.MemberNotConfirmed,
  refusals.PartnerSuspended,
  refusals.PartnerCannotRedeem,
  InsufficientPointsType,
]);
export const CaptureHoldResult = defineResult('CaptureHoldResult', CaptureHoldSuccess, [
  refusals.ProgrammeNotReady,
  refusals.PartnerSuspended,
  refusals.PartnerCannotRedeem,
  refusals.DocumentAlreadyRecorded,
  refusals.HoldNotOpen,
  InsufficientPointsType,
]);
export const ReleaseHoldResult = defineResult('ReleaseHoldResult', ReleaseHoldSuccess, [
  refusals.ProgrammeNotReady,
  refusals.HoldNotOpen,
]);
export const SetTestClockResult = defineResult('SetTestClockResult', SetTestClockSuccess, [
  refusals.ProgrammeNotReady,
  refusals.ClockNotMovable,
  refusals.ClockMovesBack,
]);
