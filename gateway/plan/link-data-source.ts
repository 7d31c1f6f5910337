import type { DocumentNode, ExecutionResult } from 'graphql';
import type { RequestContext } from '../../kernel/context/request-context';
import type { SubgraphLink } from '../../kernel/graph/link';
import { traced } from '../../kernel/telemetry/trace';
import { countAsked } from './measured';

/** What a step of a plan asks a subgraph. */
export interface Fetch {
  readonly request: {
    readonly query?: string;
    readonly variables?: Record<string, unknown>;
    readonly operationName?: string;
  };
  readonly context: RequestContext;
  readonly document?: DocumentNode;
}

/** Where a plan's fetches are answered. */
export interface DataSource {
  process(fetch: Fetch): Promise<ExecutionResult>;
}

/** Answers fetches over a subgraph's link, whichever kind it is; the caller's context goes along. */
export class LinkDataSource implements DataSource {
  constructor(private readonly link: SubgraphLink) {}

  async process({ request, context, document }: Fetch): Promise<ExecutionResult> {
    const startedAt = performance.now();
    const result = await traced({ name: `ask ${this.link.name}`, kind: 'client' }, () =>
      this.link.execute({
        query: request.query ?? '',
        document,
        variables: request.variables,
        operationName: request.operationName,
        context,
      }),
    );
    countAsked(this.link.name, result, startedAt);
    return result;
  }
}
