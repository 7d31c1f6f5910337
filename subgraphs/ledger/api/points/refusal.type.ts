import { Field, Int, ObjectType } from 'type-graphql';
import { defineRefusalType } from '../../../../kernel/graph/result';
import { BigIntScalar, DateTimeScalar, PointsScalar } from '../../../../kernel/graph/scalars';
import { RefusalInterface } from '../../../../kernel/graph/shared-types';

export const MemberNotKnownYet = defineRefusalType(
  'MemberNotKnownYet',
  'The ledger cannot know the member at the moment.',
);
export const ProgrammeNotReady = defineRefusalType(
  'ProgrammeNotReady',
  'The programme, the partner or its terms have not reached the ledger.',
);
export const MemberNotConfirmed = defineRefusalType(
  'MemberNotConfirmed',
  'The member has not confirmed the link to this partner.',
);
export const BranchUnknown = defineRefusalType('BranchUnknown', 'The partner has declared no such branch.');
export const PartnerLeaving = defineRefusalType('PartnerLeaving', 'The partner is leaving the coalition.');
export const PartnerSuspended = defineRefusalType('PartnerSuspended', 'The partner is suspended.');
export const PartnerCannotIssue = defineRefusalType('PartnerCannotIssue', 'The partner does not issue points.');
export const PartnerCannotRedeem = defineRefusalType('PartnerCannotRedeem', 'The partner does not redeem points.');
export const CurrencyNotAccepted = defineRefusalType(
  'CurrencyNotAccepted',
  'The amount is not in the programme’s currency.',
);
export const OccurredInFuture = defineRefusalType(
  'OccurredInFuture',
  'It has not happened yet by the programme’s clock.',
);
export const DocumentAlreadyRecorded = defineRefusalType(
  'DocumentAlreadyRecorded',
  'The partner has used the external reference for a document of this kind before.',
);
export const HoldNotOpen = defineRefusalType('HoldNotOpen', 'The hold was captured, released or timed out before.');
export const ClockNotMovable = defineRefusalType('ClockNotMovable', 'Only a sandbox programme has a test clock.');

@ObjectType('VersionChanged', {
  implements: RefusalInterface,
  description: 'The account is no longer at the version the caller decided upon.',
})
export class VersionChanged extends RefusalInterface {
  @Field(() => BigIntScalar, { description: 'The version it is at.' })
  currentVersion!: bigint;
}

@ObjectType('ClockMovesBack', { implements: RefusalInterface, description: 'The test clock never moves back.' })
export class ClockMovesBack extends RefusalInterface {
  @Field(() => DateTimeScalar, { description: 'Where it stands, or later.' })
  clockNow!: Date;
}
export const AccountFrozen = defineRefusalType(
  'AccountFrozen',
  'Posting to the account is stopped until its book was checked.',
);
export const ActionNotRewarded = defineRefusalType('ActionNotRewarded', 'No rule of the partner rewards the action.');
export const ApprovalRequired = defineRefusalType(
  'ApprovalRequired',
  'Two persons must agree; propose an adjustment instead.',
);
export const FunderUnknown = defineRefusalType('FunderUnknown', 'A partner named as funder has no contract in force.');
export const HoldEndsInPast = defineRefusalType('HoldEndsInPast', 'The hold would have timed out when it was made.');
export const ExpiryNotLater = defineRefusalType(
  'ExpiryNotLater',
  'The expiry is not later than now, or than the one there is.',
);
export const LotNotPending = defineRefusalType('LotNotPending', 'Nothing of the lot is pending.');
export const FundingNotConfirmed = defineRefusalType(
  'FundingNotConfirmed',
  'The points wait for their issuer’s payment; the operator releases them.',
);
export const AmountTooLarge = defineRefusalType(
  'AmountTooLarge',
  'A balance or a claim would pass the largest number the book keeps exactly.',
);
export const LotNotOpen = defineRefusalType('LotNotOpen', 'Nothing of the lot is spendable.');
export const ClawbackOfGivenPoints = defineRefusalType(
  'ClawbackOfGivenPoints',
  'Another member gave the points; they are taken back from the lot in which they were earned.',
);
export const AlreadyAwarded = defineRefusalType(
  'AlreadyAwarded',
  'The member has had the award as often as its rule allows.',
);
export const PoolLeadGivesNothing = defineRefusalType(
  'PoolLeadGivesNothing',
  'Of a spend by several members, the part of the member named first comes to nothing.',
);
export const TransferToSelf = defineRefusalType('TransferToSelf', 'Giver and receiver are the same member.');
export const NetDebitCapReached = defineRefusalType(
  'NetDebitCapReached',
  'The partner would owe more than its net-debit cap.',
);

