import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { DateTimeScalar } from '../../../kernel/graph/scalars';
import type { AnswerSheet } from '../app/answer-survey';
import type { Closing } from '../app/close-survey';
import type { GivenAnswer } from '../core/answer';
import type { SurveyId, SurveyPlan } from '../core/survey';

const IDEMPOTENCY_KEY = { description: 'The caller’s own name for this intent; 1 to 255 characters.' };

/** Whether a survey invites. */
export enum SurveyStatusName {
  RUNNING = 'RUNNING',
  CLOSED = 'CLOSED',
}
registerEnumType(SurveyStatusName, {
  name: 'SurveyStatus',
  description: 'Whether a survey invites.',
  valuesConfig: {
    RUNNING: { description: 'Purchases invite to it. At most one survey of a programme runs.' },
    CLOSED: { description: 'It invites nobody any more; who was invited before may still answer.' },
  },
});

@ObjectType('Survey', { description: 'What members are asked after a purchase.' })
export class SurveyType {
  @Field(() => ID, { description: 'The survey’s id.' })
  id!: SurveyId;
  @Field(() => String, { description: 'The question answered by a score from 0 to 10.' })
  question!: string;
  @Field(() => String, { nullable: true, description: 'The question answered in words; null when there is none.' })
  followUp!: string | null;
  @Field(() => Int, { description: 'A member is invited at most once within so many days.' })
  quietDays!: number;
  @Field(() => Int, { description: 'For how many days an invitation can be answered.' })
  invitationDays!: number;
  @Field(() => SurveyStatusName, { description: 'Whether it invites.' })
  status!: SurveyStatusName;
  @Field(() => DateTimeScalar, { description: 'When it was opened.' })
  openedAt!: Date;
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was closed; null while it runs.' })
  closedAt!: Date | null;
}

@ObjectType('SurveyScore', { description: 'What a survey found so far.' })
export class SurveyScoreType {
  @Field(() => Int, { description: 'How many gave 9 or 10.' })
  promoters!: number;
  @Field(() => Int, { description: 'How many gave 7 or 8.' })
  passives!: number;
  @Field(() => Int, { description: 'How many gave 0 to 6.' })
  detractors!: number;
  @Field(() => Int, { description: 'How many answered.' })
  answers!: number;
  @Field(() => Int, {
    description: 'Net promoter score: per cent of promoters minus per cent of detractors; 0 while nobody has answered.',
  })
  nps!: number;
}

@InputType('OpenSurveyInput', { description: 'A survey to open.' })
export class OpenSurveyInput implements SurveyPlan {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => String, { description: 'The question answered by a score from 0 to 10; at most 500 characters.' })
  question!: string;
  @Field(() => String, {
    nullable: true,
    description: 'A question answered in words, such as why; at most 500 characters.',
  })
  followUp?: string | null;
  @Field(() => Int, {
    defaultValue: 90,
    description: 'A member is invited at most once within so many days; 1 to 3650.',
  })
  quietDays!: number;
  @Field(() => Int, { defaultValue: 30, description: 'For how many days an invitation can be answered; 1 to 365.' })
  invitationDays!: number;
}

@InputType('CloseSurveyInput', { description: 'A survey to close.' })
export class CloseSurveyInput implements Closing {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => ID, { description: 'The survey’s id.' })
  surveyId!: string;
}

@InputType('SurveyAnswerInput', { description: 'The answer to one question: one of the three, as its kind says.' })
export class SurveyAnswerInput implements GivenAnswer {
  @Field(() => ID, { description: 'The question; each at most once.' })
  questionId!: string;
  @Field(() => Int, { nullable: true, description: 'The score, for NPS from 0 to 10.' })
  score?: number | null;
  @Field(() => String, { nullable: true, description: 'One of the choices of a CHOICE question.' })
  choice?: string | null;
  @Field(() => String, { nullable: true, description: 'Words, at most 2,000 characters; lines may break.' })
  text?: string | null;
}

@InputType('AnswerSurveyInput', { description: 'A member’s answers to an invitation.' })
export class AnswerSurveyInput implements AnswerSheet {
  @Field(() => String, IDEMPOTENCY_KEY)
  idempotencyKey!: string;
  @Field(() => ID, { description: 'The invitation; the calling member’s own.' })
  invitationId!: string;
  @Field(() => [SurveyAnswerInput], { description: 'The answers; that to the NPS question must be among them.' })
  answers!: SurveyAnswerInput[];
}
