import type { Principal } from '../../../kernel/context/principal';
import type { Replayable } from '../../../kernel/db/command-key';
import { idempotencyKeyFault } from '../../../kernel/errors/check-input';
import { isRefusal, type Refusal } from '../../../kernel/errors/refusal';
import type { Contract } from '../core/contract';
import { approveProposal, proposalChanged } from '../core/contract-proposal';
import { decideProposal, findOpenProposal } from '../data/contract-proposal.store';
import { findProgramme } from '../data/programme.store';
import { approverOf } from './authorise';
import { changeAtPartner } from './change-at-partner';
import type { InRuleBook } from './change-rule-book';
import { agreeOn, drawUp } from './contract-content';
import type { ProposalDecision } from './propose-contract';
import type { PartnersSetting } from './setting';

/**
 * Agrees the proposed version of a partner's contract, as it was looked at. The guard judges it again by what was agreed in
 * the meantime, and what it would now be must still have the same content hash.
 *
 * Refuses FORBIDDEN unless an admin or a finance approver asks, NOT_FOUND, PARTNERS_PROPOSAL_CHANGED, PARTNERS_SELF_APPROVAL
 * unless the programme is a sandbox with a single approver, and what the arbitrage guard refuses.
 */
export async function approveContract(
  setting: PartnersSetting,
  principal: Principal,
  input: ProposalDecision,
): Promise<Replayable<{ contract: Contract } & InRuleBook> | Refusal> {
  const fault = idempotencyKeyFault(input.idempotencyKey);
  if (fault !== null) return fault;
  return changeAtPartner(setting, principal, {
    operation: 'approveContract',
    input,
    by: approverOf,
    work: async (tx, { programmeId, partnerId, subject, now }) => {
      const programme = await findProgramme(tx, programmeId);
      const open = await findOpenProposal(tx, programmeId, partnerId);
      const approved = approveProposal({
        ...{ open, contentHash: input.contentHash, approver: subject },
        mayApproveOwn: programme !== null && programme.isSandbox && programme.singleApprover,
      });
      if (isRefusal(approved)) return approved;
      const drawn = await drawUp(tx, { programmeId, partnerId, subject, now, terms: approved.terms });
      if (isRefusal(drawn)) return drawn;
      if (drawn.proposal.contentHash !== approved.contentHash) return proposalChanged();
      const contract = await agreeOn(tx, { ...drawn, at: now });
      await decideProposal(tx, programmeId, partnerId, { state: 'APPROVED', by: subject, at: now });
      return { contract };
    },
  });
}
