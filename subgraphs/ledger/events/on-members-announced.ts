import type { EventReaction } from '../../../kernel/events/consumer';
import { learnFacts, learnIdentity, learnLink, learnMember } from '../app/learn-member';

/** A member was enrolled. */
export const onMemberEnrolled: EventReaction = (tx, { programmeId, payload, recordedAt }) =>
  learnMember(tx, { programmeId, payload, enrolledAt: new Date(recordedAt) });

/** An identity now names a member. */
export const onIdentityLinked: EventReaction = (tx, { programmeId, payload }) =>
  learnIdentity(tx, { programmeId, payload });

/** A partner's link to a member was made or opened. */
export const onPartnerLinkChanged: EventReaction = (tx, { programmeId, payload }) =>
  learnLink(tx, { programmeId, payload });

/** What rules may ask of a member changed. */
export const onMemberFactsChanged: EventReaction = (tx, { programmeId, payload }) =>
  learnFacts(tx, { programmeId, payload });
