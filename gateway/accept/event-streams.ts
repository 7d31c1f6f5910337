import type { Request, RequestHandler, Response } from 'express';
import type { ExecutionArgs } from 'graphql';
import { createHandler, type Handler, type RequestParams } from 'graphql-sse';
import type { Logger } from '../../kernel/telemetry/log';
import type { Caller } from '../auth/authenticator';
import { budgetHeaders } from '../limits/budgets';
import { faultBody, maskErrors } from '../plan/mask';
import type { Pipeline, Run } from '../plan/pipeline';
import type { SharedStreams } from '../stream/shared-streams';
import type { CredentialWatch, Watched } from './credential-watch';
import { EventStreamReader } from './event-stream-reader';
import { answerTypeFor, EVENTS } from './media-types';
import type { OperationDesk } from './operation-desk';
import { locals } from './request-shape';

export interface EventStreamOptions {
  readonly pipeline: Pipeline;
  readonly streams: SharedStreams;
  readonly desk: OperationDesk;
  readonly watch: CredentialWatch;
  /** How much may wait on a connection before its reader counts as slow. */
  readonly bufferedBytes: number;
  readonly log: Logger;
}

/** One request that is answered with events, and what of it is under way. */
interface Connection extends Watched {
  readonly request: Request;
  readonly response: Response;
  readonly caller: Caller;
  /** Null until it is known to be a subscription. */
  reader: EventStreamReader | null;
}

interface EventOperation {
  readonly run: Run;
  readonly connection: Connection;
}

/**
 * Server-sent events by the protocol of graphql-sse, each operation on a connection of its own: the same admission, the same
 * streams and the same masks as over WebSocket.
 */
export class EventStreams {
  private readonly open = new Set<Connection>();
  private isOpen = true;
  private readonly handle: Handler<Request, Connection>;

  constructor(private readonly options: EventStreamOptions) {
    const { pipeline, streams, bufferedBytes } = options;
    this.handle = createHandler<Request, Connection>({
      // No tokens, hence no streams kept for later requests: any of several gateways may be asked.
      authenticate: () => null,
      validate: () => [],
      onSubscribe: ({ context }, params) => this.admitted(context, params),
      execute: (args) => pipeline.answer(operationOf(args).run),
      subscribe: async (args) => {
        const { run, connection } = operationOf(args);
        const reader = new EventStreamReader(connection.response, bufferedBytes);
        connection.reader = reader;
        reader.left(await streams.join(run, reader));
        return reader as never;
      },
    });
  }

  /** Answers those that ask for events; all others are for the next handler. */
  get handler(): RequestHandler {
    return async (request, response, next) => {
      if (!wantsEvents(request)) return next();
      await this.serve(request, response);
    };
  }

  /** Ends every stream, also those that begin later: a client that meant to stay connects again, elsewhere. */
  close(): void {
    this.isOpen = false;
    for (const connection of this.open) endStream(connection);
  }

  private async serve(request: Request, response: Response): Promise<void> {
    const { caller } = response.locals as { caller: Caller };
    const { watch } = this.options;
    const connection: Connection = {
      request,
      response,
      caller,
      reader: null,
      endForbidden: () => endStream(connection, forbidden(response)),
    };
    this.open.add(connection);
    watch.watch(connection);
    try {
      await this.stream(connection);
    } finally {
      this.open.delete(connection);
      watch.forget(connection);
    }
  }

  private async stream(connection: Connection): Promise<void> {
    const { request, response } = connection;
    const [body, { status, statusText, headers }] = await this.handle({
      method: request.method,
      url: request.url,
      headers: { get: (name) => (name === 'accept' ? EVENTS : (request.headers[name] as string | undefined)) },
      body: () => request.body as object as never,
      raw: request,
      context: connection,
    });
    response.writeHead(status, statusText, headers);
    if (body === null || body === undefined || typeof body === 'string') return void response.end(body ?? undefined);
    const leave = () => void body.return(undefined);
    // Of an answer that waits behind another on its connection, only the connection tells that the client has left.
    const { socket } = request;
    socket.once('close', leave);
    try {
      connection.reader?.headWritten();
      if (!this.isOpen) endStream(connection);
      // It may have left while its request was admitted.
      if (socket.destroyed) leave();
      for await (const chunk of body) if (!response.writableEnded) response.write(chunk);
    } finally {
      socket.off('close', leave);
    }
    response.end();
  }

  /** What the library is to run, or the faults it is to tell. */
  private async admitted(connection: Connection, params: RequestParams) {
    const { request, response, caller } = connection;
    const { requestId, bodyBytes } = locals(response);
    const { query, operationName, variables } = params;
    const desked = await this.options.desk.admit(
      { query, operationName, variables },
      {
        caller,
        acceptLanguage: request.headers['accept-language'],
        address: caller.address,
        requestId,
        way: 'events',
        bodyBytes,
      },
    );
    for (const [name, value] of budgetHeaders(desked.standing ?? null)) response.setHeader(name, value);
    // Only what has the field, with whatever in it, is a result to the library.
    if ('faults' in desked) return { data: undefined, errors: maskErrors(desked.faults, requestId, this.options.log) };
    locals(response).documentAdmitted?.();
    const { run } = desked;
    const contextValue: EventOperation = { run, connection };
    const { document, operationName: name } = run;
    return { schema: this.options.pipeline.schema, document, operationName: name, contextValue };
  }
}

function operationOf(args: ExecutionArgs): EventOperation {
  return args.contextValue as EventOperation;
}

/**
 * Ends a stream that has begun, with last words. What has one answer is let have it, and one who does not read is not told twice:
 * what is written after the end ends the process.
 */
function endStream({ reader, response }: Connection, lastWords = ''): void {
  if (reader === null || !response.headersSent || response.writableEnded) return;
  response.end(lastWords);
  reader.end();
}

/** What a client is told whose credential no longer holds. */
function forbidden(response: Response): string {
  const message = 'The credential does not hold any longer.';
  const fault = faultBody({ code: 'GATEWAY_UNAUTHENTICATED', message, requestId: locals(response).requestId });
  return `event: next\ndata: ${JSON.stringify(fault)}\n\nevent: complete\ndata:\n\n`;
}

/** Whether a request would rather have events than one answer; some clients name both for everything. */
function wantsEvents(request: Request): boolean {
  return answerTypeFor(request.headers.accept) === EVENTS;
}
