import { Arg, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';
import { graphFault } from '../../../kernel/graph/fault';
import { setMemberAttribute, setProfilingConsent } from '../app/change-facts';
import { changeSegment, createSegment } from '../app/change-segment';
import { readFacts, readSegments } from '../app/read-facts';
import type { MemberFacts } from '../core/member-facts';
import type { CountedSegment } from '../core/segment';
import type { MembersContext } from './context';
import { answer } from './member.type';
import {
  AddToSegmentInput,
  AddToSegmentResult,
  CountedSegmentType,
  CreateSegmentInput,
  CreateSegmentResult,
  MemberFactsType,
  RemoveFromSegmentInput,
  RemoveFromSegmentResult,
  SetMemberAttributeInput,
  SetMemberAttributeResult,
  SetProfilingConsentInput,
  SetProfilingConsentResult,
} from './segment.type';

/** Segments, consent and attributes: what rules may ask of members. */
@Resolver()
export class SegmentMutation {
  @Mutation(() => CreateSegmentResult, { description: 'Makes an empty list of members. Admin.' })
  createSegment(
    @Arg('input', () => CreateSegmentInput, { description: 'The list.' }) input: CreateSegmentInput,
    @Ctx() { setting, principal }: MembersContext,
  ): Promise<object> {
    return answer('CreateSegmentSuccess', input, () => createSegment(setting, principal, input));
  }

  @Mutation(() => AddToSegmentResult, { description: 'Puts up to 1,000 members on a list. Admin.' })
  addToSegment(
    @Arg('input', () => AddToSegmentInput, { description: 'The members.' }) input: AddToSegmentInput,
    @Ctx() { setting, principal }: MembersContext,
  ): Promise<object> {
    const change = { operation: 'addToSegment', input } as const;
    return answer('AddToSegmentSuccess', input, () => changeSegment(setting, principal, change));
  }

  @Mutation(() => RemoveFromSegmentResult, { description: 'Takes up to 1,000 members off a list. Admin.' })
  removeFromSegment(
    @Arg('input', () => RemoveFromSegmentInput, { description: 'The members.' }) input: RemoveFromSegmentInput,
    @Ctx() { setting, principal }: MembersContext,
  ): Promise<object> {
    const change = { operation: 'removeFromSegment', input } as const;
    return answer('RemoveFromSegmentSuccess', input, () => changeSegment(setting, principal, change));
  }

  @Mutation(() => SetProfilingConsentResult, {
    description:
      'Says whether what partners know of the member is kept and may choose what it is offered; false deletes it. Member.',
  })
  setProfilingConsent(
    @Arg('input', () => SetProfilingConsentInput, { description: 'The decision.' }) input: SetProfilingConsentInput,
    @Ctx() { setting, principal }: MembersContext,
  ): Promise<object> {
    return answer('SetProfilingConsentSuccess', input, () => setProfilingConsent(setting, principal, input));
  }

  @Mutation(() => SetMemberAttributeResult, {
    description:
      'Sets or removes what the partner knows of a member that opened itself to it. Partner with members:read.',
  })
  setMemberAttribute(
    @Arg('input', () => SetMemberAttributeInput, { description: 'The attribute.' }) input: SetMemberAttributeInput,
    @Ctx() { setting, principal }: MembersContext,
  ): Promise<object> {
    return answer('SetMemberAttributeSuccess', input, () => setMemberAttribute(setting, principal, input));
  }

  @Query(() => MemberFactsType, {
    nullable: true,
    description: 'What rules may ask of a member. The member itself, admin.',
  })
  memberFacts(
    @Arg('memberId', () => ID, { description: 'The member’s id.' }) memberId: string,
    @Ctx() { setting, principal }: MembersContext,
  ): Promise<MemberFacts | null> {
    return readFacts(setting, principal, memberId);
  }

  @Query(() => [CountedSegmentType], {
    description: 'The programme’s segments, in the order of their codes. Admin, finance.',
  })
  async segments(@Ctx() { setting, principal }: MembersContext): Promise<CountedSegment[]> {
    const segments = await readSegments(setting, principal);
    if (segments === null) throw graphFault('FORBIDDEN', 'Segments are for those who run the programme.');
    return segments;
  }
}
