import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { isRefusal, type Refusal } from '../../../kernel/errors/refusal';
import { approveRule, proposeRule, withdrawRule } from '../app/propose-rule';
import type { Partner } from '../core/partner';
import type { RuleChange, RuleProposal } from '../core/rule-proposal';
import type { PartnersContext } from './context';
import { PartnerType } from './partner.type';
import { answer } from './result.type';
import {
  ApproveRuleInput,
  ApproveRuleResult,
  ProposeRuleInput,
  ProposeRuleResult,
  RuleProposalType,
  WithdrawRuleInput,
  WithdrawRuleResult,
} from './rule-proposal.type';

/** Rules proposed, approved, and looked back at. */
@Resolver(() => PartnerType)
export class RuleProposalMutation {
  @Mutation(() => ProposeRuleResult, {
    description:
      'Proposes a change of what purchases earn, in the place of an open proposal of the same code; for what brings back more than one ' +
      'person may decide. Admin.',
  })
  proposeRule(
    @Arg('input', () => ProposeRuleInput, { description: 'The change.' }) input: ProposeRuleInput,
    @Ctx() { setting, principal }: PartnersContext,
  ): Promise<object> {
    const change = changeIn(input);
    const { idempotencyKey } = input;
    return answer('ProposeRuleSuccess', input, async () =>
      shown(await proposeRule(setting, principal, { idempotencyKey, change })),
    );
  }

  @Mutation(() => ApproveRuleResult, {
    description: 'Sets a proposed rule as it was looked at. Admin or finance; another person than the proposer.',
  })
  approveRule(
    @Arg('input', () => ApproveRuleInput, { description: 'The proposal.' }) input: ApproveRuleInput,
    @Ctx() { setting, principal }: PartnersContext,
  ): Promise<object> {
    return answer('ApproveRuleSuccess', input, async () => shown(await approveRule(setting, principal, input)));
  }

  @Mutation(() => WithdrawRuleResult, { description: 'Takes back an open proposal of a rule. Admin.' })
  withdrawRule(
    @Arg('input', () => WithdrawRuleInput, { description: 'The proposal.' }) input: WithdrawRuleInput,
    @Ctx() { setting, principal }: PartnersContext,
  ): Promise<object> {
    return answer('WithdrawRuleSuccess', input, async () => shown(await withdrawRule(setting, principal, input)));
  }

  @FieldResolver(() => [RuleProposalType], {
    description: 'Rules that were proposed for it, newest first; empty for all but those who run the programme.',
  })
  async ruleProposals(@Root() partner: Partner, @Ctx() { loaders }: PartnersContext): Promise<object[]> {
    return (await loaders.ruleProposals.load(partner.id)).map(shownProposal);
  }
}

function changeIn(input: ProposeRuleInput): RuleChange | null {
  const names = ['setPurchaseRule', 'createCampaign', 'changeCampaign', 'setEarningRule'] as const;
  const changes = names.flatMap((operation): RuleChange[] => {
    const given = input[operation];
    return given == null ? [] : [{ operation, input: given } as RuleChange];
  });
  return changes.length === 1 ? (changes[0] ?? null) : null;
}

function shown<Success extends { proposal: RuleProposal }>(outcome: Success | Refusal) {
  return isRefusal(outcome) ? outcome : { ...outcome, proposal: shownProposal(outcome.proposal) };
}

/** Whole numbers of the change as text, as its mutation takes them. */
function shownProposal({ change, ...proposal }: RuleProposal) {
  const { idempotencyKey: _, ...input } = change.input;
  const text = JSON.stringify(input, (_name, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
  return { ...proposal, operation: change.operation, change: JSON.parse(text) as object };
}
