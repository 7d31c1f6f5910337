import { programmeOf, type Principal } from '../../../kernel/context/principal';
import type { PartnerId, ProgrammeId } from '../../../kernel/values/id';
import type { ActionRule } from '../core/action-rule';
import type { Branch } from '../core/branch';
import type { Contract } from '../core/contract';
import type { ContractProposal } from '../core/contract-proposal';
import type { EarningRule } from '../core/earning-rule';
import type { Partner } from '../core/partner';
import type { PartnerKey } from '../core/partner-key';
import { findActionRules } from '../data/action-rule.store';
import { findBranches } from '../data/branch.store';
import { findRuleProposals } from '../data/rule-proposal.store';
import { findProposals } from '../data/contract-proposal.store';
import { findContracts } from '../data/contract.store';
import { findEarningRules } from '../data/earning-rule.store';
import { findPartnerKeys } from '../data/partner-key.store';
import { findPartnerPage, findPartners } from '../data/partner.store';
import { mayReadTermsOf } from './authorise';
import type { RuleProposal } from '../core/rule-proposal';
import type { PartnersSetting } from './setting';

/** Everyone of a programme may know its partners by name; partners of other programmes are not there. */
export async function readPartners(
  setting: PartnersSetting,
  principal: Principal,
  ids: readonly PartnerId[],
): Promise<Partner[]> {
  const programmeId = programmeOf(principal);
  return programmeId === null ? [] : findPartners(setting.database.dataSource.manager, programmeId, ids);
}

/** Places of some partners, which everyone of their programme may know. */
export async function readBranches(
  setting: PartnersSetting,
  principal: Principal,
  ids: readonly PartnerId[],
): Promise<Branch[]> {
  const programmeId = programmeOf(principal);
  return programmeId === null ? [] : findBranches(setting.database.dataSource.manager, programmeId, ids);
}

/** A page of the programme's partners, in the order of their codes. */
export async function readPartnerPage(
  setting: PartnersSetting,
  programmeId: ProgrammeId,
  page: { afterCode: string | null; limit: number },
): Promise<Partner[]> {
  return findPartnerPage(setting.database.dataSource.manager, programmeId, page);
}

/** What belongs to a partner and is read many partners at a time. */
type OfPartner = { readonly partnerId: PartnerId };
type Reader<T extends OfPartner> = (
  setting: PartnersSetting,
  principal: Principal,
  ids: readonly PartnerId[],
) => Promise<T[]>;

/** Terms and keys are read only by the partner itself and those who run the programme; the others' are left out. */
function termsReader<T extends OfPartner>(
  find: (
    tx: PartnersSetting['database']['dataSource']['manager'],
    programmeId: ProgrammeId,
    ids: readonly PartnerId[],
  ) => Promise<T[]>,
): Reader<T> {
  return async (setting, principal, ids) => {
    const programmeId = programmeOf(principal);
    const mine = ids.filter((id) => mayReadTermsOf(principal, id));
    return programmeId === null || mine.length === 0
      ? []
      : find(setting.database.dataSource.manager, programmeId, mine);
  };
}

/** Every version of the contracts of those partners whose terms the caller may read. */
export const readContracts = termsReader<Contract>(findContracts);

/** Every proposal made for some partners, for those who run the programme; names of persons are for nobody else. */
export async function readProposals(
  setting: PartnersSetting,
  principal: Principal,
  ids: readonly PartnerId[],
): Promise<ContractProposal[]> {
  if (principal.kind !== 'admin' && principal.kind !== 'finance') return [];
  return findProposals(setting.database.dataSource.manager, principal.programmeId, ids);
}

/** Every rule proposed for some partners, for those who run the programme; names of persons are for nobody else. */
export async function readRuleProposals(
  setting: PartnersSetting,
  principal: Principal,
  ids: readonly PartnerId[],
): Promise<RuleProposal[]> {
  if (principal.kind !== 'admin' && principal.kind !== 'finance') return [];
  return findRuleProposals(setting.database.dataSource.manager, principal.programmeId, ids);
}

/** Every version of the earning rules of those partners whose terms the caller may read. */
export const readEarningRules = termsReader<EarningRule>(findEarningRules);

/** Every version of the action rules of those partners whose terms the caller may read. */
export const readActionRules = termsReader<ActionRule>(findActionRules);

/** Every key of those partners whose terms the caller may read; never their texts. */
export const readPartnerKeys = termsReader<PartnerKey>(findPartnerKeys);
