import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { IdentityKindName } from '../../../kernel/values/identity';
import type { Id, MemberId, PartnerId, ProgrammeId } from '../../../kernel/values/id';

/** A row of `identity_link`: one identity, one member. */
@Entity('identity_link')
export class IdentityLinkRow {
  @PrimaryColumn({ type: 'text' })
  id!: Id<'idl'>;
  @Column({ name: 'programme_id', type: 'text' })
  programmeId!: ProgrammeId;
  @Column({ type: 'text' })
  kind!: IdentityKindName;
  @Column({ name: 'partner_id', type: 'text' })
  partnerId!: PartnerId | '';
  @Column({ name: 'blind_index', type: 'text' })
  blindIndex!: string;
  @Column({ name: 'member_id', type: 'text' })
  memberId!: MemberId;
  @Column({ name: 'linked_at', type: 'timestamptz' })
  linkedAt!: Date;
}
