import type { GraphQLError } from 'graphql';
import {
  CloseCode,
  makeServer,
  type Context,
  type Server,
  type ServerOptions,
  type SubscribePayload,
} from 'graphql-ws';
import { requestFault } from '../../kernel/graph/fault';
import { newId } from '../../kernel/values/id';
import type { WebSocket } from 'ws';
import type { Logger } from '../../kernel/telemetry/log';
import type { Origin } from '../auth/client-address';
import type { Authenticator, Caller } from '../auth/authenticator';
import { limitFault } from '../limits/admission';
import { retryAfterOf } from '../limits/budgets';
import type { DocumentBook, RequestedDocument } from '../limits/documents';
import type { GatewayLimits } from '../limits/limits';
import { maskErrors } from '../plan/mask';
import { countRefusal } from '../plan/measured';
import type { Pipeline, Run } from '../plan/pipeline';
import type { SharedStreams } from '../stream/shared-streams';
import { tooManyFailed } from './graph-post';
import type { OperationDesk } from './operation-desk';
import { SocketReader } from './socket-reader';

/** What is known of a socket besides the protocol. */
export interface SocketFacts {
  /** What the request that opened it said of its sender. */
  readonly origin: Origin;
  readonly acceptLanguage: string | undefined;
  readonly socket: WebSocket;
  /** Set once the client has said who it is. */
  caller: Caller | null;
  /** Which operation has an id now: the latest that was begun with it. */
  readonly operations: Map<string, SubscribePayload>;
}

export interface SocketProtocolOptions {
  readonly pipeline: Pipeline;
  readonly streams: SharedStreams;
  readonly desk: OperationDesk;
  readonly authenticator: Authenticator;
  readonly documents: DocumentBook;
  readonly limits: GatewayLimits;
  readonly log: Logger;
}

/** The code of RFC 6455's registry for a server that may take the client later. */
export const TRY_AGAIN_LATER = 1013;

type Params = Record<string, unknown> | undefined;
type SocketContext = Context<Params, SocketFacts>;

/** The graphql-transport-ws protocol with the pipeline behind it: an operation's faults end the operation, not the socket. */
export function socketProtocol({
  pipeline,
  streams,
  desk,
  authenticator,
  documents: book,
  limits,
  log,
}: SocketProtocolOptions): Server<SocketFacts> {
  const options: ServerOptions<Params, SocketFacts> = {
    connectionInitWaitTimeout: limits.initMs,
    onConnect: async ({ connectionParams, extra }) => {
      try {
        const authorization = authorizationOf(connectionParams, extra);
        const caller = await authenticator.authenticate({ ...extra.origin, authorization });
        if (typeof caller === 'string') {
          // The protocol has one code for all that is forbidden; only whoever holds a key is told this of it.
          if (caller === 'GATEWAY_ADDRESS_NOT_ALLOWED') extra.socket.close(CloseCode.Forbidden, caller);
          return false;
        }
        if ('standing' in caller) {
          extra.socket.close(TRY_AGAIN_LATER, tooManyFailed(caller.standing));
          return false;
        }
        extra.caller = caller;
        return true;
      } catch (error) {
        // Thrown from here, the reason would travel to the client as the reason of the close.
        log.error({ event: 'gateway.socket.unauthenticated', err: error });
        extra.socket.close(TRY_AGAIN_LATER, 'Credentials cannot be checked now');
        return false;
      }
    },
    onSubscribe: async (socket, id, payload) => {
      const { operations } = socket.extra;
      operations.set(id, payload);
      const requestId = newId('req');
      // Thrown from here, a fault of ours would end the socket with all that is live on it.
      const admitted = await admit({ socket, id, payload, requestId, desk, book, limits }).catch(
        (error: unknown) => [error as GraphQLError] as const,
      );
      if (operations.get(id) !== payload) return nevermore();
      if (!('run' in admitted)) {
        operations.delete(id);
        return maskErrors(admitted, requestId, log);
      }
      const { document, operationName } = admitted.run;
      return { schema: pipeline.schema, document, operationName, contextValue: admitted };
    },
    execute: (args) => pipeline.answer((args.contextValue as SocketOperation).run),
    subscribe: async (args) => {
      const { run, id, payload, facts } = args.contextValue as SocketOperation;
      const reader = new SocketReader(facts.socket, id, limits.bufferedBytes);
      reader.left(await streams.join(run, reader));
      if (facts.operations.get(id) === payload) return reader;
      reader.end();
      return nevermore();
    },
    onNext: ({ extra: { operations } }, id, payload) => (operations.get(id) === payload ? undefined : nevermore()),
    onComplete: ({ extra: { operations } }, id, payload) => {
      if (operations.get(id) !== payload) return nevermore();
      operations.delete(id);
    },
  };
  return makeServer(options);
}

/**
 * Where an operation stops that the client has completed and whose id it has used again. The library keeps one place for each id: going
 * on, the earlier operation would take the later one's place or empty it, and one of the two would live where nobody can end it.
 *
 * Each time another promise: one that lived on would keep all that wait for it.
 */
function nevermore(): Promise<never> {
  return new Promise(() => {});
}

/** An operation on its way from its admission to its execution. */
interface SocketOperation {
  readonly run: Run;
  readonly id: string;
  readonly payload: SubscribePayload;
  readonly facts: SocketFacts;
}

/** Either what is to be run, or the faults for which it is not. */
async function admit(asked: {
  socket: SocketContext;
  id: string;
  payload: SubscribePayload;
  requestId: string;
  desk: OperationDesk;
  book: DocumentBook;
  limits: GatewayLimits;
}): Promise<SocketOperation | readonly GraphQLError[]> {
  const { socket, id, payload, requestId, desk, book, limits } = asked;
  const { caller, acceptLanguage } = socket.extra;
  if (caller === null) return [limitFault('INVALID_INPUT', 'The socket has no caller.')];
  const most = limits.subscriptionsPerSocket;
  if (Object.keys(socket.subscriptions).length > most) {
    countRefusal('GATEWAY_TOO_MANY_SUBSCRIPTIONS');
    return [limitFault('GATEWAY_TOO_MANY_SUBSCRIPTIONS', `A socket may have ${most} live operations.`)];
  }
  const named = await book.resolve(payload as RequestedDocument, caller);
  if ('code' in named) {
    countRefusal(named.code);
    return [requestFault({ ...named, retryAfterSeconds: retryAfterOf(named.standing) })];
  }
  const { operationName, variables } = payload;
  const desked = await desk.admit(
    { query: named.query, operationName, variables },
    { caller, acceptLanguage, address: caller.address, requestId, way: 'socket' },
  );
  if ('faults' in desked) return desked.faults;
  named.admitted();
  return { run: desked.run, id, payload, facts: socket.extra };
}

/** A browser cannot set headers on a WebSocket, so the first message may say what the header would. */
function authorizationOf(params: Params, { origin: { authorization } }: SocketFacts): string | undefined {
  const own = Object.entries(params ?? {}).find(
    ([name, value]) => name.toLowerCase() === 'authorization' && value != null,
  );
  // A value that is no text is a credential that does not hold, as against none.
  return own === undefined ? authorization : typeof own[1] === 'string' ? own[1] : '';
}
