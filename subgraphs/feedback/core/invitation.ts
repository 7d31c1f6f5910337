import type { Refusal } from '../../../kernel/errors/refusal';
import type { Id, MemberId, PartnerId, ProgrammeId } from '../../../kernel/values/id';
import { refuse } from './refusals';
import type { Survey, SurveyId, SurveyQuestion } from './survey';

export type InvitationId = Id<'inv'>;

/** One member, asked once about one visit to a partner. */
export interface Invitation {
  readonly id: InvitationId;
  readonly programmeId: ProgrammeId;
  readonly surveyId: SurveyId;
  readonly memberId: MemberId;
  readonly partnerId: PartnerId;
  readonly questions: readonly SurveyQuestion[];
  readonly expiresAt: Date;
  readonly answeredAt: Date | null;
}

const DAY_MS = 86_400_000;

/** Until when an invitation made now can be answered: a day is 24 hours, whatever the time zone. */
export function expiryOf({ invitationDays }: Pick<Survey, 'invitationDays'>, madeAt: Date): Date {
  return new Date(madeAt.getTime() + invitationDays * DAY_MS);
}

/**
 * The instants too near to a purchase, both ends excluded: a member asked about a purchase between them is not asked about
 * this one. It reaches both ways, because purchases need not arrive in order.
 */
export function quietWindow({ quietDays }: Pick<Survey, 'quietDays'>, at: Date): { after: Date; before: Date } {
  return { after: new Date(at.getTime() - quietDays * DAY_MS), before: new Date(at.getTime() + quietDays * DAY_MS) };
}

/** Whether an invitation can still be answered; FEEDBACK_ALREADY_ANSWERED or FEEDBACK_INVITATION_EXPIRED when not. */
export function whyNotAnswerable(
  { answeredAt, expiresAt }: Pick<Invitation, 'answeredAt' | 'expiresAt'>,
  now: Date,
): Refusal | null {
  if (answeredAt !== null) return refuse('FEEDBACK_ALREADY_ANSWERED', 'This invitation has been answered.');
  if (now >= expiresAt) return refuse('FEEDBACK_INVITATION_EXPIRED', 'The time to answer this invitation is over.');
  return null;
}
