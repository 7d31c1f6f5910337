import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { confirmPartnerLink } from '../app/confirm-partner-link';
import { enrolMember } from '../app/enrol-member';
import type { MembersContext } from './context';
import {
  answer,
  ConfirmPartnerLinkInput,
  ConfirmPartnerLinkResult,
  EnrolMemberInput,
  EnrolMemberResult,
} from './member.type';

/** Enrolling, and what members decide about partners. */
@Resolver()
export class MemberMutation {
  @Mutation(() => EnrolMemberResult, {
    description: 'Makes somebody a member and links them to the calling partner. Partner with members:enrol, admin.',
  })
  enrolMember(
    @Arg('input', () => EnrolMemberInput, { description: 'The person.' }) input: EnrolMemberInput,
    @Ctx() { setting, principal }: MembersContext,
  ): Promise<object> {
    return answer('EnrolMemberSuccess', input, () => enrolMember(setting, principal, input));
  }

  @Mutation(() => ConfirmPartnerLinkResult, {
    description: 'Lets a partner that enrolled the member read and redeem. Member.',
  })
  confirmPartnerLink(
    @Arg('input', () => ConfirmPartnerLinkInput, { description: 'The partner.' }) input: ConfirmPartnerLinkInput,
    @Ctx() { setting, principal }: MembersContext,
  ): Promise<object> {
    return answer('ConfirmPartnerLinkSuccess', input, () => confirmPartnerLink(setting, principal, input));
  }
}
