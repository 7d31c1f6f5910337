import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { PartnerId, ProgrammeId } from '../../../kernel/values/id';
import type { PartnerStanding } from '../core/reward';

/** A row of `partner_standing`: our copy of what the rule book says of a partner. */
@Entity('partner_standing')
export class PartnerStandingRow implements PartnerStanding {
  @PrimaryColumn({ type: 'text', name: 'programme_id' })
  programmeId!: ProgrammeId;
  @PrimaryColumn({ type: 'text', name: 'partner_id' })
  partnerId!: PartnerId;
  @Column({ type: 'boolean', name: 'can_redeem' })
  canRedeem!: boolean;
  @Column({ type: 'boolean', name: 'is_active' })
  isActive!: boolean;
}
