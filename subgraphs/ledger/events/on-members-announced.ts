import { z } from 'zod';
import type { EventReaction } from '../../../kernel/events/consumer';
import type { MemberId, PartnerId } from '../../../kernel/values/id';
import { learnIdentity, learnLink, learnMember } from '../app/learn-member';

const memberId = z
  .string()
  .startsWith('mem_')
  .transform((text) => text as MemberId);
const partnerId = z
  .string()
  .startsWith('ptr_')
  .transform((text) => text as PartnerId);
const enrolled = z.object({ memberId });
const identityLinked = z.object({ memberId, blindIndex: z.string().regex(/^[0-9a-f]{64}$/) });
const linkChanged = z.object({ memberId, partnerId, state: z.enum(['CREDIT_ONLY', 'OPEN']) });

/** A member was enrolled. */
export const onMemberEnrolled: EventReaction = (tx, { programmeId, payload, recordedAt }) =>
  learnMember(tx, { programmeId, ...enrolled.parse(payload), enrolledAt: new Date(recordedAt) });

/** An identity now names a member. */
export const onIdentityLinked: EventReaction = (tx, { programmeId, payload }) =>
  learnIdentity(tx, { programmeId, ...identityLinked.parse(payload) });

/** A partner's link to a member was made or opened. */
export const onPartnerLinkChanged: EventReaction = (tx, { programmeId, payload }) =>
  learnLink(tx, { programmeId, ...linkChanged.parse(payload) });
