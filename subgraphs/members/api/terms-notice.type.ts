import { Field, InputType, Int, ObjectType } from 'type-graphql';
import { defineResult } from '../../../kernel/graph/result';
import { DateTimeScalar } from '../../../kernel/graph/scalars';
import type { Acknowledgement } from '../core/terms-notice';

@ObjectType('NoticeText', { description: 'What members are told, in one language.' })
export class NoticeTextType {
  @Field(() => String, { description: 'BCP 47 tag, such as en or pl-PL.' })
  language!: string;
  @Field(() => String, { description: 'The text.' })
  text!: string;
}

@ObjectType('TermsNotice', { description: 'That a member was told of changed terms before they take effect.' })
export class TermsNoticeType {
  @Field(() => Int, { description: 'The version of the terms; those of the founding are 1.' })
  version!: number;
  @Field(() => DateTimeScalar, { description: 'When they take effect.' })
  takesEffectAt!: Date;
  @Field(() => [NoticeTextType], { description: 'What members are told, in each language.' })
  texts!: NoticeTextType[];
  @Field(() => DateTimeScalar, { description: 'Since when the notice is there for the member.' })
  noticedAt!: Date;
  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When the member said that it had read it; null while it has not.',
  })
  acknowledgedAt!: Date | null;
}

@ObjectType('TermsNoticeProgress', { description: 'How far the telling of one version of the terms has come.' })
export class TermsNoticeProgressType {
  @Field(() => Int, { description: 'The version of the terms.' })
  version!: number;
  @Field(() => DateTimeScalar, { description: 'When they take effect.' })
  takesEffectAt!: Date;
  @Field(() => Int, { description: 'Members who have their notice.' })
  noticed!: number;
  @Field(() => Int, { description: 'Members who are still to get it.' })
  remaining!: number;
  @Field(() => Int, { description: 'Members who said that they had read it.' })
  acknowledged!: number;
  @Field(() => DateTimeScalar, { nullable: true, description: 'When the last had it; null while some have none.' })
  completedAt!: Date | null;
}

@InputType('AcknowledgeTermsNoticeInput', { description: 'A notice the member has read.' })
export class AcknowledgeTermsNoticeInput implements Acknowledgement {
  @Field(() => String, { description: 'The caller’s own name for this intent; 1 to 255 characters.' })
  idempotencyKey!: string;
  @Field(() => Int, { description: 'The version of the terms it tells of.' })
  version!: number;
}

@ObjectType('AcknowledgeTermsNoticeSuccess', { description: 'It is kept that the member has read it.' })
class AcknowledgeTermsNoticeSuccess {
  @Field(() => TermsNoticeType, { description: 'The notice.' })
  notice!: TermsNoticeType;
  @Field(() => Boolean, { description: 'Whether this is the stored outcome of an earlier call with the same key.' })
  replayed!: boolean;
}

export const AcknowledgeTermsNoticeResult = defineResult('AcknowledgeTermsNoticeResult', AcknowledgeTermsNoticeSuccess);
