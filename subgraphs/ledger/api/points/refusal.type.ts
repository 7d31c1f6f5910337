import { Field, ObjectType } from 'type-graphql';
import { defineRefusalType } from '../../../../kernel/graph/result';
import { BigIntScalar, DateTimeScalar } from '../../../../kernel/graph/scalars';
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
