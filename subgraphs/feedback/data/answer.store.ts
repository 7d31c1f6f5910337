import { sql } from '../../../kernel/db/sql';
import type { Tx } from '../../../kernel/db/transaction';
import type { ProgrammeId } from '../../../kernel/values/id';
import type { Answer } from '../core/answer';
import type { InvitationId } from '../core/invitation';
import type { Tally } from '../core/score';
import type { SurveyId } from '../core/survey';

const MARK = sql`/* feedback.answerSurvey.mark */
update invitation
   set answered_at = $3
 where programme_id = $1 and id = $2 and answered_at is null`;

const INSERT = sql`/* feedback.answerSurvey.insert */
insert into answer (programme_id, invitation_id, question_id, kind, score, text)
values ($1, $2, $3, $4, $5, $6)`;

/** Writes the answers to an invitation and marks it answered; lock it first. */
export async function insertAnswers(
  tx: Tx,
  programmeId: ProgrammeId,
  { invitationId, answers, answeredAt }: { invitationId: InvitationId; answers: readonly Answer[]; answeredAt: Date },
): Promise<void> {
  await tx.query(MARK, [programmeId, invitationId, answeredAt]);
  for (const { questionId, kind, score, text } of answers) {
    await tx.query(INSERT, [programmeId, invitationId, questionId, kind, score, text]);
  }
}

const TALLY = sql`/* feedback.surveyScore.tally */
select answer.score::int as score, count(*)::int as answers
  from answer
  join invitation on invitation.id = answer.invitation_id
 where invitation.programme_id = $1 and invitation.survey_id = $2 and answer.kind = 'NPS'
 group by answer.score`;

/** How many gave each score in a survey. */
export function tallyScores(tx: Tx, programmeId: ProgrammeId, surveyId: SurveyId): Promise<Tally> {
  return tx.query<{ score: number; answers: number }[]>(TALLY, [programmeId, surveyId]);
}
