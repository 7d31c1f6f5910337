import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { MemberId, PartnerId, ProgrammeId } from '../../../kernel/values/id';
import type { LinkState } from '../core/partner-link';

/** A row of `partner_link`. */
@Entity('partner_link')
export class PartnerLinkRow {
  @PrimaryColumn({ name: 'member_id', type: 'text' })
  memberId!: MemberId;
  @PrimaryColumn({ name: 'partner_id', type: 'text' })
  partnerId!: PartnerId;
  @Column({ name: 'programme_id', type: 'text' })
  programmeId!: ProgrammeId;
  @Column({ type: 'text' })
  state!: LinkState;
  @Column({ name: 'linked_at', type: 'timestamptz' })
  linkedAt!: Date;
  @Column({ name: 'opened_at', type: 'timestamptz', nullable: true })
  openedAt!: Date | null;
}
