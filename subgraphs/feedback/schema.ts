import { buildSubgraph, type SubgraphSchema } from '../../kernel/graph/build-subgraph';
import { resolveInvitation } from './api/references';
import { SurveyMutation } from './api/survey.mutation';
import { SurveyQuery } from './api/survey.query';

let built: SubgraphSchema | undefined;

/** The executable schema and its SDL, built once per process: for main, printers and tests. */
export function buildFeedbackSchema(): SubgraphSchema {
  built ??= buildSubgraph({
    resolvers: [SurveyQuery, SurveyMutation],
    references: { SurveyInvitation: resolveInvitation },
  });
  return built;
}
