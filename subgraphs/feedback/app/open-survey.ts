import { callerOf, type Principal } from '../../../kernel/context/principal';
import { once, type Replayable } from '../../../kernel/db/command-key';
import { inTransaction } from '../../../kernel/db/transaction';
import { isRefusal, type Outcome, type Refusal } from '../../../kernel/errors/refusal';
import { newId, type ProgrammeId } from '../../../kernel/values/id';
import { refuse } from '../core/refusals';
import { surveyFault, type Survey, type SurveyPlan } from '../core/survey';
import { insertRunningSurvey } from '../data/survey.store';
import { adminOf } from './authorise';
import type { FeedbackSetting } from './setting';

/**
 * Opens a survey: from now on purchases invite to it.
 *
 * Refuses FORBIDDEN unless an admin asks, FEEDBACK_SURVEY_RUNNING while another survey of the programme runs.
 */
export async function openSurvey(
  { database, clock }: FeedbackSetting,
  principal: Principal,
  plan: SurveyPlan,
): Promise<Replayable<{ survey: Survey }> | Refusal> {
  const fault = surveyFault(plan);
  if (fault !== null) return fault;
  const admin = adminOf(principal);
  if (isRefusal(admin)) return admin;
  const { idempotencyKey: key, question, followUp = null, quietDays, invitationDays } = plan;
  const body = { question, followUp, quietDays, invitationDays };
  const command = { caller: callerOf(principal), operation: 'openSurvey', key, body };
  return inTransaction(database, (tx) =>
    once(tx, command, async (): Promise<Outcome<{ survey: Survey }>> => {
      const survey = surveyOf(admin.programmeId, body, clock.now());
      if (await insertRunningSurvey(tx, survey)) return { survey };
      return refuse('FEEDBACK_SURVEY_RUNNING', 'Another survey of this programme is running.');
    }),
  );
}

function surveyOf(
  programmeId: ProgrammeId,
  asked: Pick<Survey, 'question' | 'followUp' | 'quietDays' | 'invitationDays'>,
  openedAt: Date,
): Survey {
  return {
    ...{ id: newId('svy'), programmeId, questionId: newId('qst') },
    ...{ followUpId: asked.followUp === null ? null : newId('qst'), ...asked },
    ...{ status: 'RUNNING', openedAt, closedAt: null },
  };
}
