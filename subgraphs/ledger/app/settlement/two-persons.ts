import type { Principal } from '../../../../kernel/context/principal';
import type { Refusal } from '../../../../kernel/errors/refusal';
import { forbidden } from '../../../../kernel/errors/shared-refusals';
import { refuse } from '../../core/refusals';
import type { RuleBook } from '../../core/rule-book';

type Admin = Extract<Principal, { kind: 'admin' }>;
type Approver = Extract<Principal, { kind: 'admin' | 'finance' }>;

/** Who proposes what the operator does with money: an admin. */
export function proposerOf(principal: Principal): Admin | Refusal {
  return principal.kind === 'admin' ? principal : forbidden('Only a programme’s admin proposes this.');
}

/** Who approves what another person proposed: a finance approver, or another admin. */
export function approverOf(principal: Principal): Approver | Refusal {
  return principal.kind === 'admin' || principal.kind === 'finance'
    ? principal
    : forbidden('Only a finance approver or another admin of the programme approves this.');
}

/** Whether one person may do it all: in a sandbox that says so. */
export const isSingle = ({ isSandbox, singleApprover }: RuleBook): boolean => isSandbox && singleApprover;

/**
 * Why somebody may not approve a proposal.
 *
 * @returns LEDGER_CYCLE_CONTENT_CHANGED, LEDGER_SELF_APPROVAL, in this order; null when they may
 */
export function approvalRefusal(
  proposal: { readonly contentHash: string; readonly proposedBy: string },
  approval: { readonly contentHash: string; readonly by: string; readonly book: RuleBook },
): Refusal | null {
  if (proposal.contentHash !== approval.contentHash) {
    return refuse('LEDGER_CYCLE_CONTENT_CHANGED', 'What would be approved is not what was proposed.');
  }
  return proposal.proposedBy === approval.by && !isSingle(approval.book)
    ? refuse('LEDGER_SELF_APPROVAL', 'Another person must approve this.')
    : null;
}
