import { GraphQLError, parse, type DocumentNode, type ExecutionArgs } from 'graphql';
import { makeServer, type Context, type Server, type ServerOptions, type SubscribePayload } from 'graphql-ws';
import { requestFault } from '../../kernel/graph/fault';
import { newId } from '../../kernel/values/id';
import type { Logger } from '../../kernel/telemetry/log';
import type { Authenticator, Caller } from '../auth/authenticator';
import { limitFault } from '../limits/admission';
import type { DocumentBook, RequestedDocument } from '../limits/documents';
import { Kept } from '../limits/kept';
import type { GatewayLimits } from '../limits/limits';
import { maskErrors } from '../plan/mask';
import type { Pipeline, Run } from '../plan/pipeline';
import { subscribe } from '../stream/subscribe';

/** What is known of a socket besides the protocol. */
export interface SocketFacts {
  /** `Authorization` of the request that opened it. */
  readonly authorization: string | undefined;
  readonly acceptLanguage: string | undefined;
  /** Where the connection comes from. */
  readonly address: string;
  /** Set once the client has said who it is. */
  caller: Caller | null;
}

export interface SocketProtocolOptions {
  readonly pipeline: Pipeline;
  readonly authenticator: Authenticator;
  readonly documents: DocumentBook;
  readonly limits: GatewayLimits;
  readonly log: Logger;
}

type Params = Record<string, unknown> | undefined;
type SocketContext = Context<Params, SocketFacts>;

const DOCUMENTS_KEPT = 2_000;

/** The graphql-transport-ws protocol with the pipeline behind it: an operation's faults end the operation, not the socket. */
export function socketProtocol({
  pipeline,
  authenticator,
  documents: book,
  limits,
  log,
}: SocketProtocolOptions): Server<SocketFacts> {
  const documents = new Kept<DocumentNode>(DOCUMENTS_KEPT);
  const options: ServerOptions<Params, SocketFacts> = {
    connectionInitWaitTimeout: limits.initMs,
    onConnect: async ({ connectionParams, extra }) => {
      try {
        extra.caller = await authenticator.authenticate(authorizationOf(connectionParams, extra));
        return extra.caller !== null;
      } catch (error) {
        // Thrown from here, the reason would travel to the client as the reason of the close.
        log.error({ event: 'gateway.socket.unauthenticated', err: error });
        return false;
      }
    },
    onSubscribe: async (socket, _id, payload) => {
      const requestId = newId('req');
      const admitted = await admit({ socket, payload, requestId, documents, book, pipeline, limits });
      return Array.isArray(admitted) ? maskErrors(admitted, requestId, log) : (admitted as ExecutionArgs);
    },
    execute: (args) => pipeline.answer(args.contextValue as Run),
    subscribe: (args) => subscribe(pipeline, args.contextValue as Run, limits.deadlineMs),
  };
  return makeServer(options);
}

/** Either what is to be run, or the faults for which it is not. */
async function admit(asked: {
  socket: SocketContext;
  payload: SubscribePayload;
  requestId: string;
  documents: Kept<DocumentNode>;
  book: DocumentBook;
  pipeline: Pipeline;
  limits: GatewayLimits;
}): Promise<ExecutionArgs | GraphQLError[]> {
  const { socket, payload, requestId, documents, book, pipeline, limits } = asked;
  const { caller, acceptLanguage, address } = socket.extra;
  if (caller === null) return [limitFault('INVALID_INPUT', 'The socket has no caller.')];
  if (Object.keys(socket.subscriptions).length > limits.subscriptionsPerSocket) {
    return [
      limitFault(
        'GATEWAY_TOO_MANY_SUBSCRIPTIONS',
        `A socket may have ${limits.subscriptionsPerSocket} live operations.`,
      ),
    ];
  }
  const named = await book.resolve(payload as RequestedDocument, caller.principal);
  if ('code' in named) return [requestFault(named)];
  const document = documents.get(named.query) ?? parsed(named.query, limits.tokens);
  if (document instanceof GraphQLError) return [document];
  documents.set(named.query, document);
  const operationName = payload.operationName ?? undefined;
  const variables = (payload.variables ?? {}) as Record<string, unknown>;
  const payer = { principal: caller.principal, address };
  const admission = await pipeline.admit({ document, operationName, variables, way: 'socket' }, payer);
  if ('faults' in admission) return [...admission.faults];
  const deadlineAt = new Date(Date.now() + admission.deadlineMs);
  const context = { principal: caller.principal, requestId, deadlineAt, acceptLanguage };
  const run: Run = { document, operationName, variables, context, way: 'socket' };
  return { schema: pipeline.schema, document, operationName, variableValues: variables, contextValue: run };
}

function parsed(query: string, maxTokens: number): DocumentNode | GraphQLError {
  try {
    return parse(query, { maxTokens });
  } catch (error) {
    return limitFault('GATEWAY_SYNTAX', (error as GraphQLError).message);
  }
}

/** A browser cannot set headers on a WebSocket, so the first message may say what the header would. */
function authorizationOf(params: Params, { authorization }: SocketFacts): string | undefined {
  const own = Object.entries(params ?? {}).find(
    ([name, value]) => name.toLowerCase() === 'authorization' && value != null,
  );
  // A value that is no text is a credential that does not hold, as against none.
  return own === undefined ? authorization : typeof own[1] === 'string' ? own[1] : '';
}
