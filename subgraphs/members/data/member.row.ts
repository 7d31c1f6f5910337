import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { MemberId, ProgrammeId } from '../../../kernel/values/id';

/** A row of `member`. */
@Entity('member')
export class MemberRow {
  @PrimaryColumn({ type: 'text' })
  id!: MemberId;
  @Column({ name: 'programme_id', type: 'text' })
  programmeId!: ProgrammeId;
  @Column({ name: 'display_name', type: 'text', nullable: true })
  displayName!: string | null;
  @Column({ type: 'text', nullable: true })
  language!: string | null;
  @Column({ name: 'terms_accepted_at', type: 'timestamptz' })
  termsAcceptedAt!: Date;
  @Column({ name: 'enrolled_at', type: 'timestamptz' })
  enrolledAt!: Date;
}
