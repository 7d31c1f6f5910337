import { GraphQLError } from 'graphql';

/** Codes a query may show in `errors[].extensions.code`; mutations answer refusals as data instead. */
export type GraphFaultCode =
  | 'INVALID_INPUT'
  | 'NOT_FOUND'
  | 'FORBIDDEN'
  | 'SUBGRAPH_UNAVAILABLE'
  | 'GATEWAY_BODY_TOO_LARGE'
  | 'GATEWAY_DEADLINE_EXCEEDED';

const RETRYABLE: ReadonlySet<GraphFaultCode> = new Set<GraphFaultCode>([
  'SUBGRAPH_UNAVAILABLE',
  'GATEWAY_DEADLINE_EXCEEDED',
]);

/** An error a client may read as it is; every other error is masked as INTERNAL at the gateway. */
export function graphFault(code: GraphFaultCode, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code, retryable: RETRYABLE.has(code) } });
}

/** A part of the hub does not answer. Its name stays inside; what happened is logged where it was noticed. */
export function subgraphUnavailable(): GraphQLError {
  return graphFault('SUBGRAPH_UNAVAILABLE', 'A part of the hub is not answering; what it owns is missing here.');
}

/** What is asked is larger than a subgraph takes. */
export function operationTooLarge(): GraphQLError {
  return graphFault('GATEWAY_BODY_TOO_LARGE', 'The operation is larger than a part of the hub takes.');
}

/** The caller's time is up before the answer came. */
export function deadlineExceeded(): GraphQLError {
  return graphFault('GATEWAY_DEADLINE_EXCEEDED', 'The answer took longer than this call may take.');
}

/** What a client is told when a request is turned away before any subgraph saw it. */
export interface RequestFault {
  readonly code: string;
  readonly message: string;
  /** The HTTP status it is answered with; over a WebSocket it has no meaning. */
  readonly status: number;
  readonly retryable?: boolean;
  /** When to come again, where that is known: over a WebSocket there is no header to say it. */
  readonly retryAfterSeconds?: number | undefined;
}

/** An error with an HTTP status of its own, in the form Apollo Server understands. */
export function requestFault(fault: RequestFault): GraphQLError {
  const { code, message, status, retryable = false, retryAfterSeconds } = fault;
  const when = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
  return new GraphQLError(message, { extensions: { code, retryable, ...when, http: { status } } });
}
