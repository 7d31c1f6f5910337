/**
 * The only place that touches Apollo's planner. `@apollo/query-planner` and `@apollo/federation-internals` are inner packages
 * without a promise: they are pinned to one exact version, and `apollo.test.ts` holds them to what is used here. Plans are run by
 * `steps.ts` and `shape.ts`, which `execution.test.ts` holds to Apollo's own executor.
 */
import { operationFromDocument, Supergraph, type Schema } from '@apollo/federation-internals';
import {
  QueryPlanner,
  type FetchNode,
  type PlanNode,
  type QueryPlan,
  type SubscriptionNode,
} from '@apollo/query-planner';
import {
  execute,
  executeSync,
  getOperationAST,
  GraphQLError,
  Kind,
  valueFromASTUntyped,
  type DocumentNode,
  type ExecutionResult,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import type { RequestContext } from '../../kernel/context/request-context';
import type { DataSource } from './link-data-source';
import { Shape, type Introspect } from './shape';
import { stepOf, type Execution, type Step } from './steps';

/** How an operation is answered by subgraphs; made once per document. */
export interface Plan {
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly operation: OperationDefinitionNode;
  /** Null when the schema alone answers. */
  readonly steps: QueryPlan | null;
  /** The steps, ready to run; null for those of a subscription, which `eventPlan` makes ready. */
  readonly run: Step | null;
  /** The form the client asked for. */
  readonly shape: Shape;
  /** Values of variables that the client may leave out. */
  readonly defaults: Readonly<Record<string, unknown>>;
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

/** Plans operations against a supergraph and runs the plans. */
export class ApolloPlanner {
  /** What clients see; `@oneOf` inputs are enforced, because the supergraph's text says which they are. */
  readonly apiSchema: GraphQLSchema;
  /** With what only the planner sees: inaccessible fields, and which fields it reads by itself. */
  readonly supergraphSchema: GraphQLSchema;
  private readonly planner: QueryPlanner;
  private readonly api: Schema;

  /** @throws Error when the text is no valid supergraph */
  constructor(supergraphSdl: string) {
    // A text given to a running gateway may have passed through other hands than composition's.
    const supergraph = Supergraph.build(supergraphSdl, { validateSupergraph: true });
    this.api = supergraph.apiSchema();
    this.apiSchema = this.api.toGraphQLJSSchema();
    this.supergraphSchema = supergraph.schema.toGraphQLJSSchema();
    this.planner = new QueryPlanner(supergraph, { exposeDocumentNodeInFetchNode: true });
  }

  /** @throws GraphQLError when the operation selects more than the planner will consider */
  plan(document: DocumentNode, operationName: string | undefined): Plan {
    const operation = getOperationAST(document, operationName);
    if (operation == null) throw new GraphQLError('The document has no such operation.');
    const defaults = defaultsOf(operation);
    const shape = this.shapeOf(document, operation, defaults);
    const whole = { document, operationName, operation, shape, defaults };
    if (asksOnlyTheSchema(operation)) return { ...whole, steps: null, run: null };
    const steps = this.planner.buildQueryPlan(
      operationFromDocument(this.api, document, { operationName, validate: false }),
    );
    return { ...whole, steps, run: this.readied(steps, defaults) };
  }

  async run({ plan, variables, context, sources }: PlanRun): Promise<ExecutionResult> {
    const { document, operationName } = plan;
    if (plan.steps === null)
      return execute({ schema: this.apiSchema, document, operationName, variableValues: variables });
    if (plan.run === null) throw new TypeError('run: a subscription has its events run, not itself');
    const execution: Execution = { root: {}, variables, context, sources, errors: [] };
    await plan.run(execution, { path: [], objects: [execution.root] });
    const { data, faults } = plan.shape.of(execution.root, variables);
    // A value the schema does not allow was made null. Where a subgraph failed, that is told already, with its cause.
    const errors = execution.errors.length > 0 ? execution.errors : faults;
    return errors.length === 0 ? { data } : { data, errors };
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
    const steps: QueryPlan = { kind: 'QueryPlan', node: { kind: 'Sequence', nodes } };
    return { ...plan, steps, run: this.readied(steps, plan.defaults) };
  }

  private readied({ node }: QueryPlan, defaults: Plan['defaults']): Step | null {
    if (node === undefined) return async () => undefined;
    return node.kind === 'Subscription' ? null : stepOf(this.supergraphSchema, node, defaults);
  }

  private shapeOf(document: DocumentNode, operation: OperationDefinitionNode, defaults: Plan['defaults']): Shape {
    const schema = this.apiSchema;
    const root = schema.getRootType(operation.operation);
    if (root == null) throw new GraphQLError(`The schema has no ${operation.operation}.`);
    const fragments: Record<string, FragmentDefinitionNode> = Object.create(null) as Record<string, never>;
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
    }
    const introspect: Introspect = (field, variables) => this.introspected({ document, operation, field }, variables);
    return new Shape({ schema, fragments, introspect }, operation.selectionSet, root, defaults);
  }

  /** One field of the schema about itself, asked for beside others. */
  private introspected(
    asked: { document: DocumentNode; operation: OperationDefinitionNode; field: FieldNode },
    variableValues: PlanRun['variables'],
  ): unknown {
    const { document, operation, field } = asked;
    const alone: OperationDefinitionNode = {
      ...operation,
      selectionSet: { kind: Kind.SELECTION_SET, selections: [field] },
    };
    const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
    const { data } = executeSync({
      schema: this.apiSchema,
      document: { kind: Kind.DOCUMENT, definitions: [alone, ...fragments] },
      variableValues,
    });
    return data?.[field.alias?.value ?? field.name.value];
  }
}

function defaultsOf({ variableDefinitions = [] }: OperationDefinitionNode): Plan['defaults'] {
  return Object.fromEntries(
    variableDefinitions.flatMap(({ variable, defaultValue }) =>
      defaultValue === undefined ? [] : [[variable.name.value, valueFromASTUntyped(defaultValue)]],
    ),
  );
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
function asksOnlyTheSchema(operation: OperationDefinitionNode): boolean {
  const { selections } = operation.selectionSet;
  return selections.every(
    (selection) => selection.kind === Kind.FIELD && /^__(schema|type)$/.test(selection.name.value),
  );
}

/** The name under which an event's payload answers the first fetch. */
export const EVENT = 'event';
