import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { defineRefusalType, defineResult } from '../../../kernel/graph/result';
import { BigIntScalar, DateTimeScalar } from '../../../kernel/graph/scalars';
import type { ProposalDecision } from '../app/propose-contract';
import { ContractType, ContractTermsType } from './contract.type';
import { IDEMPOTENCY_KEY, PARTNER_ID } from './partner.type';
import {
  ArbitrageLoop,
  IssuanceBelowReimbursement,
  NotAfterLatestVersion,
  ReimbursementAboveFaceValue,
  ReimbursementAboveReserve,
  REPLAYED,
  RULE_BOOK_VERSION,
} from './result.type';

/** What became of a proposal. */
export enum ProposalStateName {
  OPEN = 'OPEN',
  APPROVED = 'APPROVED',
  WITHDRAWN = 'WITHDRAWN',
  REPLACED = 'REPLACED',
}
registerEnumType(ProposalStateName, {
  name: 'ProposalState',
  description: 'What became of a proposal.',
  valuesConfig: {
    OPEN: { description: 'It can be approved.' },
    APPROVED: { description: 'It is a version of the contract.' },
    WITHDRAWN: { description: 'It was taken back.' },
    REPLACED: { description: 'A later proposal took its place.' },
  },
});

@ObjectType('ContractProposal', { description: 'Terms proposed as the next version of a partner’s contract.' })
export class ContractProposalType {
  @Field(() => ID, { description: 'The proposal’s id.' })
  id!: string;
  @Field(() => Int, { description: 'The number its version would have.' })
  version!: number;
  @Field(() => ContractTermsType, { description: 'What would be agreed.' })
  terms!: ContractTermsType;
  @Field(() => String, { description: 'What an approval is bound to: a hash of all that would be agreed.' })
  contentHash!: string;
  @Field(() => ProposalStateName, { description: 'What became of it.' })
  state!: ProposalStateName;
  @Field(() => String, { description: 'Who proposed it.' })
  proposedBy!: string;
  @Field(() => DateTimeScalar, { description: 'When it was proposed.' })
  proposedAt!: Date;
  @Field(() => String, { nullable: true, description: 'Who approved, withdrew or replaced it; null while it is open.' })
  decidedBy!: string | null;
  @Field(() => DateTimeScalar, { nullable: true, description: 'When that was; null while it is open.' })
  decidedAt!: Date | null;
}

@InputType('ApproveContractInput', { description: 'A proposal to approve, as it was looked at.' })
export class ApproveContractInput implements ProposalDecision {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => ID, PARTNER_ID)
  partnerId!: string;
  @Field(() => String, { description: 'The open proposal’s `contentHash`, as it was looked at.' })
  contentHash!: string;
}

@InputType('WithdrawContractInput', { description: 'A proposal to take back, as it was looked at.' })
export class WithdrawContractInput implements ProposalDecision {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => ID, PARTNER_ID)
  partnerId!: string;
  @Field(() => String, { description: 'The open proposal’s `contentHash`, as it was looked at.' })
  contentHash!: string;
}

@ObjectType('ProposeContractSuccess', { description: 'The terms wait for the approval of another person.' })
class ProposeContractSuccess {
  @Field(() => ContractProposalType, { description: 'The proposal.' })
  proposal!: ContractProposalType;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@ObjectType('ApproveContractSuccess', { description: 'The version was agreed.' })
class ApproveContractSuccess {
  @Field(() => ContractType, { description: 'The version.' })
  contract!: ContractType;
  @Field(() => BigIntScalar, RULE_BOOK_VERSION)
  ruleBookVersion!: bigint;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@ObjectType('WithdrawContractSuccess', { description: 'The proposal can no longer be approved.' })
class WithdrawContractSuccess {
  @Field(() => ContractProposalType, { description: 'The proposal.' })
  proposal!: ContractProposalType;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

export const ProposalChanged = defineRefusalType('ProposalChanged', 'What would be decided is not what is proposed.');
export const SelfApproval = defineRefusalType('SelfApproval', 'It was proposed by the same principal.');
const GUARDS = [
  ReimbursementAboveFaceValue,
  IssuanceBelowReimbursement,
  ReimbursementAboveReserve,
  NotAfterLatestVersion,
  ArbitrageLoop,
];

export const ProposeContractResult = defineResult('ProposeContractResult', ProposeContractSuccess, GUARDS);
export const ApproveContractResult = defineResult('ApproveContractResult', ApproveContractSuccess, [
  ...GUARDS,
  ProposalChanged,
  SelfApproval,
]);
export const WithdrawContractResult = defineResult('WithdrawContractResult', WithdrawContractSuccess, [
  ProposalChanged,
]);
