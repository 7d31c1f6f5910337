import { Arg, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql';
import { graphFault } from '../../../kernel/graph/fault';
import { acknowledgeTermsNotice, readNoticeProgress } from '../app/terms-notices';
import type { MemberView } from '../core/member';
import type { NoticeProgress, TermsNotice } from '../core/terms-notice';
import type { MembersContext } from './context';
import { answer, MemberType } from './member.type';
import {
  AcknowledgeTermsNoticeInput,
  AcknowledgeTermsNoticeResult,
  TermsNoticeProgressType,
  TermsNoticeType,
} from './terms-notice.type';

/** What members are told of terms that change. */
@Resolver(() => MemberType)
export class TermsNoticeQuery {
  @FieldResolver(() => [TermsNoticeType], {
    description:
      'Terms the member was told of, by version; empty for all but the member and those who run the programme.',
  })
  termsNotices(@Root() member: MemberView, @Ctx() { loaders }: MembersContext): Promise<TermsNotice[]> {
    return loaders.termsNotices.load(member.id);
  }

  @Query(() => [TermsNoticeProgressType], {
    description: 'How far the telling of changed terms has come, the latest twenty versions first. Admin, finance.',
  })
  async termsNoticeProgress(@Ctx() { setting, principal }: MembersContext): Promise<NoticeProgress[]> {
    const progress = await readNoticeProgress(setting, principal);
    if (progress === null) throw graphFault('FORBIDDEN', 'Notices are for those who run the programme.');
    return progress;
  }

  @Mutation(() => AcknowledgeTermsNoticeResult, {
    description: 'Says that the member has read a notice of changed terms, which take effect either way. Member.',
  })
  acknowledgeTermsNotice(
    @Arg('input', () => AcknowledgeTermsNoticeInput, { description: 'The notice.' }) input: AcknowledgeTermsNoticeInput,
    @Ctx() { setting, principal }: MembersContext,
  ): Promise<object> {
    return answer('AcknowledgeTermsNoticeSuccess', input, () => acknowledgeTermsNotice(setting, principal, input));
  }
}
