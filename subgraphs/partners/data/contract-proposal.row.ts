import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Id, PartnerId, ProgrammeId } from '../../../kernel/values/id';
import type { ProposalState } from '../core/contract-proposal';

/** A row of `contract_proposal`: written once, decided once. */
@Entity('contract_proposal')
export class ContractProposalRow {
  @PrimaryColumn({ type: 'text' })
  id!: Id<'cpr'>;
  @Column({ name: 'programme_id', type: 'text' })
  programmeId!: ProgrammeId;
  @Column({ name: 'partner_id', type: 'text' })
  partnerId!: PartnerId;
  @Column({ type: 'integer' })
  version!: number;
  /** The terms as canonical JSON: what the content hash covers. */
  @Column({ type: 'text' })
  terms!: string;
  @Column({ name: 'content_hash', type: 'text' })
  contentHash!: string;
  @Column({ type: 'text' })
  state!: ProposalState;
  @Column({ name: 'proposed_by', type: 'text' })
  proposedBy!: string;
  @Column({ name: 'proposed_at', type: 'timestamptz' })
  proposedAt!: Date;
  @Column({ name: 'decided_by', type: 'text', nullable: true })
  decidedBy!: string | null;
  @Column({ name: 'decided_at', type: 'timestamptz', nullable: true })
  decidedAt!: Date | null;
}
