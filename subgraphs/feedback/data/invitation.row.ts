import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import type { MemberId, PartnerId, ProgrammeId } from '../../../kernel/values/id';
import type { InvitationId } from '../core/invitation';
import type { SurveyId } from '../core/survey';
import { SurveyRow } from './survey.row';

/** A row of `invitation`, as far as it is read. */
@Entity('invitation')
export class InvitationRow {
  @PrimaryColumn({ type: 'text' })
  id!: InvitationId;
  @Column({ name: 'programme_id', type: 'text' })
  programmeId!: ProgrammeId;
  @Column({ name: 'survey_id', type: 'text' })
  surveyId!: SurveyId;
  @ManyToOne(() => SurveyRow)
  @JoinColumn({ name: 'survey_id' })
  survey!: SurveyRow;
  @Column({ name: 'member_id', type: 'text' })
  memberId!: MemberId;
  @Column({ name: 'partner_id', type: 'text' })
  partnerId!: PartnerId;
  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt!: Date;
  @Column({ name: 'answered_at', type: 'timestamptz', nullable: true })
  answeredAt!: Date | null;
}
