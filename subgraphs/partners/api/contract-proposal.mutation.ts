import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { approveContract } from '../app/approve-contract';
import { proposeContract, withdrawContract } from '../app/propose-contract';
import type { Contract } from '../core/contract';
import type { ContractProposal } from '../core/contract-proposal';
import type { Partner } from '../core/partner';
import {
  ApproveContractInput,
  ApproveContractResult,
  ContractProposalType,
  ProposeContractResult,
  WithdrawContractInput,
  WithdrawContractResult,
} from './contract-proposal.type';
import { ContractType, ProposeContractInput } from './contract.type';
import type { PartnersContext } from './context';
import { PartnerType } from './partner.type';
import { answer } from './result.type';

/** Contracts proposed, approved, and looked back at. */
@Resolver(() => PartnerType)
export class ContractProposalMutation {
  @Mutation(() => ProposeContractResult, {
    description: 'Proposes the next version of a partner’s contract, in the place of an open proposal. Admin.',
  })
  proposeContract(
    @Arg('input', () => ProposeContractInput, { description: 'The terms.' }) input: ProposeContractInput,
    @Ctx() { setting, principal }: PartnersContext,
  ): Promise<object> {
    return answer('ProposeContractSuccess', input, () => proposeContract(setting, principal, input));
  }

  @Mutation(() => ApproveContractResult, {
    description: 'Agrees a proposed version as it was looked at. Admin or finance; another person than the proposer.',
  })
  approveContract(
    @Arg('input', () => ApproveContractInput, { description: 'The proposal.' }) input: ApproveContractInput,
    @Ctx() { setting, principal }: PartnersContext,
  ): Promise<object> {
    return answer('ApproveContractSuccess', input, () => approveContract(setting, principal, input));
  }

  @Mutation(() => WithdrawContractResult, { description: 'Takes back a partner’s open proposal. Admin.' })
  withdrawContract(
    @Arg('input', () => WithdrawContractInput, { description: 'The proposal.' }) input: WithdrawContractInput,
    @Ctx() { setting, principal }: PartnersContext,
  ): Promise<object> {
    return answer('WithdrawContractSuccess', input, () => withdrawContract(setting, principal, input));
  }

  @FieldResolver(() => [ContractType], {
    description:
      'Every version of its contract, oldest first; empty for all but itself and those who run the programme.',
  })
  async contracts(@Root() partner: Partner, @Ctx() { loaders }: PartnersContext): Promise<Contract[]> {
    return loaders.contracts.load(partner.id);
  }

  @FieldResolver(() => [ContractProposalType], {
    description: 'What was proposed for it, newest first; empty for all but those who run the programme.',
  })
  async contractProposals(@Root() partner: Partner, @Ctx() { loaders }: PartnersContext): Promise<ContractProposal[]> {
    return loaders.proposals.load(partner.id);
  }
}
