import type { Principal } from '../../../kernel/context/principal';
import type { Replayable } from '../../../kernel/db/command-key';
import { isRefusal, type Refusal } from '../../../kernel/errors/refusal';
import { notFound } from '../../../kernel/errors/shared-refusals';
import { newId, parseId } from '../../../kernel/values/id';
import { agreeVersion, contractTermsFault, termsOf, type Contract, type ContractTerms } from '../core/contract';
import { findAllContracts, insertContract } from '../data/contract.store';
import { findAllPartners, lockPartner } from '../data/partner.store';
import { findProgramme } from '../data/programme.store';
import { adminOf } from './authorise';
import { changeRuleBook, type InRuleBook } from './change-rule-book';
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
  const admin = adminOf(principal);
  if (isRefusal(admin)) return admin;
  const { programmeId } = admin;
  const partnerId = parseId('ptr', input.partnerId);
  if (partnerId === null) return notFound('partner');
  return changeRuleBook(setting, {
    principal,
    operation: 'agreeContract',
    input,
    programmeId,
    work: async (tx, now) => {
      const partner = await lockPartner(tx, programmeId, partnerId);
      const programme = await findProgramme(tx, programmeId);
      if (partner === null || programme === null) return notFound('partner');
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
