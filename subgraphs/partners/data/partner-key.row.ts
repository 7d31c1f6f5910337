import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Id, PartnerId, ProgrammeId } from '../../../kernel/values/id';

/** A row of `partner_key`. */
@Entity('partner_key')
export class PartnerKeyRow {
  @PrimaryColumn({ type: 'text' })
  id!: Id<'key'>;
  @Column({ name: 'programme_id', type: 'text' })
  programmeId!: ProgrammeId;
  @Column({ name: 'partner_id', type: 'text' })
  partnerId!: PartnerId;
  @Column({ name: 'key_hash', type: 'text' })
  keyHash!: string;
  @Column({ type: 'text', array: true })
  scopes!: string[];
  @Column({ name: 'issued_at', type: 'timestamptz' })
  issuedAt!: Date;
  @Column({ name: 'expires_at', type: 'timestamptz', nullable: true })
  expiresAt!: Date | null;
  @Column({ name: 'revoked_at', type: 'timestamptz', nullable: true })
  revokedAt!: Date | null;
  @Column({ type: 'text', array: true, nullable: true })
  addresses!: string[] | null;
  @Column({ name: 'last_used_at', type: 'timestamptz', nullable: true })
  lastUsedAt!: Date | null;
}
