import { Field, Int, ObjectType } from 'type-graphql';
import { answerer, defineRefusalType, defineResult } from '../../../kernel/graph/result';
import { ConditionNotValid } from '../../../kernel/graph/rule-terms-types';
import { BigIntScalar, DateTimeScalar } from '../../../kernel/graph/scalars';
import { RefusalInterface } from '../../../kernel/graph/shared-types';
import { partnersRefusals } from '../core/refusals';
import { ContractType } from './contract.type';
import { ActionRuleType, EarningRuleType, PartnerKeyType, PartnerType } from './partner.type';
import { ProgrammeType } from './programme.type';

/** Reads a mutation's input, calls its use case, presents what came of it. */
export const answer = answerer(partnersRefusals);

export const RULE_BOOK_VERSION = {
  description: 'Version of the rule book that holds this change; rises by one with every change of the programme.',
};
export const REPLAYED = { description: 'Whether this is the stored outcome of an earlier call with the same key.' };

const ProgrammeKeyTaken = defineRefusalType('ProgrammeKeyTaken', 'Another programme of this hub has the key.');
const SingleApproverNeedsSandbox = defineRefusalType(
  'SingleApproverNeedsSandbox',
  'Only in a sandbox may the proposer of a settlement step approve it.',
);
const PartnerCodeTaken = defineRefusalType('PartnerCodeTaken', 'Another partner of the programme has the code.');
const PartnerSuspended = defineRefusalType('PartnerSuspended', 'The partner is suspended.');
const PartnerNotSuspended = defineRefusalType('PartnerNotSuspended', 'The partner is not suspended.');
const PartnerLeaving = defineRefusalType('PartnerLeaving', 'The partner is leaving the coalition.');
const ApprovalNeeded = defineRefusalType('ApprovalNeeded', 'Another person must approve a contract of this programme.');
const TooManyKeys = defineRefusalType('TooManyKeys', 'The partner has as many active keys as it may.');

@ObjectType('ReimbursementAboveFaceValue', {
  implements: RefusalInterface,
  description: 'The contract would pay a redeemer more for a point than the point is worth.',
})
export class ReimbursementAboveFaceValue extends RefusalInterface {
  @Field(() => BigIntScalar, { description: 'What was asked for, in millionths of a major unit.' })
  reimbursementMicros!: bigint;
  @Field(() => BigIntScalar, { description: 'The most it may be: the value of a point shown to members.' })
  faceValueMicros!: bigint;
}

@ObjectType('IssuanceBelowReimbursement', {
  implements: RefusalInterface,
  description: 'Points would cost their issuer less at issuance than a redeemer is paid for them.',
})
export class IssuanceBelowReimbursement extends RefusalInterface {
  @Field(() => BigIntScalar, { description: 'What the issuer would pay for a point, in millionths of a major unit.' })
  issuanceMicros!: bigint;
  @Field(() => BigIntScalar, { description: 'What a redeemer would be paid for it, in millionths of a major unit.' })
  reimbursementMicros!: bigint;
}

@ObjectType('ReimbursementAboveReserve', {
  implements: RefusalInterface,
  description: 'A redeemer would be paid more for a point than was reserved for points that may be outstanding.',
})
export class ReimbursementAboveReserve extends RefusalInterface {
  @Field(() => BigIntScalar, { description: 'What was asked for, in millionths of a major unit.' })
  reimbursementMicros!: bigint;
  @Field(() => BigIntScalar, {
    description: 'The most it may be: the lowest price reserved for points funded earlier.',
  })
  reserveMicros!: bigint;
}

export const RuleCodeTaken = defineRefusalType(
  'RuleCodeTaken',
  'The partner has another rule or campaign of the code.',
);

@ObjectType('ArbitrageLoop', {
  implements: RefusalInterface,
  description: 'With the change somebody could go round for ever at other people’s cost.',
})
export class ArbitrageLoop extends RefusalInterface {
  @Field(() => [String], { description: 'How it goes, step by step.' })
  loop!: string[];
}

@ObjectType('RebateAboveLimit', {
  implements: RefusalInterface,
  description: 'A purchase could bring back more of its price as points than one person may decide.',
})
export class RebateAboveLimit extends RefusalInterface {
  @Field(() => Int, { nullable: true, description: 'The most, in basis points; null: there is no most.' })
  rebateBps!: number | null;
  @Field(() => Int, { description: 'What one person may decide, in basis points.' })
  limitBps!: number;
}

@ObjectType('NotAfterLatestVersion', {
  implements: RefusalInterface,
  description: 'The new version would begin no later than the latest one.',
})
export class NotAfterLatestVersion extends RefusalInterface {
  @Field(() => DateTimeScalar, { description: 'When the latest version begins; the new one must begin later.' })
  latestValidFrom!: Date;
}

