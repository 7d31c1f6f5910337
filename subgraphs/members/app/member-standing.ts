import type { Principal } from '../../../kernel/context/principal';
import { isRefusal, type Refusal } from '../../../kernel/errors/refusal';
import { forbidden } from '../../../kernel/errors/shared-refusals';
import { parseId, type MemberId } from '../../../kernel/values/id';
import type { PartnerLink } from '../core/partner-link';
import { findMemberByIdentity } from '../data/identity-link.store';
import { findMembers } from '../data/member.store';
import { findPartnerLinks } from '../data/partner-link.store';
import type { MembersSetting } from './setting';

/** A member and all partner links, as the hub's other subgraphs may know them. */
export interface MemberStanding {
  readonly memberId: MemberId;
  readonly partnerLinks: readonly PartnerLink[];
}

type ServicePrincipal = Extract<Principal, { kind: 'service' }>;

function subgraphOf(principal: Principal): ServicePrincipal | Refusal {
  return principal.kind === 'service' ? principal : forbidden('Only the hub’s own subgraphs may ask this.');
}

/** For a subgraph whose projection has not caught up: who is behind a blind index or an id. */
export async function findMemberStanding(
  { database }: MembersSetting,
  principal: Principal,
  asked: { blindIndex?: string | null; memberId?: string | null },
): Promise<MemberStanding | null | Refusal> {
  const asking = subgraphOf(principal);
  if (isRefusal(asking)) return asking;
  const { programmeId } = asking;
  const tx = database.dataSource.manager;
  const memberId = asked.blindIndex
    ? await findMemberByIdentity(tx, programmeId, asked.blindIndex)
    : parseId('mem', asked.memberId);
  if (memberId === null) return null;
  const [found] = await findMembers(tx, programmeId, { ids: [memberId], partnerId: null });
  return found === undefined ? null : { memberId, partnerLinks: await findPartnerLinks(tx, programmeId, [memberId]) };
}
