import type { ExecutionResult } from 'graphql';
import type { SubgraphName } from '../../kernel/context/principal';
import { subgraphUnavailable } from '../../kernel/graph/fault';
import { mapStream, streamOf, type ResultStream } from '../../kernel/graph/stream';
import { EVENT, type Plan } from '../plan/apollo';
import type { DataSource } from '../plan/link-data-source';
import type { Pipeline, Run } from '../plan/pipeline';

/**
 * Runs a subscription over the whole graph.
 *
 * The planner's first fetch is subscribed to at its subgraph. For each event the plan's steps run as they would for a
 * query, only that the event answers the first of them; the others fetch what the event names from the other subgraphs.
 * A subgraph that is down makes its own fields null and leaves the rest of the event whole.
 */
export async function subscribe(
  pipeline: Pipeline,
  run: Run,
  eventDeadlineMs: number,
): Promise<ResultStream<ExecutionResult>> {
  let source: AsyncIterableIterator<ExecutionResult>;
  let plan: Plan;
  try {
    const whole = pipeline.planOf(run);
    await pipeline.audit.begins(run);
    source = await openSource(pipeline, whole, run);
    plan = pipeline.planner.eventPlan(whole);
  } catch (error) {
    return streamOf(await pipeline.guarded(run.context, () => Promise.reject(error as Error)));
  }
  return mapStream(source, (event) =>
    answerEvent(pipeline, { ...run, context: fresh(run, eventDeadlineMs) }, plan, event),
  );
}

async function openSource(pipeline: Pipeline, plan: Plan, run: Run): Promise<AsyncIterableIterator<ExecutionResult>> {
  const primary = pipeline.planner.primaryOf(plan);
  if (primary === null) throw new TypeError('subscribe: the plan of no subscription');
  const link = pipeline.links[primary.subgraph as SubgraphName];
  if (link === undefined) throw subgraphUnavailable();
  const { query, operationName } = primary;
  const own = primary.variableNames.filter((name) => Object.hasOwn(run.variables, name));
  const variables = Object.fromEntries(own.map((name) => [name, run.variables[name]]));
  return link.subscribe({ query, operationName, variables, context: run.context });
}

function answerEvent(pipeline: Pipeline, run: Run, plan: Plan, event: ExecutionResult): Promise<ExecutionResult> {
  // The executor writes into what it is given, and an in-process event may be shared by other readers.
  const answered: DataSource = { process: async () => ({ ...event, data: copied(event.data) }) };
  const sources = { ...pipeline.sources, [EVENT]: answered };
  return pipeline.guarded(run.context, () =>
    pipeline.planner.run({ plan, variables: run.variables, context: run.context, sources }),
  );
}

/** A copy of a result's objects and lists; the values in them are never changed. */
function copied<T>(value: T): T {
  if (Array.isArray(value)) return value.map(copied) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, copied(field as unknown)])) as T;
}

/** Each event has its own time to be answered in, however long the subscription lasts. */
function fresh({ context }: Run, deadlineMs: number): Run['context'] {
  return { ...context, deadlineAt: new Date(Date.now() + deadlineMs) };
}
