import { Arg, Ctx, Directive, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { isRefusal } from '../../../kernel/errors/refusal';
import { graphFault } from '../../../kernel/graph/fault';
import { MemberRefInput } from '../../../kernel/graph/shared-types';
import { findMemberStanding, type MemberStanding } from '../app/member-standing';
import { findReferred } from '../app/read-members';
import type { MemberView } from '../core/member';
import type { PartnerLink } from '../core/partner-link';
import type { MembersContext } from './context';
import { MemberStandingType, MemberType, PartnerLinkType } from './member.type';

/** Members, read. */
@Resolver(() => MemberType)
export class MemberQuery {
  @Query(() => MemberType, {
    nullable: true,
    description: 'The member whose token is calling; null for other callers.',
  })
  async me(@Ctx() { principal, loaders }: MembersContext): Promise<MemberView | null> {
    return principal.kind === 'member' ? loaders.member.load(principal.memberId) : null;
  }

  @Query(() => MemberType, {
    nullable: true,
    description:
      'A member. To a partner only members that opened themselves to it are there; to a member only the member itself.',
  })
  async member(
    @Arg('ref', () => MemberRefInput, { description: 'By id or by identity.' }) ref: MemberRefInput,
    @Ctx() { setting, principal, loaders }: MembersContext,
  ): Promise<MemberView | null> {
    if ((ref.id == null) === (ref.identity == null))
      throw graphFault('INVALID_INPUT', 'ref: give exactly one of id and identity');
    const id = await findReferred(setting, principal, ref);
    return id === null ? null : loaders.openMember.load(id);
  }

  @Directive('@inaccessible')
  @Query(() => MemberStandingType, {
    nullable: true,
    description: 'Who is behind a blind index or an id. The hub’s own subgraphs.',
  })
  async memberStanding(
    @Arg('blindIndex', () => String, { nullable: true, description: 'Blind index of an identity.' })
    blindIndex: string | null,
    @Arg('memberId', () => ID, { nullable: true, description: 'The member’s id; not used when `blindIndex` is given.' })
    memberId: string | null,
    @Ctx() { setting, principal }: MembersContext,
  ): Promise<MemberStanding | null> {
    const standing = await findMemberStanding(setting, principal, { blindIndex, memberId });
    if (isRefusal(standing)) throw graphFault('FORBIDDEN', standing.message);
    return standing;
  }

  @FieldResolver(() => [PartnerLinkType], {
    description:
      'The partners that enrolled the member: all for the member itself and the operator, its own for a partner.',
  })
  async partnerLinks(@Root() member: MemberView, @Ctx() { loaders }: MembersContext): Promise<PartnerLink[]> {
    return loaders.partnerLinks.load(member.id);
  }
}
