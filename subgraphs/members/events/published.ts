import type { NewEvent } from '../../../kernel/events/outbox';
import type { IdentityKindName } from '../../../kernel/values/identity';
import type { MemberId, PartnerId, ProgrammeId } from '../../../kernel/values/id';
import type { MemberFacts } from '../core/member-facts';
import type { PartnerLink } from '../core/partner-link';

/** Somebody became a member. Comes before everything else about that member. */
export const MEMBER_ENROLLED = 'members.member.enrolled.v1';

/** An identity belongs to a member from now on; carries its blind index, from which nobody reads the identity. */
export const IDENTITY_LINKED = 'members.identity.linked.v1';

/** What a partner may do with a member changed: CREDIT_ONLY gives points and learns nothing, OPEN also reads and redeems. */
export const PARTNER_LINK_CHANGED = 'members.partner_link.changed.v1';

/**
 * What rules may ask of a member changed: all of it, as it now stands, with a version that rises by one. Attributes are there only
 * while the member consents to being profiled.
 */
export const MEMBER_FACTS_CHANGED = 'members.member_facts.changed.v1';

/** Everything this subgraph announces. */
export const membersEvents = [MEMBER_ENROLLED, IDENTITY_LINKED, PARTNER_LINK_CHANGED, MEMBER_FACTS_CHANGED] as const;

export function memberEnrolled(programmeId: ProgrammeId, memberId: MemberId): NewEvent {
  return { type: MEMBER_ENROLLED, programmeId, aggregateId: memberId, payload: { memberId } };
}

export function identityLinked(
  programmeId: ProgrammeId,
  link: { memberId: MemberId; kind: IdentityKindName; partnerId: PartnerId | null; blindIndex: string },
): NewEvent {
  const { memberId, kind, partnerId, blindIndex } = link;
  return {
    type: IDENTITY_LINKED,
    programmeId,
    aggregateId: memberId,
    payload: { memberId, kind, partnerId, blindIndex },
  };
}

export function partnerLinkChanged(programmeId: ProgrammeId, { memberId, partnerId, state }: PartnerLink): NewEvent {
  return { type: PARTNER_LINK_CHANGED, programmeId, aggregateId: memberId, payload: { memberId, partnerId, state } };
}

export function memberFactsChanged(programmeId: ProgrammeId, { memberId, version, ...facts }: MemberFacts): NewEvent {
  const payload = { memberId, version: version.toString(), ...facts };
  return { type: MEMBER_FACTS_CHANGED, programmeId, aggregateId: memberId, payload };
}
