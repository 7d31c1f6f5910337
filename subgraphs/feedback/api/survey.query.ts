import { Arg, Ctx, ID, Int, Query, Resolver } from 'type-graphql';
import { isRefusal } from '../../../kernel/errors/refusal';
import { callerOf } from '../../../kernel/context/principal';
import { CursorCodec, pageOf, readPageArguments, type Page } from '../../../kernel/graph/connection';
import { graphFault } from '../../../kernel/graph/fault';
import { readOpenInvitations } from '../app/read-invitations';
import { readRunningSurvey, readSurveyScore } from '../app/read-surveys';
import type { Invitation } from '../core/invitation';
import type { SurveyScore } from '../core/score';
import type { Survey } from '../core/survey';
import type { FeedbackContext } from './context';
import { SurveyInvitationConnection } from './invitation.type';
import { SurveyScoreType, SurveyType } from './survey.type';

/** Surveys and invitations, read. */
@Resolver()
export class SurveyQuery {
  @Query(() => SurveyInvitationConnection, {
    description: 'The calling member’s invitations that can be answered now, newest first. Member.',
  })
  async myInvitations(
    @Arg('first', () => Int, { description: 'How many; 1 to 100.' }) first: number,
    @Arg('after', () => String, { nullable: true, description: 'Cursor to begin after.' }) after: string | null,
    @Ctx() { principal, setting, cursorSecret }: FeedbackContext,
  ): Promise<Page<Invitation>> {
    const cursors = new CursorCodec(cursorSecret, `myInvitations:${callerOf(principal)}`);
    const { limit, afterKeys } = readPageArguments({ first, after, cursors });
    const rows = await readOpenInvitations(setting, principal, { after: afterKeys?.[0] ?? null, limit });
    return pageOf({ rows: permitted(rows), first, after, cursors, keyOf: ({ id }) => [id] });
  }

  @Query(() => SurveyType, {
    nullable: true,
    description: 'The survey that invites at present; null when none does. Admin.',
  })
  async runningSurvey(@Ctx() { principal, setting }: FeedbackContext): Promise<Survey | null> {
    return permitted(await readRunningSurvey(setting, principal));
  }

  @Query(() => SurveyScoreType, {
    nullable: true,
    description: 'What a survey of the programme found so far; null when there is no such survey. Admin.',
  })
  async surveyScore(
    @Arg('surveyId', () => ID, { description: 'The survey’s id.' }) surveyId: string,
    @Ctx() { principal, setting }: FeedbackContext,
  ): Promise<SurveyScore | null> {
    return permitted(await readSurveyScore(setting, principal, surveyId));
  }
}

/** What was read; the one refusal of these queries is that the caller may not ask. */
function permitted<Value>(answer: Value): Exclude<Value, { kind: 'refusal' }> {
  if (isRefusal(answer)) throw graphFault('FORBIDDEN', answer.message);
  return answer as Exclude<Value, { kind: 'refusal' }>;
}
