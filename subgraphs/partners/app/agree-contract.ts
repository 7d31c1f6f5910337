import type { Principal } from '../../../kernel/context/principal';
import type { Replayable } from '../../../kernel/db/command-key';
import { isRefusal, type Refusal } from '../../../kernel/errors/refusal';
import { notFound } from '../../../kernel/errors/shared-refusals';
import { newId } from '../../../kernel/values/id';
import { agreeVersion, contractTermsFault, termsOf, type Contract, type ContractTerms } from '../core/contract';
import { findAllContracts, insertContract } from '../data/contract.store';
import { findAllPartners } from '../data/partner.store';
import { findProgramme } from '../data/programme.store';
import { changeAtPartner } from './change-at-partner';
import type { InRuleBook } from './change-rule-book';
import type { PartnersSetting } from './setting';

/**
 * Agrees the next version of a partner's contract; earlier versions stay what they were.
 *
 * Refuses FORBIDDEN unless an admin asks, NOT_FOUND, PARTNERS_REIMBURSEMENT_ABOVE_FACE_VALUE,
 * PARTNERS_ISSUANCE_BELOW_REIMBURSEMENT, PARTNERS_REIMBURSEMENT_ABOVE_RESERVE, PARTNERS_NOT_AFTER_LATEST_VERSION.
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
    work: async (tx, { programmeId, partnerId, now }) => {
      const programme = await findProgramme(tx, programmeId);
      if (programme === null) return notFound('partner');
      const { faceValueMicros } = programme;
      const agreed = agreeVersion(input, partnerId, {
        faceValueMicros,
        partners: await findAllPartners(tx, programmeId),
        contracts: await findAllContracts(tx, programmeId),
      });
      if (isRefusal(agreed)) return agreed;
      const contract: Contract = { ...termsOf(input), id: newId('ctr'), partnerId, version: agreed.version };
      await insertContract(tx, programmeId, { contract, faceValueMicros, agreedAt: now });
      return { contract };
    },
  });
}
