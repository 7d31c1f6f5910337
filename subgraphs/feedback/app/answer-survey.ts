import { callerOf, type Principal } from '../../../kernel/context/principal';
import { once, type Replayable } from '../../../kernel/db/command-key';
import { inTransaction, type Tx } from '../../../kernel/db/transaction';
import { firstFault, idempotencyKeyFault } from '../../../kernel/errors/check-input';
import { isRefusal, type Outcome, type Refusal } from '../../../kernel/errors/refusal';
import { notFound } from '../../../kernel/errors/shared-refusals';
import { appendEvents } from '../../../kernel/events/outbox';
import { parseId, type MemberId, type ProgrammeId } from '../../../kernel/values/id';
import { answersFault, fitAnswers, type GivenAnswer } from '../core/answer';
import { whyNotAnswerable, type Invitation, type InvitationId } from '../core/invitation';
import { insertAnswers } from '../data/answer.store';
import { lockInvitation } from '../data/invitation.store';
import { surveyAnswered } from '../events/published';
import { memberOf } from './authorise';
import type { FeedbackSetting } from './setting';

export interface AnswerSheet {
  readonly idempotencyKey: string;
  readonly invitationId: string;
  readonly answers: readonly GivenAnswer[];
}

interface Answered {
  readonly invitation: Invitation;
  readonly pointsEarned: bigint;
}

/**
 * A member's answers to an invitation of its own, given once and for all.
 *
 * Answering earns nothing: no survey of this version has an incentive, so `pointsEarned` is 0.
 *
 * Refuses FORBIDDEN unless a member asks, NOT_FOUND for an invitation that is not there or another member's,
 * FEEDBACK_ALREADY_ANSWERED, FEEDBACK_INVITATION_EXPIRED, FEEDBACK_SCORE_OUT_OF_RANGE, FEEDBACK_ANSWER_MISSING.
 */
export async function answerSurvey(
  setting: FeedbackSetting,
  principal: Principal,
  { idempotencyKey: key, invitationId, answers }: AnswerSheet,
): Promise<Replayable<Answered> | Refusal> {
  const fault = firstFault(idempotencyKeyFault(key), answersFault(answers));
  if (fault !== null) return fault;
  const member = memberOf(principal);
  if (isRefusal(member)) return member;
  const id = parseId('inv', invitationId);
  if (id === null) return notFound('invitation');
  const given = answers.map(({ questionId, score = null, choice = null, text = null }) => ({
    ...{ questionId, score, choice, text },
  }));
  const command = { caller: callerOf(principal), operation: 'answerSurvey', key, body: { id, given } };
  const { programmeId, memberId } = member;
  const outcome = await inTransaction(setting.database, (tx) =>
    once(tx, command, () => keepAnswers(tx, programmeId, { id, memberId, given, now: setting.clock.now() })),
  );
  setting.announced();
  return outcome;
}

async function keepAnswers(
  tx: Tx,
  programmeId: ProgrammeId,
  sheet: { id: InvitationId; memberId: MemberId; given: readonly GivenAnswer[]; now: Date },
): Promise<Outcome<Answered>> {
  const { id, memberId, given, now } = sheet;
  const invitation = await lockInvitation(tx, programmeId, { id, memberId });
  if (invitation === null) return notFound('invitation');
  const refusal = whyNotAnswerable(invitation, now);
  if (refusal !== null) return refusal;
  const fitted = fitAnswers(invitation.questions, given);
  if (isRefusal(fitted)) return fitted;
  await insertAnswers(tx, programmeId, { invitationId: id, answers: fitted.answers, answeredAt: now });
  await appendEvents(tx, 'feedback', [surveyAnswered(invitation, fitted.score)], now);
  return { invitation: { ...invitation, answeredAt: now }, pointsEarned: 0n };
}
