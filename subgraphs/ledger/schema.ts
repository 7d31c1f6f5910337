import { buildSubgraph, type SubgraphSchema } from '../../kernel/graph/build-subgraph';
import { adjustmentResolvers } from './api/adjustments/resolvers';
import { bookResolvers } from './api/books/resolvers';
import { campaignResolvers } from './api/campaigns/resolvers';
import { closingPackageResolvers } from './api/closing-package/resolvers';
import { documentResolvers } from './api/documents/resolvers';
import { experimentResolvers } from './api/experiments/resolvers';
import { explainLineResolvers } from './api/explain-line/resolvers';
import { pointReferences } from './api/points/references';
import { pointResolvers } from './api/points/resolvers';
import { receiptResolvers } from './api/receipts/resolvers';
import { reportResolvers } from './api/reports/resolvers';
import { simulateRuleResolvers } from './api/simulate-rule/resolvers';
import { simulateCloseResolvers } from './api/simulate-close/resolvers';
import { verifyResolvers } from './api/verify/resolvers';
import { settlementReferences, settlementResolvers } from './api/settlement/resolvers';

let built: SubgraphSchema | undefined;

/** The executable schema and its SDL, built once per process: for main, printers and tests. */
export function buildLedgerSchema(): SubgraphSchema {
  built ??= buildSubgraph({
    resolvers: [
      ...pointResolvers,
      ...settlementResolvers,
      ...documentResolvers,
      ...reportResolvers,
      ...bookResolvers,
      ...campaignResolvers,
      ...experimentResolvers,
      ...closingPackageResolvers,
      ...explainLineResolvers,
      ...simulateCloseResolvers,
      ...simulateRuleResolvers,
      ...adjustmentResolvers,
      ...receiptResolvers,
      ...verifyResolvers,
    ],
    references: { ...pointReferences, ...settlementReferences },
  });
  return built;
}
