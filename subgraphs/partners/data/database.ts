import type { DatabaseDefinition } from '../../../kernel/db/database';
import { USUAL_TENANCY } from '../../../kernel/db/tenancy';
import { ActionRuleRow } from './action-rule.row';
import { RuleProposals1795885000000 } from './migrations/1795885000000-rule-proposals';
import { ContractRow } from './contract.row';
import { ContractProposalRow } from './contract-proposal.row';
import { EarningRuleRow } from './earning-rule.row';
import { Partners1763890000000 } from './migrations/1763890000000-partners';
import { PurchaseRules1795820000000 } from './migrations/1795820000000-purchase-rules';
import { RicherTerms1795750000000 } from './migrations/1795750000000-richer-terms';
import { SettlementDetails1795850000000 } from './migrations/1795850000000-settlement-details';
import { Intake1795880300000 } from './migrations/1795880300000-intake';
import { ContractProposals1795825000000 } from './migrations/1795825000000-contract-proposals';
import { KeyAddresses1795886000000 } from './migrations/1795886000000-key-addresses';
import { Experiments1795890100000 } from './migrations/1795890100000-experiments';
import { TermsChanges1795891000000 } from './migrations/1795891000000-terms-changes';
import { Branches1795825060000 } from './migrations/1795825060000-branches';
import { Leaving1795825020000 } from './migrations/1795825020000-leaving';
import { PartnerKeyRow } from './partner-key.row';
import { PartnerRow } from './partner.row';
import { ProgrammeRow } from './programme.row';
import { TierRow } from './tier.row';
import { CommandKeysOfProgrammes1795892000000 } from './migrations/1795892000000-command-keys-of-programmes';

/** This subgraph's own database: nobody else reads it. */
export const partnersDatabase = {
  name: 'partners',
  rows: [
    ProgrammeRow,
    TierRow,
    PartnerRow,
    ContractRow,
    ContractProposalRow,
    EarningRuleRow,
    ActionRuleRow,
    PartnerKeyRow,
  ],
  migrations: [
    Partners1763890000000,
    RicherTerms1795750000000,
    SettlementDetails1795850000000,
    ContractProposals1795825000000,
    Leaving1795825020000,
    Branches1795825060000,
    Intake1795880300000,
    PurchaseRules1795820000000,
    RuleProposals1795885000000,
    KeyAddresses1795886000000,
    Experiments1795890100000,
    CommandKeysOfProgrammes1795892000000,
    TermsChanges1795891000000,
  ],
  appendOnly: [
    'purchase_rule',
    'conversion_rate',
    'purpose_budget',
    'outbox',
    'command_key',
    'contract',
    'earning_rule',
    'action_rule',
    'settlement_details',
    'intake',
  ],
  tenancy: { ...USUAL_TENANCY, programmes: ['programme'] },
} as const satisfies DatabaseDefinition;
