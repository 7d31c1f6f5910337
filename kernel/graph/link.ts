import type { DocumentNode, ExecutionResult } from 'graphql';
import type { RequestContext } from '../context/request-context';
import type { SubgraphName } from '../context/principal';

/** Bytes of an operation for a subgraph in another process, without what signs it. */
export const OPERATION_BYTES_MAX = 4 * 1024 * 1024;

/** One operation for one subgraph. */
export interface SubgraphRequest {
  readonly query: string;
  /** `query`, parsed, when the caller has it at hand. */
  readonly document?: DocumentNode;
  readonly operationName?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly context: RequestContext;
}

/**
 * The way to one subgraph, in the same process or over the network: the gateway's data sources and the commands
 * between subgraphs both go through it, so that moving a subgraph out of the process changes configuration only.
 */
export interface SubgraphLink {
  readonly name: SubgraphName;
  execute(request: SubgraphRequest): Promise<ExecutionResult>;
  /** A subscription's results; returning the iterator ends it at the source. */
  subscribe(request: SubgraphRequest): Promise<AsyncIterableIterator<ExecutionResult>>;
  close(): Promise<void>;
}
