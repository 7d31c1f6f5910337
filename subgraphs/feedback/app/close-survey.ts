import { callerOf, type Principal } from '../../../kernel/context/principal';
import { once, type Replayable } from '../../../kernel/db/command-key';
import { inTransaction } from '../../../kernel/db/transaction';
import { idempotencyKeyFault } from '../../../kernel/errors/check-input';
import { isRefusal, type Outcome, type Refusal } from '../../../kernel/errors/refusal';
import { notFound } from '../../../kernel/errors/shared-refusals';
import { parseId } from '../../../kernel/values/id';
import type { Survey } from '../core/survey';
import { closeRunningSurvey, findSurvey } from '../data/survey.store';
import { adminOf } from './authorise';
import type { FeedbackSetting } from './setting';

export interface Closing {
  readonly idempotencyKey: string;
  readonly surveyId: string;
}

/**
 * Ends a survey: it invites nobody any more, and who was invited may still answer. Closing a closed survey answers the same
 * and changes nothing.
 *
 * Refuses FORBIDDEN unless an admin asks, NOT_FOUND when the programme has no such survey.
 */
export async function closeSurvey(
  { database, clock }: FeedbackSetting,
  principal: Principal,
  { idempotencyKey: key, surveyId }: Closing,
): Promise<Replayable<{ survey: Survey }> | Refusal> {
  const fault = idempotencyKeyFault(key);
  if (fault !== null) return fault;
  const admin = adminOf(principal);
  if (isRefusal(admin)) return admin;
  const id = parseId('svy', surveyId);
  if (id === null) return notFound('survey');
  const command = { caller: callerOf(principal), operation: 'closeSurvey', key, body: { id } };
  return inTransaction(database, (tx) =>
    once(tx, command, async (): Promise<Outcome<{ survey: Survey }>> => {
      await closeRunningSurvey(tx, admin.programmeId, id, clock.now());
      const survey = await findSurvey(tx, admin.programmeId, id);
      return survey === null ? notFound('survey') : { survey: { ...survey } };
    }),
  );
}
