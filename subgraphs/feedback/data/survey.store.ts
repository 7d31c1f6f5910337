import { sql } from '../../../kernel/db/sql';
import type { Tx } from '../../../kernel/db/transaction';
import type { ProgrammeId } from '../../../kernel/values/id';
import type { Survey, SurveyId } from '../core/survey';
import { SurveyRow } from './survey.row';

const INSERT = sql`/* feedback.openSurvey.insert */
insert into survey (id, programme_id, question_id, question, follow_up_id, follow_up, quiet_days, invitation_days,
                    status, opened_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, 'RUNNING', $9)
on conflict (programme_id) where status = 'RUNNING' do nothing
returning id`;

/** Writes a survey that runs; false when another one of the programme does, then nothing is written. */
export async function insertRunningSurvey(tx: Tx, survey: Survey): Promise<boolean> {
  const { id, programmeId, questionId, question, followUpId, followUp, quietDays, invitationDays, openedAt } = survey;
  const values = [id, programmeId, questionId, question, followUpId, followUp, quietDays, invitationDays, openedAt];
  const inserted = await tx.query<unknown[]>(INSERT, values);
  return inserted.length === 1;
}

/** The survey that invites at present; null when none does. */
export function findRunningSurvey(tx: Tx, programmeId: ProgrammeId): Promise<Survey | null> {
  return tx.findOne(SurveyRow, { where: { programmeId, status: 'RUNNING' }, comment: 'feedback.survey.running' });
}

export function findSurvey(tx: Tx, programmeId: ProgrammeId, id: SurveyId): Promise<Survey | null> {
  return tx.findOne(SurveyRow, { where: { programmeId, id }, comment: 'feedback.survey.byId' });
}

const CLOSE = sql`/* feedback.closeSurvey.close */
update survey
   set status = 'CLOSED', closed_at = $3
 where programme_id = $1 and id = $2 and status = 'RUNNING'`;

/** Closes a survey; one that is closed stays as it is. */
export async function closeRunningSurvey(
  tx: Tx,
  programmeId: ProgrammeId,
  id: SurveyId,
  closedAt: Date,
): Promise<void> {
  await tx.query(CLOSE, [programmeId, id, closedAt]);
}
