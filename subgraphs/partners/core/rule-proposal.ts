import type { CampaignTerms } from '../../../kernel/conditions/rule-terms';
import type { Outcome, Refusal } from '../../../kernel/errors/refusal';
import { canonicalHash } from '../../../kernel/values/canonical';
import type { Id, PartnerId, ProgrammeId } from '../../../kernel/values/id';
import { proposalChanged, type ProposalState } from './contract-proposal';
import type { EarningRate } from './earning-rule';
import type { AskedRule } from './purchase-rule';
import { refuse } from './refusals';

/** A campaign as an admin proposes it. */
export interface AskedCampaign extends AskedRule, CampaignTerms {}

/** A change of what a purchase earns, as the mutation of its name takes it. */
export type RuleChange =
  | { readonly operation: 'setPurchaseRule'; readonly input: AskedRule }
  | { readonly operation: 'createCampaign' | 'changeCampaign'; readonly input: AskedCampaign }
  | { readonly operation: 'setEarningRule'; readonly input: EarningRate };

/** The code its proposals are kept under, the base rate's like no rule's own: a partner has one open proposal of each at most. */
export function codeOfChange({ operation, input }: RuleChange): string {
  return operation === 'setEarningRule' ? 'base rate' : input.code;
}

/** A change that waits for another person. */
export interface RuleProposal {
  readonly id: Id<'rpr'>;
  readonly partnerId: PartnerId;
  readonly code: string;
  readonly change: RuleChange;
  /** The number its version would have. */
  readonly version: number;
  /** The most a purchase could bring back with it, in basis points; null: there is no most. */
  readonly rebateBps: number | null;
  /** The programme's limit; null: it has none. */
  readonly limitBps: number | null;
  readonly contentHash: string;
  readonly state: ProposalState;
  readonly proposedBy: string;
  readonly proposedAt: Date;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
}

/** What an approval is bound to: all that would be set, and what it was judged to bring back. */
export function ruleHashOf(
  programmeId: ProgrammeId,
  { change, version, partnerId, rebateBps, limitBps }: Omit<RuleProposal, 'contentHash'>,
): string {
  const { idempotencyKey: _, ...input } = change.input;
  const content = { programmeId, partnerId, operation: change.operation, input, version, rebateBps, limitBps };
  return canonicalHash(content).toString('hex');
}

/**
 * Whether a person may approve an open proposal.
 *
 * @param mayApproveOwn a sandbox programme with a single approver
 * @returns the proposal; PARTNERS_PROPOSAL_CHANGED or PARTNERS_SELF_APPROVAL
 */
export function approveRuleProposal(
  open: RuleProposal | null,
  { approver, mayApproveOwn }: { approver: string; mayApproveOwn: boolean },
): Outcome<RuleProposal> {
  if (open === null) return proposalChanged();
  if (open.proposedBy !== approver || mayApproveOwn) return open;
  return refuse('PARTNERS_SELF_APPROVAL', 'Another person must approve this rule.');
}

/** Above what one person may decide, and by how much. */
export function aboveLimit(rebateBps: number | null, limitBps: number): Refusal {
  const most = rebateBps === null ? 'any part' : `${rebateBps / 100} %`;
  return refuse(
    'PARTNERS_REBATE_ABOVE_LIMIT',
    `A purchase could bring back ${most} of its price; one person may decide up to ${limitBps / 100} %.`,
    { rebateBps, limitBps },
  );
}
