import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { defineRefusalType, defineResult } from '../../../kernel/graph/result';
import { BigIntScalar, DateTimeScalar, PointsScalar } from '../../../kernel/graph/scalars';
import { RefusalInterface } from '../../../kernel/graph/shared-types';
import type { TermsDecision } from '../app/change-terms';
import type { AskedTermsChange } from '../core/terms-change';
import { ProposalChanged, ProposalStateName, SelfApproval } from './contract-proposal.type';
import { IDEMPOTENCY_KEY } from './partner.type';
import {
  ExpiryPolicyInput,
  ExpiryPolicyType,
  LocalTextInput,
  LocalTextType,
  TierInput,
  TierType,
} from './programme.type';
import {
  ArbitrageLoop,
  NotAfterLatestVersion,
  ReimbursementAboveFaceValue,
  REPLAYED,
  RULE_BOOK_VERSION,
} from './result.type';

const FACE_VALUE = {
  description: 'Value of one point shown to members, in millionths of a major unit: 10000 is 0.01.',
};
const VALIDITY = { nullable: true, description: 'Days points live after they are earned; null: for ever.' };
const ARREARS = { nullable: true, description: 'The most points a member may be in arrears with; null: no limit.' };
const STEP_UP = {
  nullable: true,
  description: 'Redemptions of more points need a step-up of the member; null: none does.',
};
const EXPIRY = { description: 'When points cease that are earned from then on.' };
const TAKES_EFFECT = { description: 'From when on everything recorded goes by them.' };
const NOTICE_DAYS = {
  description:
    'Whole days of the programme’s calendar between the day of the approval and the one they take effect on; 1 to 365.',
};

@ObjectType('ProgrammeTerms', { description: 'What of a programme’s terms may change after it was founded.' })
export class ProgrammeTermsType {
  @Field(() => BigIntScalar, FACE_VALUE)
  faceValueMicros!: bigint;
  @Field(() => Int, VALIDITY)
  pointsValidityDays!: number | null;
  @Field(() => ExpiryPolicyType, EXPIRY)
  expiry!: ExpiryPolicyType;
  @Field(() => PointsScalar, ARREARS)
  arrearsLimitPoints!: bigint | null;
  @Field(() => PointsScalar, STEP_UP)
  stepUpAbovePoints!: bigint | null;
  @Field(() => [TierType], { description: 'The ladder, lowest rung first.' })
  tiers!: TierType[];
}

@InputType('ProgrammeTermsInput', { description: 'All terms that may change, as they would be.' })
export class ProgrammeTermsInput {
  @Field(() => BigIntScalar, FACE_VALUE)
  faceValueMicros!: bigint;
  @Field(() => Int, VALIDITY)
  pointsValidityDays?: number | null;
  @Field(() => ExpiryPolicyInput, EXPIRY)
  expiry!: ExpiryPolicyInput;
  @Field(() => PointsScalar, ARREARS)
  arrearsLimitPoints?: bigint | null;
  @Field(() => PointsScalar, STEP_UP)
  stepUpAbovePoints?: bigint | null;
  @Field(() => [TierInput], { description: 'The ladder; its rungs keep their codes and their order.' })
  tiers!: TierInput[];
}

@ObjectType('TermsChange', { description: 'A change of a programme’s terms, as it was proposed.' })
export class TermsChangeType {
  @Field(() => ID, { description: 'Its id.' })
  id!: string;
  @Field(() => Int, { description: 'The number of the terms it makes; those of the founding are version 1.' })
  version!: number;
  @Field(() => ProgrammeTermsType, { description: 'The terms, whole.' })
  terms!: ProgrammeTermsType;
  @Field(() => DateTimeScalar, TAKES_EFFECT)
  takesEffectAt!: Date;
  @Field(() => Int, NOTICE_DAYS)
  noticeDays!: number;
  @Field(() => [LocalTextType], { description: 'What members are told.' })
  texts!: LocalTextType[];
  @Field(() => String, { description: 'What an approval is bound to: a hash of all that would be agreed.' })
  contentHash!: string;
  @Field(() => ProposalStateName, { description: 'What became of it.' })
  state!: ProposalStateName;
  @Field(() => DateTimeScalar, { description: 'When it was proposed.' })
  proposedAt!: Date;
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was decided; null while it is open.' })
  decidedAt!: Date | null;
}

@InputType('ProposeProgrammeTermsInput', { description: 'A programme’s next terms.' })
export class ProposeProgrammeTermsInput implements AskedTermsChange {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => ProgrammeTermsInput, { description: 'The terms, whole.' })
  terms!: ProgrammeTermsInput;
  @Field(() => DateTimeScalar, TAKES_EFFECT)
  takesEffectAt!: Date;
  @Field(() => Int, NOTICE_DAYS)
  noticeDays!: number;
  @Field(() => [LocalTextInput], {
    description: 'What members are told, in 1 to 20 languages; at most 5,000 characters in each.',
  })
  texts!: LocalTextInput[];
}

const CONTENT_HASH = { description: 'The open proposal’s `contentHash`, as it was looked at.' };

@InputType('ApproveProgrammeTermsInput', { description: 'A proposal to approve, as it was looked at.' })
export class ApproveProgrammeTermsInput implements TermsDecision {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => String, CONTENT_HASH)
  contentHash!: string;
}

@InputType('WithdrawProgrammeTermsInput', { description: 'A proposal to take back, as it was looked at.' })
export class WithdrawProgrammeTermsInput implements TermsDecision {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => String, CONTENT_HASH)
  contentHash!: string;
}

@ObjectType('ProposeProgrammeTermsSuccess', { description: 'The terms wait for the approval of another person.' })
class ProposeProgrammeTermsSuccess {
  @Field(() => TermsChangeType, { description: 'The proposal.' })
  change!: TermsChangeType;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@ObjectType('ApproveProgrammeTermsSuccess', {
  description: 'Members are told, and the terms take effect when they say.',
})
class ApproveProgrammeTermsSuccess {
  @Field(() => TermsChangeType, { description: 'The change.' })
  change!: TermsChangeType;
  @Field(() => BigIntScalar, RULE_BOOK_VERSION)
  ruleBookVersion!: bigint;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@ObjectType('WithdrawProgrammeTermsSuccess', { description: 'The proposal can no longer be approved.' })
class WithdrawProgrammeTermsSuccess {
  @Field(() => TermsChangeType, { description: 'The proposal.' })
  change!: TermsChangeType;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@ObjectType('TermsNoticeTooShort', {
  implements: RefusalInterface,
  description: 'The terms would take effect before the days of notice are over.',
})
export class TermsNoticeTooShort extends RefusalInterface {
  @Field(() => DateTimeScalar, { description: 'From when on they may take effect.' })
  earliestAt!: Date;
}
const TermsNotChangeable = defineRefusalType('TermsNotChangeable', 'These terms stay as the programme was founded.');
const GUARDS = [
  TermsNoticeTooShort,
  TermsNotChangeable,
  NotAfterLatestVersion,
  ReimbursementAboveFaceValue,
  ArbitrageLoop,
];

export const ProposeProgrammeTermsResult = defineResult(
  'ProposeProgrammeTermsResult',
  ProposeProgrammeTermsSuccess,
  GUARDS,
);
export const ApproveProgrammeTermsResult = defineResult('ApproveProgrammeTermsResult', ApproveProgrammeTermsSuccess, [
  ...GUARDS,
  ProposalChanged,
  SelfApproval,
]);
export const WithdrawProgrammeTermsResult = defineResult(
  'WithdrawProgrammeTermsResult',
  WithdrawProgrammeTermsSuccess,
  [ProposalChanged],
);
