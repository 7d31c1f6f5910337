import { refuseFrom, type RefusalCatalogue } from '../../../kernel/errors/refusal';

/** Every code this subgraph answers beside the shared ones. */
export const feedbackRefusals = {
  FEEDBACK_SURVEY_RUNNING: {
    meaning: 'A survey was to be opened while another one of the programme runs.',
    action: 'Close the running survey first; its results stay.',
    retryable: false,
    type: 'SurveyRunning',
    precedence: 100,
  },
  FEEDBACK_ALREADY_ANSWERED: {
    meaning: 'The invitation was answered before, by a call with another idempotency key.',
    action: 'Nothing: the first answer counts and cannot be changed.',
    retryable: false,
    type: 'AlreadyAnswered',
    precedence: 110,
  },
  FEEDBACK_INVITATION_EXPIRED: {
    meaning: 'The time to answer the invitation is over.',
    action: 'Wait for the next invitation; `myInvitations` lists those still open.',
    retryable: false,
    type: 'InvitationExpired',
    precedence: 120,
  },
  FEEDBACK_SCORE_OUT_OF_RANGE: {
    meaning: 'A score lies outside the scale of its question, such as 11 on a scale from 0 to 10.',
    action: 'Send a whole number from `min` to `max`, under a new idempotency key.',
    retryable: false,
    type: 'ScoreOutOfRange',
    precedence: 130,
  },
  FEEDBACK_ANSWER_MISSING: {
    meaning: 'A question that must be answered was not.',
    action: 'Answer the question named in `questionId` as well, under a new idempotency key.',
    retryable: false,
    type: 'AnswerMissing',
    precedence: 140,
  },
} as const satisfies RefusalCatalogue;

/** Makes one of this subgraph's refusals. */
export const refuse = refuseFrom(feedbackRefusals);
