import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { addBranch, closeBranch } from '../app/change-branch';
import type { Branch } from '../core/branch';
import type { Partner } from '../core/partner';
import { AddBranchInput, AddBranchResult, BranchType, CloseBranchInput, CloseBranchResult } from './branch.type';
import type { PartnersContext } from './context';
import { PartnerType } from './partner.type';
import { answer } from './result.type';

/** Places of partners. */
@Resolver(() => PartnerType)
export class BranchMutation {
  @Mutation(() => AddBranchResult, {
    description: 'Declares a place of a partner; from the first on, purchases name declared places or none. Admin.',
  })
  addBranch(
    @Arg('input', () => AddBranchInput, { description: 'The place.' }) input: AddBranchInput,
    @Ctx() { setting, principal }: PartnersContext,
  ): Promise<object> {
    return answer('AddBranchSuccess', input, () => addBranch(setting, principal, input));
  }

  @Mutation(() => CloseBranchResult, { description: 'Closes a place of a partner from now on. Admin.' })
  closeBranch(
    @Arg('input', () => CloseBranchInput, { description: 'The place.' }) input: CloseBranchInput,
    @Ctx() { setting, principal }: PartnersContext,
  ): Promise<object> {
    return answer('CloseBranchSuccess', input, () => closeBranch(setting, principal, input));
  }

  @FieldResolver(() => [BranchType], {
    description: 'Its places, by code, closed ones as well; known to everyone of the programme.',
  })
  branches(@Root() partner: Partner, @Ctx() { loaders }: PartnersContext): Promise<Branch[]> {
    return loaders.branches.load(partner.id);
  }
}
