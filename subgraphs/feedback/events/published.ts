import type { NewEvent } from '../../../kernel/events/outbox';
import type { Invitation } from '../core/invitation';

/** A member answered a survey; carries the score, not the words. Comes once per invitation. */
export const SURVEY_ANSWERED = 'feedback.survey.answered.v1';

/** Everything this subgraph announces. */
export const feedbackEvents = [SURVEY_ANSWERED] as const;

export function surveyAnswered(invitation: Invitation, score: number): NewEvent {
  const { id: invitationId, programmeId, memberId, partnerId, surveyId } = invitation;
  return {
    type: SURVEY_ANSWERED,
    programmeId,
    aggregateId: invitationId,
    payload: { memberId, partnerId, surveyId, invitationId, score },
  };
}
