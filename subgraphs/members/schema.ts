import { buildSubgraph, type SubgraphSchema } from '../../kernel/graph/build-subgraph';
import { MemberMutation } from './api/member.mutation';
import { MemberQuery } from './api/member.query';
import { PartnerLinkQuery } from './api/partner-link.query';
import { SegmentMutation } from './api/segment.mutation';
import { TermsNoticeQuery } from './api/terms-notice.query';
import { resolveMember } from './api/references';

let built: SubgraphSchema | undefined;

/** The executable schema and its SDL, built once per process: for main, printers and tests. */
export function buildMembersSchema(): SubgraphSchema {
  built ??= buildSubgraph({
    resolvers: [MemberQuery, PartnerLinkQuery, MemberMutation, SegmentMutation, TermsNoticeQuery],
    references: { Member: resolveMember },
  });
  return built;
}
