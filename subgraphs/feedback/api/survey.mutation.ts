import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { answerSurvey } from '../app/answer-survey';
import { closeSurvey } from '../app/close-survey';
import { openSurvey } from '../app/open-survey';
import type { FeedbackContext } from './context';
import { answer, AnswerSurveyResult, CloseSurveyResult, OpenSurveyResult } from './result.type';
import { AnswerSurveyInput, CloseSurveyInput, OpenSurveyInput } from './survey.type';

/** Asking, and answering. */
@Resolver()
export class SurveyMutation {
  @Mutation(() => OpenSurveyResult, {
    description: 'Opens a survey: from now on purchases invite to it. Admin.',
  })
  openSurvey(
    @Arg('input', () => OpenSurveyInput, { description: 'The survey.' }) input: OpenSurveyInput,
    @Ctx() { setting, principal }: FeedbackContext,
  ): Promise<object> {
    return answer('OpenSurveySuccess', input, () => openSurvey(setting, principal, input));
  }

  @Mutation(() => CloseSurveyResult, {
    description: 'Closes a survey: it invites nobody any more, and who was invited may still answer. Admin.',
  })
  closeSurvey(
    @Arg('input', () => CloseSurveyInput, { description: 'The survey.' }) input: CloseSurveyInput,
    @Ctx() { setting, principal }: FeedbackContext,
  ): Promise<object> {
    return answer('CloseSurveySuccess', input, () => closeSurvey(setting, principal, input));
  }

  @Mutation(() => AnswerSurveyResult, {
    description: 'Answers an invitation of the calling member’s own, once and for all. Member.',
  })
  answerSurvey(
    @Arg('input', () => AnswerSurveyInput, { description: 'The answers.' }) input: AnswerSurveyInput,
    @Ctx() { setting, principal }: FeedbackContext,
  ): Promise<object> {
    return answer('AnswerSurveySuccess', input, () => answerSurvey(setting, principal, input));
  }
}