@ObjectType('CreateProgrammeSuccess', { description: 'The programme was founded.' })
class CreateProgrammeSuccess {
  @Field(() => ProgrammeType, { description: 'The programme.' })
  programme!: ProgrammeType;
  @Field(() => BigIntScalar, RULE_BOOK_VERSION)
  ruleBookVersion!: bigint;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@ObjectType('AddPartnerSuccess', { description: 'The business joined.' })
class AddPartnerSuccess {
  @Field(() => PartnerType, { description: 'The partner.' })
  partner!: PartnerType;
  @Field(() => BigIntScalar, RULE_BOOK_VERSION)
  ruleBookVersion!: bigint;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@ObjectType('AgreeContractSuccess', { description: 'The version was agreed.' })
class AgreeContractSuccess {
  @Field(() => ContractType, { description: 'The version.' })
  contract!: ContractType;
  @Field(() => BigIntScalar, RULE_BOOK_VERSION)
  ruleBookVersion!: bigint;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@ObjectType('SetEarningRuleSuccess', { description: 'The version was set.' })
class SetEarningRuleSuccess {
  @Field(() => EarningRuleType, { description: 'The version.' })
  earningRule!: EarningRuleType;
  @Field(() => BigIntScalar, RULE_BOOK_VERSION)
  ruleBookVersion!: bigint;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@ObjectType('SetActionRuleSuccess', { description: 'The version was set.' })
class SetActionRuleSuccess {
  @Field(() => ActionRuleType, { description: 'The version.' })
  actionRule!: ActionRuleType;
  @Field(() => BigIntScalar, RULE_BOOK_VERSION)
  ruleBookVersion!: bigint;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@ObjectType('SuspendPartnerSuccess', { description: 'The partner is suspended from now on.' })
class SuspendPartnerSuccess {
  @Field(() => PartnerType, { description: 'The partner.' })
  partner!: PartnerType;
  @Field(() => BigIntScalar, RULE_BOOK_VERSION)
  ruleBookVersion!: bigint;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@ObjectType('LiftSuspensionSuccess', { description: 'The partner does business again.' })
class LiftSuspensionSuccess {
  @Field(() => PartnerType, { description: 'The partner.' })
  partner!: PartnerType;
  @Field(() => BigIntScalar, RULE_BOOK_VERSION)
  ruleBookVersion!: bigint;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@ObjectType('PartnerLeavesSuccess', { description: 'The partner is leaving; its points run off.' })
class PartnerLeavesSuccess {
  @Field(() => PartnerType, { description: 'The partner.' })
  partner!: PartnerType;
  @Field(() => BigIntScalar, RULE_BOOK_VERSION)
  ruleBookVersion!: bigint;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@ObjectType('IssuePartnerKeySuccess', { description: 'The key was issued.' })
class IssuePartnerKeySuccess {
  @Field(() => PartnerKeyType, { description: 'The key, without its text.' })
  key!: PartnerKeyType;
  @Field(() => String, {
    nullable: true,
    description: 'The credential itself, shown this once and stored nowhere; null when the answer is a repeat.',
  })
  keyText!: string | null;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@ObjectType('SetPartnerKeyAddressesSuccess', { description: 'The key may be used from there, and from nowhere else.' })
class SetPartnerKeyAddressesSuccess {
  @Field(() => PartnerKeyType, { description: 'The key.' })
  key!: PartnerKeyType;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@ObjectType('RevokePartnerKeySuccess', { description: 'The key opens nothing any more.' })
class RevokePartnerKeySuccess {
  @Field(() => PartnerKeyType, { description: 'The key.' })
  key!: PartnerKeyType;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

export const CreateProgrammeResult = defineResult('CreateProgrammeResult', CreateProgrammeSuccess, [
  ProgrammeKeyTaken,
  SingleApproverNeedsSandbox,
]);
export const AddPartnerResult = defineResult('AddPartnerResult', AddPartnerSuccess, [PartnerCodeTaken]);
export const AgreeContractResult = defineResult('AgreeContractResult', AgreeContractSuccess, [
  ReimbursementAboveFaceValue,
  IssuanceBelowReimbursement,
  ReimbursementAboveReserve,
  NotAfterLatestVersion,
  ApprovalNeeded,
  ArbitrageLoop,
]);
export const SetEarningRuleResult = defineResult('SetEarningRuleResult', SetEarningRuleSuccess, [
  NotAfterLatestVersion,
  ArbitrageLoop,
  RebateAboveLimit,
]);
export const SetActionRuleResult = defineResult('SetActionRuleResult', SetActionRuleSuccess, [
  ConditionNotValid,
  NotAfterLatestVersion,
]);
export const SuspendPartnerResult = defineResult('SuspendPartnerResult', SuspendPartnerSuccess, [
  PartnerSuspended,
  PartnerLeaving,
]);
export const LiftSuspensionResult = defineResult('LiftSuspensionResult', LiftSuspensionSuccess, [PartnerNotSuspended]);
export const PartnerLeavesResult = defineResult('PartnerLeavesResult', PartnerLeavesSuccess, [
  PartnerLeaving,
  defineRefusalType('PartnerStays', 'The partner is not on its way out.'),
]);
export const IssuePartnerKeyResult = defineResult('IssuePartnerKeyResult', IssuePartnerKeySuccess, [
  PartnerSuspended,
  PartnerLeaving,
  TooManyKeys,
]);
export const SetPartnerKeyAddressesResult = defineResult('SetPartnerKeyAddressesResult', SetPartnerKeyAddressesSuccess);
export const RevokePartnerKeyResult = defineResult('RevokePartnerKeyResult', RevokePartnerKeySuccess);
