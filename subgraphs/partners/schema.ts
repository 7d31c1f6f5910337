import { buildSubgraph, type SubgraphSchema } from '../../kernel/graph/build-subgraph';
import { IntakeQuery } from './api/intake.query';
import { BranchMutation } from './api/branch.mutation';
import { ContractProposalMutation } from './api/contract-proposal.mutation';
import { ExperimentMutation } from './api/experiment.mutation';
import { PartnerKeyMutation } from './api/partner-key.mutation';
import { PartnerQuery } from './api/partner.query';
import { resolvePartner, resolveProgramme } from './api/references';
import { ProgrammeQuery } from './api/programme.query';
import { PurchaseRuleMutation } from './api/purchase-rule.mutation';
import { PurchaseRuleQuery } from './api/purchase-rule.query';
import { RuleBookMutation } from './api/rule-book.mutation';
import { RuleProposalMutation } from './api/rule-proposal.mutation';
import { SettlementDetailsQuery } from './api/settlement-details.query';
import { TermsChangeMutation } from './api/terms-change.mutation';
import { StandingMutation } from './api/standing.mutation';

let built: SubgraphSchema | undefined;

/** The executable schema and its SDL, built once per process: for main, printers and tests. */
export function buildPartnersSchema(): SubgraphSchema {
  built ??= buildSubgraph({
    resolvers: [
      StandingMutation,
      BranchMutation,
      ProgrammeQuery,
      PartnerQuery,
      RuleBookMutation,
      PurchaseRuleMutation,
      PurchaseRuleQuery,
      ContractProposalMutation,
      RuleProposalMutation,
      ExperimentMutation,
      PartnerKeyMutation,
      SettlementDetailsQuery,
      IntakeQuery,
      TermsChangeMutation,
    ],
    references: { Partner: resolvePartner, Programme: resolveProgramme },
  });
  return built;
}
