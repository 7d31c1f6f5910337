import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import { graphFault } from '../../../kernel/graph/fault';
import { createExperiment, readExperiments, stopExperiment } from '../app/change-experiment';
import type { Experiment } from '../core/experiment';
import type { PartnersContext } from './context';
import { CreateExperimentInput, ExperimentResult, ExperimentType, StopExperimentInput } from './experiment.type';
import { answer } from './result.type';

const SUCCESS = 'ExperimentSuccess';

/** Experiments: made, stopped, listed. What came of them is the ledger's to say. */
@Resolver()
export class ExperimentMutation {
  @Mutation(() => ExperimentResult, { description: 'Makes an experiment, which runs in its window. Admin.' })
  createExperiment(
    @Arg('input', () => CreateExperimentInput, { description: 'The experiment.' }) input: CreateExperimentInput,
    @Ctx() { setting, principal }: PartnersContext,
  ): Promise<object> {
    return answer(SUCCESS, input, () => createExperiment(setting, principal, input));
  }

  @Mutation(() => ExperimentResult, { description: 'Ends an experiment, now or at an instant. Admin.' })
  stopExperiment(
    @Arg('input', () => StopExperimentInput, { description: 'Which, and when.' }) input: StopExperimentInput,
    @Ctx() { setting, principal }: PartnersContext,
  ): Promise<object> {
    return answer(SUCCESS, input, () => stopExperiment(setting, principal, input));
  }

  @Query(() => [ExperimentType], { description: 'The programme’s experiments, the earliest begun first. Admin.' })
  experiments(@Ctx() { setting, principal }: PartnersContext): Promise<Experiment[]> {
    if (principal.kind !== 'admin') throw graphFault('FORBIDDEN', 'Only an admin of the programme may do this.');
    return readExperiments(setting, principal.programmeId);
  }
}
