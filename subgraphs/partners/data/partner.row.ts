import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { PartnerId, ProgrammeId } from '../../../kernel/values/id';
import type { PartnerStatus } from '../core/partner';

/** A row of `partner`. */
@Entity('partner')
export class PartnerRow {
  @PrimaryColumn({ type: 'text' })
  id!: PartnerId;
  @Column({ name: 'programme_id', type: 'text' })
  programmeId!: ProgrammeId;
  @Column({ type: 'text' })
  code!: string;
  @Column({ type: 'text' })
  name!: string;
  @Column({ name: 'can_issue', type: 'boolean' })
  canIssue!: boolean;
  @Column({ name: 'can_redeem', type: 'boolean' })
  canRedeem!: boolean;
  @Column({ type: 'text' })
  status!: PartnerStatus;
  @Column({ name: 'leaving_since', type: 'timestamptz', nullable: true })
  leavingSince!: Date | null;
  @Column({ name: 'joined_at', type: 'timestamptz' })
  joinedAt!: Date;
}
