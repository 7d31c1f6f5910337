import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { ApolloServer } from '@apollo/server';
import { expressMiddleware } from '@as-integrations/express5';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import type { Database } from '../../kernel/db/database';
import type { Logger } from '../../kernel/telemetry/log';
import { originOf } from '../auth/client-address';
import type { Authenticator, Caller } from '../auth/authenticator';
import type { DocumentBook } from '../limits/documents';
import type { GatewayLimits } from '../limits/limits';
import type { Pipeline } from '../plan/pipeline';
import type { HttpContext } from './apollo-server';
import { documentRoutes } from './documents';
import type { EventStreams } from './event-streams';
import { callerOf, type GraphPost } from './graph-post';
import { serveGraphiql } from './graphiql';
import { intakeRoutes } from './intake/routes';
import { healthRoutes, type HealthOptions } from './health';
import { EVENTS, answerTypeFor } from './media-types';
import {
  bodyReader,
  faultOfCredentials,
  faultOfHead,
  faultOfReading,
  giveDocument,
  locals,
  nameRequest,
  requestedDocument,
  sendFault,
} from './request-shape';

export interface HttpFrontOptions {
  readonly post: GraphPost;
  readonly events: EventStreams;
  readonly apollo: ApolloServer<HttpContext>;
  readonly pipeline: Pipeline;
  readonly database: Database;
  readonly authenticator: Authenticator;
  readonly documents: DocumentBook;
  readonly limits: GatewayLimits;
  readonly health: HealthOptions;
  readonly log: Logger;
}

/** Everything the port answers over HTTP: operations by POST on the shortest way, the rest through Express. */
export function httpFront(options: HttpFrontOptions): RequestListener {
  const pages = pagesOf(options);
  return (request: IncomingMessage, response: ServerResponse) => {
    if (GRAPH_PATH.test(request.url ?? '') && isOperation(request)) void options.post.answer(request, response);
    else pages(request, response);
  };
}

/** Whether a request to the graph is an operation to be answered at once. */
function isOperation({ method, headers }: IncomingMessage): boolean {
  return method === 'POST' && answerTypeFor(headers.accept) !== EVENTS;
}

const GRAPH_PATH = /^\/graphql(?:\?|$)/;

function pagesOf(options: HttpFrontOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  // A hash of every answer would cost more than it saves: nothing here is cached.
  app.disable('etag');
  app.set('query parser', false);
  app.use(nameRequest);
  app.use(oneCredential);
  app.use(healthRoutes(options.health));
  serveGraphiql(app);
  app.use(documentRoutes(options));
  app.use(intakeRoutes(options));
  app.use('/graphql', ...queriesAndEvents(options));
  app.use((_request, response) =>
    sendFault(response, { status: 404, code: 'GATEWAY_NOT_FOUND', message: 'There is no such path.' }),
  );
  app.use(lastResort(options.log));
  return app;
}

/** No page is asked with two credentials, whichever of them it would have looked at. */
const oneCredential: RequestHandler = (request, response, next) => {
  const fault = faultOfCredentials(request);
  if (fault === null) next();
  else sendFault(response, fault);
};

/** Queries by GET, and whatever is to be answered with events. */
function queriesAndEvents({
  post,
  events,
  apollo,
  authenticator,
  documents,
  limits,
  log,
}: HttpFrontOptions): RequestHandler[] {
  // Express takes other spellings of the path for the same: a slash behind it, capitals, a host before it.
  const operation: RequestHandler = (request, response, next) => {
    if (isOperation(request)) void post.answer(request, response);
    else next();
  };
  const head: RequestHandler = (request, response, next) => {
    const fault = faultOfHead(request);
    if (fault === null) next();
    else sendFault(response, fault);
  };
  const body: RequestHandler = (request, _response, next) => {
    // Apollo's middleware asks that the field be there, also for a GET.
    request.body ??= {};
    next();
  };
  const graph = expressMiddleware(apollo, {
    context: async ({ req, res }) => {
      const { requestId, bodyBytes, documentAdmitted } = locals(res);
      const { principal, address } = (res.locals as { caller: Caller }).caller;
      const deadlineAt = new Date(Date.now() + limits.deadlineMs);
      return {
        request: { principal, requestId, deadlineAt, acceptLanguage: req.headers['accept-language'] },
        bodyBytes,
        address,
        admission: null,
        documentAdmitted,
      };
    },
  });
  const bodied = [bodyReader(limits), body, document(documents)];
  return [operation, head, credential(authenticator, log), ...bodied, events.handler, graph];
}

/** Finds out who is calling, before anything of the body is read. */
function credential(authenticator: Authenticator, log: Logger): RequestHandler {
  return async (request, response, next) => {
    const { requestId } = locals(response);
    const caller = await callerOf(authenticator, originOf(request), { requestId, log });
    if ('code' in caller) return sendFault(response, caller);
    (response.locals as { caller: Caller }).caller = caller;
    next();
  };
}

/** Puts the text of the document that a request names in the place where a request that sends it has it. */
function document(documents: DocumentBook): RequestHandler {
  return async (request, response, next) => {
    const { caller } = response.locals as { caller: Caller };
    const resolved = await documents.resolve(requestedDocument(request), caller);
    if ('code' in resolved) return sendFault(response, resolved);
    locals(response).documentAdmitted = resolved.admitted;
    giveDocument(request, resolved.query);
    next();
  };
}

/** Whatever was thrown: named when the reader of bodies threw it, else logged and masked. */
function lastResort(log: Logger): ErrorRequestHandler {
  return (error: { status?: number; type?: string }, _request, response, next) => {
    if (response.headersSent) return next(error);
    const fault = faultOfReading(error);
    if (fault !== null) return sendFault(response, fault);
    log.error({ event: 'gateway.http.failed', requestId: locals(response).requestId, err: error });
    return sendFault(response, { status: 500, code: 'INTERNAL', message: 'Something went wrong on our side.' });
  };
}
