import type { Principal } from '../../../kernel/context/principal';
import { isRefusal, type Refusal } from '../../../kernel/errors/refusal';
import { parseId } from '../../../kernel/values/id';
import { scoreOf, type SurveyScore } from '../core/score';
import type { Survey } from '../core/survey';
import { tallyScores } from '../data/answer.store';
import { findRunningSurvey, findSurvey } from '../data/survey.store';
import { adminOf } from './authorise';
import type { FeedbackSetting } from './setting';

/** The survey that invites at present; null when none does, FORBIDDEN unless an admin asks. */
export async function readRunningSurvey(
  { database }: FeedbackSetting,
  principal: Principal,
): Promise<Survey | null | Refusal> {
  const admin = adminOf(principal);
  return isRefusal(admin) ? admin : findRunningSurvey(database.dataSource.manager, admin.programmeId);
}

/** What a survey found so far; null when the programme has no such survey, FORBIDDEN unless an admin asks. */
export async function readSurveyScore(
  { database }: FeedbackSetting,
  principal: Principal,
  surveyId: string,
): Promise<SurveyScore | null | Refusal> {
  const admin = adminOf(principal);
  if (isRefusal(admin)) return admin;
  const id = parseId('svy', surveyId);
  const tx = database.dataSource.manager;
  if (id === null || (await findSurvey(tx, admin.programmeId, id)) === null) return null;
  return scoreOf(await tallyScores(tx, admin.programmeId, id));
}
