import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { addPartner } from '../app/add-partner';
import { agreeContract } from '../app/agree-contract';
import { createProgramme } from '../app/create-programme';
import { setActionRule } from '../app/set-action-rule';
import { setEarningRule } from '../app/set-earning-rule';
import { suspendPartner } from '../app/suspend-partner';
import type { PartnersContext } from './context';
import { AgreeContractInput } from './contract.type';
import { AddPartnerInput, SetActionRuleInput, SetEarningRuleInput, SuspendPartnerInput } from './partner.type';
import { CreateProgrammeInput } from './programme.type';
import {
  AddPartnerResult,
  AgreeContractResult,
  answer,
  CreateProgrammeResult,
  SetActionRuleResult,
  SetEarningRuleResult,
  SuspendPartnerResult,
} from './result.type';

/** Changes of the rule book. */
@Resolver()
export class RuleBookMutation {
  @Mutation(() => CreateProgrammeResult, { description: 'Founds a programme. Host.' })
  createProgramme(
    @Arg('input', () => CreateProgrammeInput, { description: 'The programme.' }) input: CreateProgrammeInput,
    @Ctx() { setting, principal }: PartnersContext,
  ): Promise<object> {
    return answer('CreateProgrammeSuccess', input, () => createProgramme(setting, principal, input));
  }

  @Mutation(() => AddPartnerResult, { description: 'Takes a business into the coalition. Admin.' })
  addPartner(
    @Arg('input', () => AddPartnerInput, { description: 'The business.' }) input: AddPartnerInput,
    @Ctx() { setting, principal }: PartnersContext,
  ): Promise<object> {
    return answer('AddPartnerSuccess', input, () => addPartner(setting, principal, input));
  }

  @Mutation(() => AgreeContractResult, {
    description:
      'Proposes and approves the next version of a partner’s contract at once, in a sandbox with a single approver. Admin.',
  })
  agreeContract(
    @Arg('input', () => AgreeContractInput, { description: 'The terms.' }) input: AgreeContractInput,
    @Ctx() { setting, principal }: PartnersContext,
  ): Promise<object> {
    return answer('AgreeContractSuccess', input, () => agreeContract(setting, principal, input));
  }

  @Mutation(() => SetEarningRuleResult, {
    description: 'Sets the next version of what a purchase at a partner earns. Admin.',
  })
  setEarningRule(
    @Arg('input', () => SetEarningRuleInput, { description: 'The rate.' }) input: SetEarningRuleInput,
    @Ctx() { setting, principal }: PartnersContext,
  ): Promise<object> {
    return answer('SetEarningRuleSuccess', input, () => setEarningRule(setting, principal, input));
  }

  @Mutation(() => SetActionRuleResult, {
    description: 'Sets the next version of what a member gets for an action at a partner. Admin.',
  })
  setActionRule(
    @Arg('input', () => SetActionRuleInput, { description: 'The reward.' }) input: SetActionRuleInput,
    @Ctx() { setting, principal }: PartnersContext,
  ): Promise<object> {
    return answer('SetActionRuleSuccess', input, () => setActionRule(setting, principal, input));
  }

  @Mutation(() => SuspendPartnerResult, { description: 'Stops a partner’s sales from earning, at once. Admin.' })
  suspendPartner(
    @Arg('input', () => SuspendPartnerInput, { description: 'The partner and why.' }) input: SuspendPartnerInput,
    @Ctx() { setting, principal }: PartnersContext,
  ): Promise<object> {
    return answer('SuspendPartnerSuccess', input, () => suspendPartner(setting, principal, input));
  }
}
