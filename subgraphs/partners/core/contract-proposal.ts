import type { Outcome, Refusal } from '../../../kernel/errors/refusal';
import { canonicalHash } from '../../../kernel/values/canonical';
import type { Id, PartnerId, ProgrammeId } from '../../../kernel/values/id';
import type { AgreedTerms } from './contract';
import { refuse } from './refusals';

/** `OPEN` until one of the others: approved, taken back, or replaced by a later proposal of the same partner. */
export type ProposalState = 'OPEN' | 'APPROVED' | 'WITHDRAWN' | 'REPLACED';

/** Terms somebody proposed as a partner's next version; a partner has one open proposal at most. */
export interface ContractProposal {
  readonly id: Id<'cpr'>;
  readonly partnerId: PartnerId;
  /** The number its version would have. */
  readonly version: number;
  readonly terms: AgreedTerms;
  /** What an approval is bound to. */
  readonly contentHash: string;
  readonly state: ProposalState;
  /** A person: the same subject is one person in whatever role. */
  readonly proposedBy: string;
  readonly proposedAt: Date;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
}

/** Everything an approver looks at: the terms, which version they would be, and what a point is worth at that time. */
export interface ProposalContent {
  readonly programmeId: ProgrammeId;
  readonly partnerId: PartnerId;
  readonly version: number;
  readonly faceValueMicros: bigint;
  readonly terms: AgreedTerms;
}

/** SHA-256 of the content's canonical JSON, in hexadecimal digits. */
export function contentHashOf(content: ProposalContent): string {
  return canonicalHash(content).toString('hex');
}

/** What `approveProposal` looks at. */
export interface Approval<P extends Pick<ContractProposal, 'contentHash' | 'proposedBy'> = ContractProposal> {
  /** The open proposal; null when none is. */
  readonly open: P | null;
  /** What the approver looked at. */
  readonly contentHash: string;
  readonly approver: string;
  /** Whether a proposer may approve: a sandbox programme with a single approver. */
  readonly mayApproveOwn: boolean;
}

/**
 * Whether a person may approve the open proposal. That its terms still hold is asked apart.
 *
 * @returns the proposal; PARTNERS_PROPOSAL_CHANGED or PARTNERS_SELF_APPROVAL
 */
export function approveProposal<P extends Pick<ContractProposal, 'contentHash' | 'proposedBy'>>({
  open,
  contentHash,
  approver,
  mayApproveOwn,
}: Approval<P>): Outcome<P> {
  if (open === null || open.contentHash !== contentHash) return proposalChanged();
  if (open.proposedBy === approver && !mayApproveOwn) {
    return refuse('PARTNERS_SELF_APPROVAL', 'Another person must approve this.');
  }
  return open;
}

/** What was looked at is not what is proposed now. */
export function proposalChanged(): Refusal {
  return refuse('PARTNERS_PROPOSAL_CHANGED', 'What would be decided is not what is proposed.');
}
