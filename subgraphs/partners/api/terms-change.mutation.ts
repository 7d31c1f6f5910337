import { Arg, Ctx, FieldResolver, Int, Mutation, Resolver, Root } from 'type-graphql';
import { approveProgrammeTerms, proposeProgrammeTerms, withdrawProgrammeTerms } from '../app/change-terms';
import { findTermsVersionOf, readTermsChanges } from '../app/find-programme';
import type { Programme } from '../core/programme';
import type { TermsChange } from '../core/terms-change';
import type { PartnersContext } from './context';
import { ProgrammeType } from './programme.type';
import { answer } from './result.type';
import {
  ApproveProgrammeTermsInput,
  ApproveProgrammeTermsResult,
  ProposeProgrammeTermsInput,
  ProposeProgrammeTermsResult,
  TermsChangeType,
  WithdrawProgrammeTermsInput,
  WithdrawProgrammeTermsResult,
} from './terms-change.type';

/** Terms of a programme proposed, approved, and looked back at. */
@Resolver(() => ProgrammeType)
export class TermsChangeMutation {
  @Mutation(() => ProposeProgrammeTermsResult, {
    description: 'Proposes the programme’s next terms, in the place of an open proposal. Admin.',
  })
  proposeProgrammeTerms(
    @Arg('input', () => ProposeProgrammeTermsInput, { description: 'The terms.' }) input: ProposeProgrammeTermsInput,
    @Ctx() { setting, principal }: PartnersContext,
  ): Promise<object> {
    return answer('ProposeProgrammeTermsSuccess', input, () => proposeProgrammeTerms(setting, principal, input));
  }

  @Mutation(() => ApproveProgrammeTermsResult, {
    description:
      'Agrees the proposed terms as they were looked at, and tells members. Admin or finance; another person than the proposer.',
  })
  approveProgrammeTerms(
    @Arg('input', () => ApproveProgrammeTermsInput, { description: 'The proposal.' }) input: ApproveProgrammeTermsInput,
    @Ctx() { setting, principal }: PartnersContext,
  ): Promise<object> {
    return answer('ApproveProgrammeTermsSuccess', input, () => approveProgrammeTerms(setting, principal, input));
  }

  @Mutation(() => WithdrawProgrammeTermsResult, { description: 'Takes back the open proposal of terms. Admin.' })
  withdrawProgrammeTerms(
    @Arg('input', () => WithdrawProgrammeTermsInput, { description: 'The proposal.' })
    input: WithdrawProgrammeTermsInput,
    @Ctx() { setting, principal }: PartnersContext,
  ): Promise<object> {
    return answer('WithdrawProgrammeTermsSuccess', input, () => withdrawProgrammeTerms(setting, principal, input));
  }

  @FieldResolver(() => Int, { description: 'The version of the terms in force now; those of the founding are 1.' })
  termsVersion(@Root() programme: Programme, @Ctx() { setting }: PartnersContext): Promise<number> {
    return findTermsVersionOf(setting, programme.id);
  }

  @FieldResolver(() => [TermsChangeType], {
    description: 'Approved changes of its terms by version, later ones too; proposals only for those who run it.',
  })
  termsChanges(@Root() programme: Programme, @Ctx() { setting, principal }: PartnersContext): Promise<TermsChange[]> {
    return readTermsChanges(setting, principal, programme.id);
  }
}
