import { Field, ID, Int, ObjectType } from 'type-graphql';
import { answerer, defineRefusalType, defineResult } from '../../../kernel/graph/result';
import { PointsScalar } from '../../../kernel/graph/scalars';
import { RefusalInterface } from '../../../kernel/graph/shared-types';
import { feedbackRefusals } from '../core/refusals';
import { SurveyInvitationType } from './invitation.type';
import { SurveyType } from './survey.type';

/** Reads a mutation's input, calls its use case, presents what came of it. */
export const answer = answerer(feedbackRefusals);

const REPLAYED = { description: 'Whether this is the stored outcome of an earlier call with the same key.' };

const SurveyRunning = defineRefusalType('SurveyRunning', 'Another survey of the programme is running.');
const AlreadyAnswered = defineRefusalType('AlreadyAnswered', 'The invitation was answered before.');
const InvitationExpired = defineRefusalType('InvitationExpired', 'The time to answer the invitation is over.');

@ObjectType('ScoreOutOfRange', {
  implements: RefusalInterface,
  description: 'A score lies outside the scale of its question.',
})
class ScoreOutOfRange extends RefusalInterface {
  @Field(() => ID, { description: 'The question.' })
  questionId!: string;
  @Field(() => Int, { description: 'The lowest score there is.' })
  min!: number;
  @Field(() => Int, { description: 'The highest score there is.' })
  max!: number;
}

@ObjectType('AnswerMissing', {
  implements: RefusalInterface,
  description: 'A question that must be answered was not.',
})
class AnswerMissing extends RefusalInterface {
  @Field(() => ID, { description: 'The question.' })
  questionId!: string;
}

@ObjectType('OpenSurveySuccess', { description: 'The survey runs.' })
class OpenSurveySuccess {
  @Field(() => SurveyType, { description: 'The survey.' })
  survey!: SurveyType;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@ObjectType('CloseSurveySuccess', { description: 'The survey invites nobody any more.' })
class CloseSurveySuccess {
  @Field(() => SurveyType, { description: 'The survey.' })
  survey!: SurveyType;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

@ObjectType('AnswerSurveySuccess', { description: 'The answers were kept.' })
class AnswerSurveySuccess {
  @Field(() => SurveyInvitationType, { description: 'The invitation, now answered.' })
  invitation!: SurveyInvitationType;
  @Field(() => PointsScalar, { description: 'What answering earned; "0", since no survey has an incentive yet.' })
  pointsEarned!: bigint;
  @Field(() => Boolean, REPLAYED)
  replayed!: boolean;
}

export const OpenSurveyResult = defineResult('OpenSurveyResult', OpenSurveySuccess, [SurveyRunning]);
export const CloseSurveyResult = defineResult('CloseSurveyResult', CloseSurveySuccess);
export const AnswerSurveyResult = defineResult('AnswerSurveyResult', AnswerSurveySuccess, [
  AlreadyAnswered,
  InvitationExpired,
  ScoreOutOfRange,
  AnswerMissing,
]);
