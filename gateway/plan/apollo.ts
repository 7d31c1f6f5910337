/**
 * The only place that touches Apollo's planner and executor. `@apollo/query-planner` and `@apollo/federation-internals`
 * are inner packages without a promise: they are pinned to one exact version, and `apollo.test.ts` holds them to what is
 * used here.
 */
import { buildOperationContext, executeQueryPlan } from '@apollo/gateway';
import { operationFromDocument, Supergraph, type Schema } from '@apollo/federation-internals';
import {
  QueryPlanner,
  type FetchNode,
  type PlanNode,
  type QueryPlan,
  type SubscriptionNode,
} from '@apollo/query-planner';
import { execute, Kind, type DocumentNode, type ExecutionResult, type GraphQLSchema } from 'graphql';
import type { RequestContext } from '../../kernel/context/request-context';
import type { DataSource } from './link-data-source';

/** How an operation is answered by subgraphs; made once per document. */
export interface Plan {
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly operation: ReturnType<typeof buildOperationContext>;
  /** Null when the schema alone answers. */
  readonly steps: QueryPlan | null;
}

/** The first fetch of a subscription: the one that is subscribed to. */
export interface PrimaryFetch {
  readonly subgraph: string;
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variableNames: readonly string[];
}

/** One execution of a plan. */
export interface PlanRun {
  readonly plan: Plan;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: RequestContext;
  readonly sources: Readonly<Record<string, DataSource>>;
}

type ExecutorRequest = Parameters<typeof executeQueryPlan>[2];

/** Plans operations against a supergraph and runs the plans. */
export class ApolloPlanner {
  /** What clients see; `@oneOf` inputs are enforced, because the supergraph's text says which they are. */
  readonly apiSchema: GraphQLSchema;
  /** With what only the planner sees: inaccessible fields, and which fields it reads by itself. */
  readonly supergraphSchema: GraphQLSchema;
  private readonly planner: QueryPlanner;
  private readonly api: Schema;

  constructor(supergraphSdl: string) {
    // Composition has validated the text; doing it again would only make the start slower.
    const supergraph = Supergraph.build(supergraphSdl, { validateSupergraph: false });
    this.api = supergraph.apiSchema();
    this.apiSchema = this.api.toGraphQLJSSchema();
    this.supergraphSchema = supergraph.schema.toGraphQLJSSchema();
    this.planner = new QueryPlanner(supergraph, { exposeDocumentNodeInFetchNode: true });
  }

  /** @throws GraphQLError when the operation selects more than the planner will consider */
  plan(document: DocumentNode, operationName: string | undefined): Plan {
    const operation = buildOperationContext({ schema: this.apiSchema, operationDocument: document, operationName });
    if (asksOnlyTheSchema(operation)) return { document, operationName, operation, steps: null };
    const steps = this.planner.buildQueryPlan(
      operationFromDocument(this.api, document, { operationName, validate: false }),
    );
    return { document, operationName, operation, steps };
  }

  async run({ plan, variables, context, sources }: PlanRun): Promise<ExecutionResult> {
    const { document, operationName } = plan;
    if (plan.steps === null)
      return execute({ schema: this.apiSchema, document, operationName, variableValues: variables });
    const request = {
      request: { variables },
      context: { request: context },
      metrics: {},
      logger: SILENT,
    } as unknown as ExecutorRequest;
    const serviceMap = sources as never;
    const result = await executeQueryPlan(
      plan.steps,
      serviceMap,
      request,
      plan.operation,
      this.supergraphSchema,
      this.api,
    );
    // A value the schema does not allow was made null. Stock Apollo tells it in an extension; here it is a fault like any other.
    const { valueCompletion } = (result.extensions ?? {}) as { valueCompletion?: ExecutionResult['errors'] };
    return valueCompletion === undefined ? result : { data: result.data, errors: valueCompletion };
  }

  /** How many calls of subgraphs a plan makes at most. */
  callsOf({ steps }: Plan): number {
    return steps?.node === undefined ? 0 : callsOf(steps.node);
  }

  /** The fetch a subscription's plan begins with; null for any other plan. */
  primaryOf(plan: Plan): PrimaryFetch | null {
    if (plan.steps?.node?.kind !== 'Subscription') return null;
    const { serviceName, operation, operationName, variableUsages } = plan.steps.node.primary;
    return { subgraph: serviceName, query: operation, operationName, variableNames: variableUsages ?? [] };
  }

  /**
   * The plan of one event of a subscription: its first fetch, to be answered with the event, then the rest.
   *
   * Apollo's executor refuses plans of kind Subscription but runs the very same steps as a sequence.
   */
  eventPlan(plan: Plan): Plan {
    if (plan.steps?.node?.kind !== 'Subscription') throw new TypeError('eventPlan: not the plan of a subscription');
    const { primary, rest } = plan.steps.node;
    const first: FetchNode = { ...primary, serviceName: EVENT };
    const nodes: PlanNode[] = rest === undefined ? [first] : [first, rest];
    return { ...plan, steps: { kind: 'QueryPlan', node: { kind: 'Sequence', nodes } } };
  }
}

function callsOf(node: PlanNode | SubscriptionNode): number {
  switch (node.kind) {
    case 'Fetch':
      return 1;
    case 'Flatten':
      return callsOf(node.node);
    case 'Sequence':
    case 'Parallel':
      return node.nodes.reduce((sum, child) => sum + callsOf(child), 0);
    case 'Condition':
      return Math.max(
        node.ifClause === undefined ? 0 : callsOf(node.ifClause),
        node.elseClause === undefined ? 0 : callsOf(node.elseClause),
      );
    case 'Subscription':
      return 1 + (node.rest === undefined ? 0 : callsOf(node.rest));
    case 'Defer':
      return 0;
  }
}

/**
 * Whether an operation introspects and nothing else. graphql-js answers it: Apollo's own copy of the introspection types is
 * older and does not know `isOneOf`.
 */
function asksOnlyTheSchema({ operation }: Plan['operation']): boolean {
  const { selections } = operation.selectionSet;
  return selections.every(
    (selection) => selection.kind === Kind.FIELD && /^__(schema|type)$/.test(selection.name.value),
  );
}

/** The name under which an event's payload answers the first fetch. */
export const EVENT = 'event';

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };
