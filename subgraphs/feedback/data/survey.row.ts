import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ProgrammeId } from '../../../kernel/values/id';
import type { QuestionId, SurveyId, SurveyStatus } from '../core/survey';

/** A row of `survey`. */
@Entity('survey')
export class SurveyRow {
  @PrimaryColumn({ type: 'text' })
  id!: SurveyId;
  @Column({ name: 'programme_id', type: 'text' })
  programmeId!: ProgrammeId;
  @Column({ name: 'question_id', type: 'text' })
  questionId!: QuestionId;
  @Column({ type: 'text' })
  question!: string;
  @Column({ name: 'follow_up_id', type: 'text', nullable: true })
  followUpId!: QuestionId | null;
  @Column({ name: 'follow_up', type: 'text', nullable: true })
  followUp!: string | null;
  @Column({ name: 'quiet_days', type: 'integer' })
  quietDays!: number;
  @Column({ name: 'invitation_days', type: 'integer' })
  invitationDays!: number;
  @Column({ type: 'text' })
  status!: SurveyStatus;
  @Column({ name: 'opened_at', type: 'timestamptz' })
  openedAt!: Date;
  @Column({ name: 'closed_at', type: 'timestamptz', nullable: true })
  closedAt!: Date | null;
}
