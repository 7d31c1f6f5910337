import type { Principal } from '../../../kernel/context/principal';
import type { Replayable } from '../../../kernel/db/command-key';
import { idempotencyKeyFault } from '../../../kernel/errors/check-input';
import { isRefusal, type Outcome, type Refusal } from '../../../kernel/errors/refusal';
import { contractTermsFault, termsOf, type ContractTerms } from '../core/contract';
import { proposalChanged, type ContractProposal } from '../core/contract-proposal';
import { decideProposal, findOpenProposal, insertProposal } from '../data/contract-proposal.store';
import { prepareAtPartner } from './change-at-partner';
import { drawUp } from './contract-content';
import type { PartnersSetting } from './setting';

/**
 * Proposes the next version of a partner's contract. Nothing is agreed until another person approves it. A proposal that is
 * open already is replaced, so whoever looked at that one approves nothing.
 *
 * Refuses FORBIDDEN unless an admin asks, NOT_FOUND, and all that the arbitrage guard and the order of versions refuse.
 */
export async function proposeContract(
  setting: PartnersSetting,
  principal: Principal,
  input: ContractTerms,
): Promise<Replayable<{ proposal: ContractProposal }> | Refusal> {
  const fault = contractTermsFault(input);
  if (fault !== null) return fault;
  return prepareAtPartner(setting, principal, {
    operation: 'proposeContract',
    input,
    work: async (tx, at) => {
      const drawn = await drawUp(tx, { ...at, terms: termsOf(input) });
      if (isRefusal(drawn)) return drawn;
      const { proposal } = drawn;
      await decideProposal(tx, at.programmeId, at.partnerId, { state: 'REPLACED', by: at.subject, at: at.now });
      await insertProposal(tx, at.programmeId, proposal);
      return { proposal };
    },
  });
}

/** A decision about a partner's open proposal, as it was looked at. */
export interface ProposalDecision {
  readonly idempotencyKey: string;
  readonly partnerId: string;
  readonly contentHash: string;
}

/**
 * Takes back a partner's open proposal, whoever made it.
 *
 * Refuses FORBIDDEN unless an admin asks, NOT_FOUND, PARTNERS_PROPOSAL_CHANGED.
 */
export async function withdrawContract(
  setting: PartnersSetting,
  principal: Principal,
  input: ProposalDecision,
): Promise<Replayable<{ proposal: ContractProposal }> | Refusal> {
  const fault = idempotencyKeyFault(input.idempotencyKey);
  if (fault !== null) return fault;
  return prepareAtPartner(setting, principal, {
    operation: 'withdrawContract',
    input,
    work: async (tx, { programmeId, partnerId, subject, now }): Promise<Outcome<{ proposal: ContractProposal }>> => {
      const open = await findOpenProposal(tx, programmeId, partnerId);
      if (open === null || open.contentHash !== input.contentHash) return proposalChanged();
      await decideProposal(tx, programmeId, partnerId, { state: 'WITHDRAWN', by: subject, at: now });
      return { proposal: { ...open, state: 'WITHDRAWN', decidedBy: subject, decidedAt: now } };
    },
  });
}
