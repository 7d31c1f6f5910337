import type { Principal } from '../../../kernel/context/principal';
import type { Replayable } from '../../../kernel/db/command-key';
import { isRefusal, type Refusal } from '../../../kernel/errors/refusal';
import { contractTermsFault, termsOf, type Contract, type ContractTerms } from '../core/contract';
import { refuse } from '../core/refusals';
import { decideProposal, insertProposal } from '../data/contract-proposal.store';
import { changeAtPartner } from './change-at-partner';
import type { InRuleBook } from './change-rule-book';
import { agreeOn, drawUp } from './contract-content';
import type { PartnersSetting } from './setting';

/**
 * Proposes and approves the next version of a partner's contract at once, which only a sandbox programme with a single approver
 * lets one person do; earlier versions stay what they were.
 *
 * Refuses FORBIDDEN unless an admin asks, NOT_FOUND, PARTNERS_REIMBURSEMENT_ABOVE_FACE_VALUE,
 * PARTNERS_ISSUANCE_BELOW_REIMBURSEMENT, PARTNERS_REIMBURSEMENT_ABOVE_RESERVE, PARTNERS_NOT_AFTER_LATEST_VERSION,
 * PARTNERS_APPROVAL_NEEDED in all other programmes.
 */
export async function agreeContract(
  setting: PartnersSetting,
  principal: Principal,
  input: ContractTerms,
): Promise<Replayable<{ contract: Contract } & InRuleBook> | Refusal> {
  const fault = contractTermsFault(input);
  if (fault !== null) return fault;
  return changeAtPartner(setting, principal, {
    operation: 'agreeContract',
    input,
    work: async (tx, { programmeId, partnerId, subject, now }) => {
      const drawn = await drawUp(tx, { programmeId, partnerId, subject, now, terms: termsOf(input) });
      if (isRefusal(drawn)) return drawn;
      const { programme, proposal } = drawn;
      if (!programme.isSandbox || !programme.singleApprover) {
        return refuse('PARTNERS_APPROVAL_NEEDED', 'Another person must approve a contract of this programme.');
      }
      await decideProposal(tx, programmeId, partnerId, { state: 'REPLACED', by: subject, at: now });
      await insertProposal(tx, programmeId, { ...proposal, state: 'APPROVED', decidedBy: subject, decidedAt: now });
      return { contract: await agreeOn(tx, { proposal, programme, at: now }) };
    },
  });
}
