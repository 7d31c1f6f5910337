import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { defineResult } from '../../../kernel/graph/result';
import { ConditionNotValid } from '../../../kernel/graph/rule-terms-types';
import { BigIntScalar, DateTimeScalar, JSONObjectScalar } from '../../../kernel/graph/scalars';
import type { ProposalDecision } from '../app/propose-contract';
import { ProposalChanged, ProposalStateName, SelfApproval } from './contract-proposal.type';
import { SetEarningRuleInput } from './partner.type';
import { IDEMPOTENCY_KEY, PARTNER_ID } from './partner.type';
import { ChangeCampaignInput, CreateCampaignInput, SetPurchaseRuleInput } from './purchase-rule.type';
import { ArbitrageLoop, NotAfterLatestVersion, REPLAYED, RULE_BOOK_VERSION, RuleCodeTaken } from './result.type';

const CHANGE = (mutation: string) => ({
  nullable: true,
  description: `What ${mutation} would take; its own key names nothing here.`,
});
const HASH = { description: 'An open proposal’s `contentHash`, as it was looked at.' };

@InputType('ProposeRuleInput', { description: 'A change of what purchases earn; exactly one of the four.' })
export class ProposeRuleInput {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => SetPurchaseRuleInput, CHANGE('setPurchaseRule'))
  setPurchaseRule?: SetPurchaseRuleInput | null;
  @Field(() => CreateCampaignInput, CHANGE('createCampaign'))
  createCampaign?: CreateCampaignInput | null;
  @Field(() => ChangeCampaignInput, CHANGE('changeCampaign'))
  changeCampaign?: ChangeCampaignInput | null;
  @Field(() => SetEarningRuleInput, CHANGE('setEarningRule'))
  setEarningRule?: SetEarningRuleInput | null;
}

@InputType('ApproveRuleInput', { description: 'A proposed rule to set, as it was looked at.' })
export class ApproveRuleInput implements ProposalDecision {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => ID, PARTNER_ID)
  partnerId!: string;
  @Field(() => String, HASH)
  contentHash!: string;
}

@InputType('WithdrawRuleInput', { description: 'A proposed rule to take back, as it was looked at.' })
export class WithdrawRuleInput implements ProposalDecision {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => ID, PARTNER_ID)
  partnerId!: string;
  @Field(() => String, HASH)
  contentHash!: string;
}

@ObjectType('RuleProposal', { description: 'A change of what purchases earn that waits for another person, or did.' })
export class RuleProposalType {
  @Field(() => ID, { description: 'The proposal’s id.' })
  id!: string;
  @Field(() => String, { description: 'The mutation it stands for, such as `setPurchaseRule`.' })
  operation!: string;
  @Field(() => String, { description: 'The rule’s code; `base rate` for the partner’s base rate.' })
  code!: string;
  @Field(() => JSONObjectScalar, { description: 'What would be set, in the words of that mutation’s input.' })
  change!: object;
  @Field(() => Int, { description: 'The number its version would have.' })
  version!: number;
  @Field(() => Int, {
    nullable: true,
    description: 'The most a purchase could bring back with it, in basis points of its price; null: there is no most.',
  })
  rebateBps!: number | null;
  @Field(() => Int, { nullable: true, description: 'What one person may decide, in basis points; null: anything.' })
  limitBps!: number | null;
  @Field(() => String, { description: 'What an approval is bound to: a hash of all that would be set.' })
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

@ObjectType('ProposeRuleSuccess', { description: 'The change waits for the approval of another person.' })
class ProposeRuleSuccess {
  @Field(() => RuleProposalType, { description: 'The proposal.' })
  proposal!: RuleProposalType;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@ObjectType('ApproveRuleSuccess', { description: 'The change was set.' })
class ApproveRuleSuccess {
  @Field(() => RuleProposalType, { description: 'The proposal.' })
  proposal!: RuleProposalType;
  @Field(() => BigIntScalar, RULE_BOOK_VERSION)
  ruleBookVersion!: bigint;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@ObjectType('WithdrawRuleSuccess', { description: 'The proposal can no longer be approved.' })
class WithdrawRuleSuccess {
  @Field(() => RuleProposalType, { description: 'The proposal.' })
  proposal!: RuleProposalType;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

const GUARDS = [ConditionNotValid, RuleCodeTaken, NotAfterLatestVersion, ArbitrageLoop];

export const ProposeRuleResult = defineResult('ProposeRuleResult', ProposeRuleSuccess, GUARDS);
export const ApproveRuleResult = defineResult('ApproveRuleResult', ApproveRuleSuccess, [
  ...GUARDS,
  ProposalChanged,
  SelfApproval,
]);
export const WithdrawRuleResult = defineResult('WithdrawRuleResult', WithdrawRuleSuccess, [ProposalChanged]);
