import { ExplainLineQuery } from './explain-line.query';

/** Everything of the graph that explains a line of a statement. */
export const explainLineResolvers = [ExplainLineQuery] as const;
