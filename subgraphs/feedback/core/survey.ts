import {
  firstFault,
  idempotencyKeyFault,
  ifGiven,
  textFault,
  wholeFault,
  type Fault,
} from '../../../kernel/errors/check-input';
import type { Id, ProgrammeId } from '../../../kernel/values/id';

export type SurveyId = Id<'svy'>;
export type QuestionId = Id<'qst'>;

/** The kinds of question the graph knows; surveys of this version ask NPS and TEXT. */
export type SurveyQuestionKind = 'NPS' | 'CSAT' | 'CHOICE' | 'TEXT' | 'PROFILE';

/** RUNNING surveys invite; CLOSED ones do not, and what they invited before may still be answered. */
export type SurveyStatus = 'RUNNING' | 'CLOSED';

/** One score from 0 to 10, and perhaps one question about the reason for it. */
export interface Survey {
  readonly id: SurveyId;
  readonly programmeId: ProgrammeId;
  readonly questionId: QuestionId;
  /** What the score answers. */
  readonly question: string;
  readonly followUpId: QuestionId | null;
  /** What the words answer; null when only the score is asked for. */
  readonly followUp: string | null;
  /** A member is invited at most once within so many days. */
  readonly quietDays: number;
  /** How long an invitation can be answered. */
  readonly invitationDays: number;
  readonly status: SurveyStatus;
  readonly openedAt: Date;
  readonly closedAt: Date | null;
}

/** A survey as somebody asks for it. */
export interface SurveyPlan {
  readonly idempotencyKey: string;
  readonly question: string;
  readonly followUp?: string | null;
  readonly quietDays: number;
  readonly invitationDays: number;
}

const QUESTION_LONGEST = 500;
const QUIET_DAYS = { min: 1, max: 3_650 };
const INVITATION_DAYS = { min: 1, max: 365 };

/** The first field of a survey that cannot be what it says. */
export function surveyFault(plan: SurveyPlan): Fault {
  return firstFault(
    idempotencyKeyFault(plan.idempotencyKey),
    textFault('input.question', plan.question, QUESTION_LONGEST),
    ifGiven(plan.followUp, (text) => textFault('input.followUp', text, QUESTION_LONGEST)),
    wholeFault('input.quietDays', plan.quietDays, QUIET_DAYS),
    wholeFault('input.invitationDays', plan.invitationDays, INVITATION_DAYS),
  );
}

/** A question as a member sees it. */
export interface SurveyQuestion {
  readonly id: QuestionId;
  readonly kind: SurveyQuestionKind;
  readonly text: string;
  /** What a CHOICE question offers; null for other kinds. */
  readonly choices: readonly string[] | null;
}

type Asked = Pick<Survey, 'questionId' | 'question' | 'followUpId' | 'followUp'>;

/** The questions of a survey, in the order they are asked. */
export function questionsOf({ questionId, question, followUpId, followUp }: Asked): SurveyQuestion[] {
  const score: SurveyQuestion = { id: questionId, kind: 'NPS', text: question, choices: null };
  if (followUpId === null || followUp === null) return [score];
  return [score, { id: followUpId, kind: 'TEXT', text: followUp, choices: null }];
}
