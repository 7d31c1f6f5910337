import { Directive, Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { defineConnection } from '../../../kernel/graph/connection';
import { DateTimeScalar } from '../../../kernel/graph/scalars';
import type { InvitationId } from '../core/invitation';
import type { QuestionId } from '../core/survey';

/** What kind of answer a question asks for. */
export enum SurveyQuestionKindName {
  NPS = 'NPS',
  CSAT = 'CSAT',
  CHOICE = 'CHOICE',
  TEXT = 'TEXT',
  PROFILE = 'PROFILE',
}
registerEnumType(SurveyQuestionKindName, {
  name: 'SurveyQuestionKind',
  description: 'What kind of answer a question asks for. Surveys ask NPS and TEXT at present.',
  valuesConfig: {
    NPS: { description: 'How likely the member is to recommend: a score from 0 to 10. Must be answered.' },
    CSAT: { description: 'How content the member is: a score. No survey asks it yet.' },
    CHOICE: { description: 'One of `choices`. No survey asks it yet.' },
    TEXT: { description: 'Words, at most 2,000 characters. May be left out.' },
    PROFILE: { description: 'Something about the member, in words. No survey asks it yet.' },
  },
});

@ObjectType('SurveyQuestion', { description: 'A question of a survey.' })
export class SurveyQuestionType {
  @Field(() => ID, { description: 'The question’s id; name it in the answer.' })
  id!: QuestionId;
  @Field(() => SurveyQuestionKindName, { description: 'What kind of answer it asks for.' })
  kind!: SurveyQuestionKindName;
  @Field(() => String, { description: 'The question itself.' })
  text!: string;
  @Field(() => [String], { nullable: true, description: 'What a CHOICE question offers; null for other kinds.' })
  choices!: string[] | null;
}

@Directive('@key(fields: "id")')
@ObjectType('SurveyInvitation', {
  description: 'A member, asked once about a purchase; seen by that member and admins.',
})
export class SurveyInvitationType {
  @Field(() => ID, { description: 'The invitation’s id.' })
  id!: InvitationId;
  @Field(() => [SurveyQuestionType], { description: 'The questions, in the order to ask them.' })
  questions!: SurveyQuestionType[];
  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was answered; null until then.' })
  answeredAt!: Date | null;
  @Field(() => DateTimeScalar, { nullable: true, description: 'From when on it can no longer be answered.' })
  expiresAt!: Date | null;
}

export const SurveyInvitationConnection = defineConnection('SurveyInvitation', SurveyInvitationType);
