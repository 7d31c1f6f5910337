import DataLoader from 'dataloader';
import type { Principal } from '../../../kernel/context/principal';
import type { PartnerId } from '../../../kernel/values/id';
import {
  readActionRules,
  readBranches,
  readContracts,
  readEarningRules,
  readPartnerKeys,
  readPartners,
  readProposals,
  readRuleProposals,
} from '../app/read-partners';
import { readSettlementDetails } from '../app/read-settlement-details';
import { readIntakes } from '../app/set-intake';
import type { PartnersSetting } from '../app/setting';
import type { ActionRule } from '../core/action-rule';
import type { Branch } from '../core/branch';
import type { Contract } from '../core/contract';
import type { ContractProposal } from '../core/contract-proposal';
import type { EarningRule } from '../core/earning-rule';
import type { Intake } from '../core/intake/intake';
import type { Partner } from '../core/partner';
import type { PartnerKey } from '../core/partner-key';
import type { RuleProposal } from '../core/rule-proposal';
import type { SettlementDetails } from '../core/settlement-details';

/** One query for all partners an operation names, and one for each kind of thing it asks of them. */
export interface PartnersLoaders {
  readonly partner: DataLoader<PartnerId, Partner | null>;
  readonly contracts: DataLoader<PartnerId, Contract[]>;
  readonly branches: DataLoader<PartnerId, Branch[]>;
  readonly proposals: DataLoader<PartnerId, ContractProposal[]>;
  readonly ruleProposals: DataLoader<PartnerId, RuleProposal[]>;
  readonly earningRules: DataLoader<PartnerId, EarningRule[]>;
  readonly actionRules: DataLoader<PartnerId, ActionRule[]>;
  readonly keys: DataLoader<PartnerId, PartnerKey[]>;
  readonly settlementDetails: DataLoader<PartnerId, SettlementDetails[]>;
  readonly intake: DataLoader<PartnerId, Intake[]>;
}

export function openLoaders(setting: PartnersSetting, principal: Principal): PartnersLoaders {
  const eachPartner = <T extends { partnerId: PartnerId | null }>(
    read: (setting: PartnersSetting, principal: Principal, ids: readonly PartnerId[]) => Promise<T[]>,
  ) =>
    new DataLoader<PartnerId, T[]>(async (ids) => {
      const found = await read(setting, principal, ids);
      return ids.map((id) => found.filter(({ partnerId }) => partnerId === id));
    });
  return {
    partner: new DataLoader(async (ids) => {
      const found = new Map((await readPartners(setting, principal, ids)).map((partner) => [partner.id, partner]));
      return ids.map((id) => found.get(id) ?? null);
    }),
    contracts: eachPartner(readContracts),
    branches: eachPartner(readBranches),
    proposals: eachPartner(readProposals),
    ruleProposals: eachPartner(readRuleProposals),
    earningRules: eachPartner(readEarningRules),
    actionRules: eachPartner(readActionRules),
    keys: eachPartner(readPartnerKeys),
    settlementDetails: eachPartner(readSettlementDetails),
    intake: eachPartner(readIntakes),
  };
}
