import type { DocumentNode, ExecutionResult, GraphQLSchema } from 'graphql';
import type { Principal, SubgraphName } from '../../kernel/context/principal';
import type { RequestContext } from '../../kernel/context/request-context';
import type { SubgraphLink } from '../../kernel/graph/link';
import type { Logger } from '../../kernel/telemetry/log';
import { Admissions, type Admission, type IncomingOperation } from '../limits/admission';
import { aliasRule, plannerReads } from '../limits/alias-rule';
import type { GatewayLimits } from '../limits/limits';
import { ApolloPlanner, type Plan } from './apollo';
import { LinkDataSource, type DataSource } from './link-data-source';
import { maskErrors } from './mask';

export interface PipelineOptions {
  readonly supergraphSdl: string;
  readonly links: Readonly<Partial<Record<SubgraphName, SubgraphLink>>>;
  readonly limits: GatewayLimits;
  readonly openIntrospection: boolean;
  readonly log: Logger;
}

/** An operation that was admitted, with the one it runs for. */
export interface Run {
  readonly document: DocumentNode;
  readonly operationName?: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: RequestContext;
}

/** What happens to every operation, whichever way it came: judged, planned, run, masked. */
export class Pipeline {
  readonly log: Logger;
  readonly planner: ApolloPlanner;
  readonly links: PipelineOptions['links'];
  readonly sources: Readonly<Record<string, DataSource>>;
  private readonly admissions: Admissions;
  /** Plans live as long as their documents, which the stores of documents bound. */
  private readonly plans = new WeakMap<DocumentNode, Map<string | undefined, Plan>>();

  constructor({ supergraphSdl, links, limits, openIntrospection, log }: PipelineOptions) {
    this.log = log;
    this.links = links;
    this.planner = new ApolloPlanner(supergraphSdl);
    this.sources = Object.fromEntries(Object.entries(links).map(([name, link]) => [name, new LinkDataSource(link)]));
    const rules = [aliasRule(plannerReads(supergraphSdl))];
    this.admissions = new Admissions({ schema: this.planner.apiSchema, limits, rules, openIntrospection });
  }

  get schema(): GraphQLSchema {
    return this.planner.apiSchema;
  }

  judge(incoming: IncomingOperation, principal: Principal): Admission {
    return this.admissions.judge(incoming, principal);
  }

  /** Answers a query or a mutation; faults are in the answer, never thrown. */
  async answer(run: Run): Promise<ExecutionResult> {
    const { variables, context } = run;
    return this.guarded(context, async () =>
      this.planner.run({ plan: this.planOf(run), variables, context, sources: this.sources }),
    );
  }

  /** The plan of an operation, made once per document. */
  planOf({ document, operationName }: Pick<Run, 'document' | 'operationName'>): Plan {
    const known = this.plans.get(document) ?? new Map<string | undefined, Plan>();
    this.plans.set(document, known);
    let plan = known.get(operationName);
    if (plan === undefined) known.set(operationName, (plan = this.planner.plan(document, operationName)));
    return plan;
  }

  /** Runs a piece of work whose faults must reach the client masked. */
  async guarded(context: RequestContext, work: () => Promise<ExecutionResult>): Promise<ExecutionResult> {
    try {
      const { data, errors } = await work();
      if (errors === undefined || errors.length === 0) return { data };
      return { data, errors: maskErrors(errors, context.requestId, this.log) };
    } catch (error) {
      return { errors: maskErrors([error as never], context.requestId, this.log) };
    }
  }
}
