import {
  getOperationAST,
  OperationTypeNode,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import type { SubgraphName } from '../../kernel/context/principal';
import type { RequestContext } from '../../kernel/context/request-context';
import type { SubgraphLink } from '../../kernel/graph/link';
import { Fault } from '../../kernel/errors/fault';
import type { Logger } from '../../kernel/telemetry/log';
import { traced, type Span } from '../../kernel/telemetry/trace';
import { digest } from '../../kernel/values/canonical';
import type { AuditLog } from '../auth/audit-log';
import {
  Admissions,
  limitFault,
  rateFault,
  type Admission,
  type Admitted,
  type IncomingOperation,
  type NotAdmitted,
} from '../limits/admission';
import { aliasRule, plannerReads } from '../limits/alias-rule';
import type { Budgets, Payer } from '../limits/budgets';
import { NEW_DOCUMENT_COST, OperationCost } from '../limits/cost';
import { OncePerOperation } from '../limits/kept';
import { Lanes, statusOf, statusOfLane } from '../limits/lanes';
import type { GatewayLimits } from '../limits/limits';
import { ApolloPlanner, type Plan } from './apollo';
import { AuditTrail } from './audit-trail';
import { faultsOfChange } from './graph-change';
import { LinkDataSource, type DataSource } from './link-data-source';
import { maskErrors } from './mask';
import { taggedFields } from './personal-fields';
import { countAnswer, countRefusal, readLanes } from './measured';
import { SharedReads } from './shared-reads';

export interface PipelineOptions {
  readonly supergraphSdl: string;
  readonly links: Readonly<Partial<Record<SubgraphName, SubgraphLink>>>;
  readonly limits: GatewayLimits;
  readonly budgets: Budgets;
  readonly audit: AuditLog;
  readonly openIntrospection: boolean;
  readonly log: Logger;
}

/** An operation that was admitted, with the one it runs for. */
export interface Run {
  readonly document: DocumentNode;
  readonly operationName?: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: RequestContext;
  /** How it came. */
  readonly way: IncomingOperation['way'];
}

/** All that follows from one supergraph. */
interface Graph {
  readonly version: string;
  readonly planner: ApolloPlanner;
  readonly audit: AuditTrail;
  readonly admissions: Admissions;
  /** Streams of which only the latest message counts. */
  readonly states: ReadonlySet<string>;
  readonly plans: OncePerOperation<Plan>;
  readonly costs: OncePerOperation<OperationCost>;
}

/** How a subgraph marks a stream of which only the latest message counts: `@tag(name: "state")`. */
const STATE = 'state';

function graphOf(supergraphSdl: string, { limits, audit, openIntrospection, log }: PipelineOptions): Graph {
  const planner = new ApolloPlanner(supergraphSdl);
  const schema = planner.apiSchema;
  const rules = [aliasRule(plannerReads(supergraphSdl))];
  return {
    version: digest(supergraphSdl),
    planner,
    audit: new AuditTrail(audit, { schema, supergraphSdl, log }),
    admissions: new Admissions({ schema, limits, rules, openIntrospection }),
    states: taggedFields(supergraphSdl, STATE),
    plans: new OncePerOperation(),
    costs: new OncePerOperation(),
  };
}

/** What happens to every operation, whichever way it came: judged, planned, run, masked. */
export class Pipeline {
  readonly log: Logger;
  readonly lanes: Lanes;
  readonly links: PipelineOptions['links'];
  readonly sources: Readonly<Record<string, DataSource>>;
  private readonly reads = new SharedReads<{ result: ExecutionResult; text: string | null }>();
  /** Documents that are bulk work. */
  private readonly bulk = new WeakSet<DocumentNode>();
  private readonly limits: GatewayLimits;
  private readonly budgets: Budgets;
  private readonly schemaListeners: ((schema: GraphQLSchema) => void)[] = [];
  private graph: Graph;
  /** The supergraphs it ran since it started, by name. */
  private readonly served = new Set<string>();

  constructor(private readonly options: PipelineOptions) {
    const { supergraphSdl, links, limits, budgets, log } = options;
    this.limits = limits;
    this.budgets = budgets;
    this.lanes = new Lanes(limits.lanes);
    readLanes({ tills: this.lanes.tills, bulk: this.lanes.bulk });
    this.log = log;
    this.links = links;
    this.sources = Object.fromEntries(Object.entries(links).map(([name, link]) => [name, new LinkDataSource(link)]));
    this.graph = graphOf(supergraphSdl, options);
    this.served.add(this.graph.version);
  }

  get schema(): GraphQLSchema {
    return this.graph.planner.apiSchema;
  }

  get planner(): ApolloPlanner {
    return this.graph.planner;
  }

  get audit(): AuditTrail {
    return this.graph.audit;
  }

  /** Whether of a stream, such as `Subscription.balanceChanged`, only the latest message counts. */
  isState(coordinate: string): boolean {
    return this.graph.states.has(coordinate);
  }

  /**
   * Takes another supergraph from the next operation on. What runs, and every stream that is open, goes on with the one it
   * began with. One that ran here before is taken back whatever it lacks; the one that runs is left as it is.
   *
   * @returns whether it is another
   * @throws Fault HUB_SUPERGRAPH_REFUSED when the text is no supergraph, names a subgraph there is no way to, or takes away what a
   *         client may be asking for; then nothing has changed
   */
  reload(supergraphSdl: string): boolean {
    if (digest(supergraphSdl) === this.graph.version) return false;
    const next = this.nextGraph(supergraphSdl);
    this.served.add(next.version);
    this.graph = next;
    for (const listener of this.schemaListeners) listener(this.schema);
    return true;
  }

  private nextGraph(supergraphSdl: string): Graph {
    let next: Graph;
    try {
      next = graphOf(supergraphSdl, this.options);
    } catch (cause) {
      throw refusedSupergraph([`It is no supergraph: ${(cause as Error).message}`], cause);
    }
    if (this.served.has(next.version)) return next;
    const reachable = Object.keys(this.links);
    const faults = faultsOfChange({ from: this.schema, to: next.planner.apiSchema, supergraphSdl, reachable });
    if (faults.length > 0) throw refusedSupergraph(faults);
    return next;
  }

  /** Calls a listener with the schema clients see, now and whenever another supergraph is taken. */
  onSchema(listener: (schema: GraphQLSchema) => void): void {
    this.schemaListeners.push(listener);
    listener(this.schema);
  }

  /**
   * Judges an operation's form, then its price, then whether its caller can pay it. One that is not known yet is paid for before it is
   * looked at: to judge and plan it takes longer than most answers.
   */
  async admit(incoming: IncomingOperation, payer: Payer): Promise<Admission> {
    const admission = await this.judge(incoming, payer);
    if ('faults' in admission) countRefusal(admission.faults[0]?.extensions['code']);
    return admission;
  }

  private async judge(incoming: IncomingOperation, payer: Payer): Promise<Admission> {
    if (!this.graph.admissions.knows(incoming)) {
      const look = await this.charge(payer, NEW_DOCUMENT_COST);
      if ('faults' in look) return look;
    }
    const admission = this.graph.admissions.judge(incoming, payer.principal);
    if ('faults' in admission) return admission;
    if (admission.isBulk) this.bulk.add(incoming.document);
    const cost = this.costOf(incoming).of(incoming.variables ?? {});
    // What costs more than the whole budget could never be paid: to be told to come again would be no help.
    const whole = this.budgets.sizeOf(payer.principal) ?? Infinity;
    const most = admission.isBulk ? whole : Math.min(whole, this.limits.cost);
    if (cost > most) {
      const said = `The operation may cost ${cost} points, and one operation at most ${most}.`;
      return { faults: [limitFault('GATEWAY_COST_TOO_HIGH', said)] };
    }
    const charged = await this.charge(payer, cost);
    return 'faults' in charged ? charged : { ...admission, ...charged };
  }

  /** Spends from a caller's budget, or says that too little is left. */
  private async charge({ principal, address }: Payer, cost: number): Promise<Pick<Admitted, 'standing'> | NotAdmitted> {
    const standing = await this.budgets.spend(principal, address, cost);
    if (standing === null || standing.allowed) return { standing };
    return { faults: [rateFault(standing, cost)], standing };
  }

  private costOf({ document, operationName }: IncomingOperation): OperationCost {
    return this.graph.costs.of(document, operationName, () => {
      const operation = getOperationAST(document, operationName) as OperationDefinitionNode;
      return new OperationCost(this.schema, document, operation, this.callsOf({ document, operationName }));
    });
  }

  private callsOf(operation: Pick<Run, 'document' | 'operationName'>): number {
    try {
      return this.planner.callsOf(this.planOf(operation));
    } catch {
      // An operation that cannot be planned says so when it is answered.
      return 0;
    }
  }

  /** Answers a query or a mutation; faults are in the answer, never thrown. */
  async answer(run: Run): Promise<ExecutionResult> {
    const { document, operationName, context, way } = run;
    const startedAt = performance.now();
    const result = await traced(spanOf('operation', run), () => this.guarded(context, () => this.run(run)));
    countAnswer(getOperationAST(document, operationName)?.operation ?? 'query', way, result, startedAt);
    countNoPlace(result);
    return result;
  }

  /**
   * Answers a query or a mutation in JSON, with the status it has over HTTP. Queries that are asked for in the same moment by the
   * same caller are run once; what went wrong is told to each under its own request id.
   */
  async answerText(run: Run, kind: OperationTypeNode): Promise<{ text: string; status: number }> {
    const { document, context } = run;
    const startedAt = performance.now();
    const begin = () => this.written(run);
    const identity = [context.principal, run.operationName, run.variables, context.acceptLanguage];
    const shares = kind === OperationTypeNode.QUERY && !this.audit.concerns(run);
    const { result, text } = await (shares ? this.reads.ask(document, identity, begin) : begin());
    countAnswer(kind, run.way, result, startedAt);
    countNoPlace(result);
    if (text !== null) return { text, status: 200 };
    const errors = this.masked(result, context);
    return { text: JSON.stringify({ errors, data: result.data }), status: statusOf(errors) };
  }

  /** An answer without errors is the same to all who share it, so it is written once. */
  private async written(run: Run): Promise<{ result: ExecutionResult; text: string | null }> {
    const result = await caught(() => this.run(run));
    return { result, text: isWhole(result) ? JSON.stringify({ data: result.data }) : null };
  }

  /** Runs an operation in its lane, with the lines that are due in the audit log. */
  private async run(run: Run): Promise<ExecutionResult> {
    const { document, variables, context } = run;
    const { principal, deadlineAt } = context;
    const leave = await this.lanes.enter(principal, { isBulk: this.bulk.has(document), deadlineAt });
    try {
      return await this.audit.around(run, () =>
        this.planner.run({ plan: this.planOf(run), variables, context, sources: this.sources }),
      );
    } finally {
      leave();
    }
  }

  /** The plan of an operation, made once per document. */
  planOf({ document, operationName }: Pick<Run, 'document' | 'operationName'>): Plan {
    return this.graph.plans.of(document, operationName, () =>
      traced({ name: 'plan' }, () => this.planner.plan(document, operationName)),
    );
  }

  /** The plan of an operation with the graph it was made for, which a reload in between would change. */
  planned(operation: Pick<Run, 'document' | 'operationName'>): {
    readonly plan: Plan;
    readonly planner: ApolloPlanner;
    readonly schemaVersion: string;
  } {
    const { planner, version: schemaVersion } = this.graph;
    return { plan: this.planOf(operation), planner, schemaVersion };
  }

  /** Runs a piece of work whose faults must reach the client masked. */
  async guarded(context: RequestContext, work: () => Promise<ExecutionResult>): Promise<ExecutionResult> {
    const result = await caught(work);
    const { data } = result;
    if (isWhole(result)) return { data };
    const errors = this.masked(result, context);
    return data === undefined ? { errors } : { data, errors };
  }

  private masked({ errors = [] }: ExecutionResult, { requestId }: RequestContext): GraphQLError[] {
    return maskErrors(errors, requestId, this.log);
  }
}

interface SpanSubject extends Pick<Run, 'way'> {
  readonly context: Pick<RequestContext, 'principal' | 'requestId'>;
}

/** What a trace says of an operation whose request has no span of its own. */
export function spanOf(name: string, { context: { requestId, principal }, way }: SpanSubject): Span {
  return { name, kind: 'server', facts: { 'hub.request_id': requestId, 'hub.caller': principal.kind, 'hub.way': way } };
}

/** How many reasons are told: a text of another product would have thousands. */
const REASONS_TOLD = 20;

function refusedSupergraph(reasons: readonly string[], cause?: unknown): Fault {
  const left = reasons.length - REASONS_TOLD;
  const told = [...reasons.slice(0, REASONS_TOLD), ...(left > 0 ? [`and ${left} more`] : [])];
  return new Fault('HUB_SUPERGRAPH_REFUSED', ['The supergraph is not taken:', ...told].join('\n  '), { cause });
}

/** An operation that found no place in its lane was refused, each of those that shared the run. */
function countNoPlace({ errors }: ExecutionResult): void {
  const code = errors?.[0]?.extensions?.['code'];
  if (statusOfLane(code) !== undefined) countRefusal(code);
}

function isWhole({ errors }: ExecutionResult): boolean {
  return errors === undefined || errors.length === 0;
}

/** What was thrown is an answer that has nothing but that. */
async function caught(work: () => Promise<ExecutionResult>): Promise<ExecutionResult> {
  try {
    return await work();
  } catch (error) {
    return { errors: [error as GraphQLError] };
  }
}
