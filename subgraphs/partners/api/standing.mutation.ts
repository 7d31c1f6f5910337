import { Arg, Ctx, Directive, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { DateTimeScalar } from '../../../kernel/graph/scalars';
import { mayReadTermsOf } from '../app/authorise';
import { liftSuspension, partnerHasLeft, partnerLeaves } from '../app/change-standing';
import type { Partner } from '../core/partner';
import type { PartnersContext } from './context';
import { LiftSuspensionInput, PartnerLeavesInput, PartnerType } from './partner.type';
import { answer, LiftSuspensionResult, PartnerLeavesResult } from './result.type';

/** Where partners stand: coming back, and leaving. */
@Resolver(() => PartnerType)
export class StandingMutation {
  @Mutation(() => LiftSuspensionResult, { description: 'Lets a suspended partner do business again. Admin.' })
  liftSuspension(
    @Arg('input', () => LiftSuspensionInput, { description: 'The partner and why.' }) input: LiftSuspensionInput,
    @Ctx() { setting, principal }: PartnersContext,
  ): Promise<object> {
    return answer('LiftSuspensionSuccess', input, () => liftSuspension(setting, principal, input));
  }

  @Mutation(() => PartnerLeavesResult, {
    description: 'Begins a partner’s leaving: it earns and redeems no more, and its points run off. Admin.',
  })
  partnerLeaves(
    @Arg('input', () => PartnerLeavesInput, { description: 'The partner and why.' }) input: PartnerLeavesInput,
    @Ctx() { setting, principal }: PartnersContext,
  ): Promise<object> {
    return answer('PartnerLeavesSuccess', input, () => partnerLeaves(setting, principal, input));
  }

  @Directive('@inaccessible')
  @Mutation(() => PartnerLeavesResult, {
    description: 'Ends a partner’s leaving, when its points have run off. The ledger.',
  })
  partnerHasLeft(
    @Arg('input', () => PartnerLeavesInput, { description: 'The partner and why.' }) input: PartnerLeavesInput,
    @Ctx() { setting, principal }: PartnersContext,
  ): Promise<object> {
    return answer('PartnerLeavesSuccess', input, () => partnerHasLeft(setting, principal, input));
  }

  @FieldResolver(() => DateTimeScalar, {
    nullable: true,
    description: 'Since when it is leaving; null while it is not. For itself and those who run the programme.',
  })
  leavingSince(@Root() partner: Partner, @Ctx() { principal }: PartnersContext): Date | null {
    return mayReadTermsOf(principal, partner.id) ? partner.leavingSince : null;
  }
}
