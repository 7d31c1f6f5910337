import type { DocumentNode, ExecutionResult } from 'graphql';
import type { RequestContext } from '../../kernel/context/request-context';
import type { SubgraphLink } from '../../kernel/graph/link';

/** What the executor asks a subgraph; the part of Apollo's interface that is used. */
export interface Fetch {
  readonly request: {
    readonly query?: string;
    readonly variables?: Record<string, unknown>;
    readonly operationName?: string;
  };
  readonly context: Record<string, unknown>;
  readonly document?: DocumentNode;
}

/** Where a plan's fetches are answered. */
export interface DataSource {
  process(fetch: Fetch): Promise<ExecutionResult>;
}

/** Answers fetches over a subgraph's link, whichever kind it is; the caller's context goes along. */
export class LinkDataSource implements DataSource {
  constructor(private readonly link: SubgraphLink) {}

  process({ request, context, document }: Fetch): Promise<ExecutionResult> {
    return this.link.execute({
      query: request.query ?? '',
      document,
      variables: request.variables,
      operationName: request.operationName,
      context: contextOf(context),
    });
  }
}

/** The executor hands our context through as a record. */
export function contextOf(context: Record<string, unknown>): RequestContext {
  return context['request'] as RequestContext;
}