@ObjectType('AttributeMissing', {
  implements: RefusalInterface,
  description: 'The action’s rule asks for an attribute that was not sent.',
})
export class AttributeMissing extends RefusalInterface {
  @Field(() => String, { description: 'Its name.' })
  attribute!: string;
}

@ObjectType('ReturnExceedsPurchase', {
  implements: RefusalInterface,
  description: 'More would be returned than was paid.',
})
export class ReturnExceedsPurchase extends RefusalInterface {
  @Field(() => BigIntScalar, { description: 'Minor units not returned yet.' })
  leftMinor!: bigint;
}

@ObjectType('ReversalExceedsRedemption', {
  implements: RefusalInterface,
  description: 'More would be reversed than is left of the redemption.',
})
export class ReversalExceedsRedemption extends RefusalInterface {
  @Field(() => PointsScalar, { description: 'Points not reversed yet.' })
  leftPoints!: bigint;
}

@ObjectType('ClawbackExceedsLot', {
  implements: RefusalInterface,
  description: 'More would be taken back than is left to take of the lot.',
})
export class ClawbackExceedsLot extends RefusalInterface {
  @Field(() => PointsScalar, { description: 'Points not taken back yet.' })
  leftPoints!: bigint;
}

@ObjectType('ReinstatementExceedsExpired', {
  implements: RefusalInterface,
  description: 'More would be re-instated than has expired.',
})
export class ReinstatementExceedsExpired extends RefusalInterface {
  @Field(() => PointsScalar, { description: 'Points that have expired.' })
  expiredPoints!: bigint;
}

@ObjectType('ArrearsLimitReached', {
  implements: RefusalInterface,
  description: 'The member would owe more points than the programme allows.',
})
export class ArrearsLimitReached extends RefusalInterface {
  @Field(() => PointsScalar, { description: 'The most it allows.' })
  limitPoints!: bigint;
}

@ObjectType('StepUpRequired', {
  implements: RefusalInterface,
  description: 'The member must prove, just now, that it is they who spend this much.',
})
export class StepUpRequired extends RefusalInterface {
  @Field(() => PointsScalar, { description: 'Up to so many are spent without.' })
  abovePoints!: bigint;
}

@ObjectType('MemberInArrears', {
  implements: RefusalInterface,
  description: 'The member owes points; nothing is spent before they are filled.',
})
export class MemberInArrears extends RefusalInterface {
  @Field(() => PointsScalar, { description: 'Points owed.' })
  arrearsPoints!: bigint;
}

@ObjectType('IssuanceCapReached', {
  implements: RefusalInterface,
  description: 'The partner would issue more points than its contract allows in the period.',
})
export class IssuanceCapReached extends RefusalInterface {
  @Field(() => PointsScalar, { description: 'Points it may still issue.' })
  leftPoints!: bigint;
}
export const AdjustmentContentChanged = defineRefusalType(
  'AdjustmentContentChanged',
  'What would be decided is not what was proposed.',
);
export const AdjustmentDecided = defineRefusalType('AdjustmentDecided', 'The adjustment was decided before.');
export const SelfApproval = defineRefusalType('SelfApproval', 'It was proposed by the same principal.');
export const ReceiptClaimOver = defineRefusalType('ReceiptClaimOver', 'The receipt’s window has passed.');

@ObjectType('ReceiptClaimsLocked', {
  implements: RefusalInterface,
  description: 'Too many claims of the member named no receipt of this partner; for a while none is looked at.',
})
export class ReceiptClaimsLocked extends RefusalInterface {
  @Field(() => Int, { description: 'Seconds until the next claim is looked at, by the programme’s clock.' })
  retryAfterSeconds!: number;
}
export const TooManyClaims = defineRefusalType('TooManyClaims', 'As many claims wait as are allowed at once.');
export const MissingClaimClosed = defineRefusalType('MissingClaimClosed', 'The claim was closed before.');
export const AccountNotFrozen = defineRefusalType('AccountNotFrozen', 'Posting on this account is not stopped.');
