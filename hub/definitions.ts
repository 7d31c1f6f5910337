import type { SubgraphDefinition } from '../kernel/graph/subgraph';
import { feedbackDefinition } from '../subgraphs/feedback/main';
import { ledgerDefinition } from '../subgraphs/ledger/main';
import { membersDefinition } from '../subgraphs/members/main';
import { partnersDefinition } from '../subgraphs/partners/main';
import { rewardsDefinition } from '../subgraphs/rewards/main';

/** The five subgraphs of the hub. */
export const definitions: readonly SubgraphDefinition[] = [
  membersDefinition,
  ledgerDefinition,
  rewardsDefinition,
  partnersDefinition,
  feedbackDefinition,
];
