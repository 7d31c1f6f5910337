import { ExperimentQuery } from './experiment.query';

/** Everything of the graph that is about experiments. */
export const experimentResolvers = [ExperimentQuery] as const;
