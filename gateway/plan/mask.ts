import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Logger } from '../../kernel/telemetry/log';
import { isKnownCode, isRetryableCode, type GatewayCode } from './codes';

/** What Apollo Server calls the faults it finds by itself, in our words. */
const APOLLO_CODES: Readonly<Record<string, GatewayCode | 'INVALID_INPUT'>> = {
  GRAPHQL_PARSE_FAILED: 'GATEWAY_SYNTAX',
  GRAPHQL_VALIDATION_FAILED: 'GATEWAY_VALIDATION',
  OPERATION_RESOLUTION_FAILURE: 'GATEWAY_OPERATION_UNKNOWN',
  BAD_USER_INPUT: 'INVALID_INPUT',
  BAD_REQUEST: 'GATEWAY_BAD_REQUEST',
};

/** Known to clients, and worth a line in the log all the same. */
const UNANSWERED: ReadonlySet<string> = new Set(['SUBGRAPH_UNAVAILABLE', 'GATEWAY_DEADLINE_EXCEEDED']);

/** The one form in which a fault leaves the hub. */
export interface ClientFault {
  readonly code: string;
  readonly message: string;
  readonly requestId: string;
  readonly retryAfterSeconds?: number | undefined;
}

/** The body of an answer that is nothing but a fault. */
export function faultBody(fault: ClientFault) {
  const { code, message, requestId, retryAfterSeconds } = fault;
  const when = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
  return { errors: [{ message, extensions: { code, requestId, retryable: isRetryableCode(code, false), ...when } }] };
}

/**
 * Errors as a client may see them: known codes with their message, everything else as INTERNAL with a request id. What
 * is hidden is logged under that id.
 */
export function maskErrors(
  errors: readonly (GraphQLError | GraphQLFormattedError)[],
  requestId: string,
  log: Logger,
): GraphQLError[] {
  return errors.map((error) => {
    const { path, extensions } = error;
    const code = ownCode(extensions);
    if (isKnownCode(code)) {
      if (UNANSWERED.has(code)) log.warn({ event: 'gateway.unanswered', requestId, path, code });
      // Places in the document are kept only for what the gateway found in the client's own document.
      const locations = extensions?.['serviceName'] === undefined ? error.locations : undefined;
      return masked(error.message, {
        path,
        locations,
        code,
        requestId,
        retryable: isRetryableCode(code, extensions?.['retryable']),
        retryAfterSeconds: ownRetryAfter(extensions),
      });
    }
    log.error({ event: 'gateway.masked', requestId, path, code, err: rootOf(error) });
    return masked('Something went wrong on our side.', { path, code: 'INTERNAL', requestId, retryable: false });
  });
}

function ownCode(extensions: { readonly [name: string]: unknown } | undefined): unknown {
  const code = extensions?.['code'];
  // A subgraph that finds fault with the planner's document is a bug of ours and no fault of the client's.
  if (extensions?.['serviceName'] !== undefined || typeof code !== 'string') return code;
  return Object.hasOwn(APOLLO_CODES, code) ? APOLLO_CODES[code] : code;
}

/** When to come again, as the gateway itself says it. */
function ownRetryAfter(extensions: { readonly [name: string]: unknown } | undefined): number | undefined {
  const said = extensions?.['retryAfterSeconds'];
  return typeof said === 'number' && extensions?.['serviceName'] === undefined ? said : undefined;
}

interface MaskedFacts {
  readonly path?: readonly (string | number)[];
  readonly locations?: readonly { line: number; column: number }[];
  readonly code: string;
  readonly requestId: string;
  readonly retryable: boolean;
  readonly retryAfterSeconds?: number | undefined;
}

function masked(message: string, facts: MaskedFacts): GraphQLError {
  const { path, locations, code, requestId, retryable, retryAfterSeconds } = facts;
  const when = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
  const error = new GraphQLError(message, { path, extensions: { code, requestId, retryable, ...when } });
  if (locations !== undefined) Object.defineProperty(error, 'locations', { value: locations, enumerable: true });
  return error;
}

/** The error somebody threw, below the wrappings of the graph. */
function rootOf(error: unknown): unknown {
  let root = error;
  for (let depth = 0; depth < 5 && root instanceof GraphQLError && root.originalError; depth++)
    root = root.originalError;
  return root instanceof Error ? root : { ...(error as object) };
}
