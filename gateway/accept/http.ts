import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { ApolloServer } from '@apollo/server';
import { expressMiddleware } from '@as-integrations/express5';
import express, { type ErrorRequestHandler, type Express, type RequestHandler, type Response } from 'express';
import type { Logger } from '../../kernel/telemetry/log';
import { newId } from '../../kernel/values/id';
import type { Authenticator, Caller } from '../auth/authenticator';
import type { DocumentBook } from '../limits/documents';
import type { GatewayLimits } from '../limits/limits';
import type { HttpContext } from './apollo-server';
import { callerOf, type GraphPost } from './graph-post';
import { serveGraphiql } from './graphiql';
import { healthRoutes, type HealthOptions } from './health';
import { documentOfGet, faultOfHead, giveDocument, sendFault, type HttpFault } from './request-shape';

export interface HttpFrontOptions {
  readonly post: GraphPost;
  readonly apollo: ApolloServer<HttpContext>;
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
    if (request.method === 'POST' && GRAPH_PATH.test(request.url ?? '')) void options.post.answer(request, response);
    else pages(request, response);
  };
}

const GRAPH_PATH = /^\/graphql(?:\?|$)/;

function pagesOf(options: HttpFrontOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  // A hash of every answer would cost more than it saves: nothing here is cached.
  app.disable('etag');
  app.set('query parser', false);
  app.use(nameRequest);
  app.use(healthRoutes(options.health));
  serveGraphiql(app);
  app.use('/graphql', ...queryByGet(options));
  app.use((_request, response) =>
    refuse(response, { status: 404, code: 'GATEWAY_NOT_FOUND', message: 'There is no such path.' }),
  );
  app.use(lastResort(options.log));
  return app;
}

/** What the pages know of a request. */
interface HttpLocals {
  requestId: string;
  caller: Caller;
}

function locals(response: Response): HttpLocals {
  return response.locals as HttpLocals;
}

/** Gives each request its id. Whatever a client sends of the kind is not looked at. */
const nameRequest: RequestHandler = (_request, response, next) => {
  const requestId = newId('req');
  locals(response).requestId = requestId;
  response.setHeader('x-request-id', requestId);
  next();
};

function refuse(response: Response, fault: HttpFault): void {
  sendFault(response, locals(response).requestId, fault);
}

function queryByGet({ apollo, authenticator, documents, limits, log }: HttpFrontOptions): RequestHandler[] {
  const head: RequestHandler = (request, response, next) => {
    const fault = faultOfHead(request);
    // Apollo's middleware asks that the field be there, also for a GET.
    request.body ??= {};
    if (fault === null) next();
    else refuse(response, fault);
  };
  const credential: RequestHandler = async (request, response, next) => {
    const caller = await callerOf(authenticator, request, { requestId: locals(response).requestId, log });
    if ('code' in caller) return refuse(response, caller);
    locals(response).caller = caller;
    next();
  };
  const document: RequestHandler = async (request, response, next) => {
    const resolved = await documents.resolve(documentOfGet(request), locals(response).caller.principal);
    if ('code' in resolved) return refuse(response, resolved);
    giveDocument(request, resolved.query);
    next();
  };
  const graph = expressMiddleware(apollo, {
    context: async ({ req, res }) => {
      const { requestId, caller } = locals(res);
      const deadlineAt = new Date(Date.now() + limits.deadlineMs);
      return {
        request: {
          principal: caller.principal,
          requestId,
          deadlineAt,
          acceptLanguage: req.headers['accept-language'],
        },
        address: req.socket.remoteAddress ?? '',
        standing: null,
      };
    },
  });
  return [head, credential, document, graph];
}

/** Whatever was thrown is logged and masked. */
function lastResort(log: Logger): ErrorRequestHandler {
  return (error: { status?: number }, _request, response, next) => {
    if (response.headersSent) return next(error);
    if (error.status === 400)
      return refuse(response, { status: 400, code: 'GATEWAY_BAD_REQUEST', message: 'The request cannot be read.' });
    log.error({ event: 'gateway.http.failed', requestId: locals(response).requestId, err: error });
    return refuse(response, { status: 500, code: 'INTERNAL', message: 'Something went wrong on our side.' });
  };
}
