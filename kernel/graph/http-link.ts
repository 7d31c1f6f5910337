import { createClient, type Client } from 'graphql-ws';
import type { ExecutionResult } from 'graphql';
import { Pool } from 'undici';
import WebSocket, { type ClientOptions } from 'ws';
import { INTERNAL_HEADER, signInternal } from '../context/internal-token';
import type { SubgraphName } from '../context/principal';
import type { RequestContext } from '../context/request-context';
import { openLog } from '../telemetry/log';
import { Breaker } from './breaker';
import { deadlineExceeded, operationTooLarge, subgraphUnavailable } from './fault';
import { OPERATION_BYTES_MAX, type SubgraphLink, type SubgraphRequest } from './link';
import { post, TimeUp } from './post';
import { endWhenSilent } from './silence';
import { PushStream, streamOf } from './stream';

export interface HttpLinkOptions {
  /** Origin of the subgraph's process, such as `http://127.0.0.1:4101`. */
  readonly url: string;
  /** Signs each request for this subgraph. */
  readonly secret: string;
  /** Connections kept to it; default 32. */
  readonly connections?: number;
  /** Messages of one subscription that may wait to be read; default 256. */
  readonly waiting?: number;
  /**
   * How often the other end of the WebSocket is asked whether it is there; one that said nothing until the next time, or takes twice as
   * long to accept a connection, is not. Default 2,500 ms, so that streams end before five seconds of silence are over.
   */
  readonly silenceMs?: number;
}

/** What waits is in memory; a reader that needs more comes again from the version it has. */
const WAITING_MAX = 256;
/** Larger than any message of a subgraph: a peer that sends more is broken. */
const MESSAGE_MAX = 4 * 1024 * 1024;
const SILENCE_MS = 2_500;
/** How long a goodbye is waited for. */
const CLOSE_MS = 1_500;
/** What a socket says of itself when it did not end by a goodbye, or was never open. */
const LOST = 1006;

/** Faults of a connection that broke under a request, as against one that could not be made. */
const BROKEN: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/**
 * The way to a subgraph of another process: HTTP/1.1 on kept connections for queries and mutations, one WebSocket for
 * all subscriptions. Every request carries its own signed context, so that requests of different callers may share a
 * connection. The messages of a subscription wait in a bounded queue: what its reader does not take in time ends it, and the
 * reader is told so. A way that has gone dead tells nothing by itself: the WebSocket is asked again and again, and without an answer
 * its streams end as with any lost connection. A subgraph that has not answered ten calls in a row is left alone for a second at a
 * time; a WebSocket that was lost, or could not be opened, is one of them, however many streams it carried.
 */
export class HttpLink implements SubgraphLink {
  private readonly log = openLog('link');
  private readonly pool: Pool;
  private readonly breaker = new Breaker({ failures: 10, restMs: 1_000 });
  private socket: Client | undefined;

  constructor(
    readonly name: SubgraphName,
    private readonly options: HttpLinkOptions,
  ) {
    this.pool = new Pool(new URL(options.url).origin, {
      connections: options.connections ?? 32,
      keepAliveTimeout: 30_000,
    });
  }

  async execute(request: SubgraphRequest): Promise<ExecutionResult> {
    const body = bodyOf(request);
    // It says nothing of the subgraph, so the breaker does not hear of it.
    if (isTooLarge(body)) return { errors: [operationTooLarge()] };
    if (!this.breaker.allows()) return { errors: [subgraphUnavailable()] };
    try {
      const result = await this.send(body, request);
      this.breaker.succeeded();
      return result;
    } catch (error) {
      this.breaker.failedOnce();
      if (error instanceof TimeUp) return { errors: [deadlineExceeded()] };
      this.log.warn({ event: 'link.failed', subgraph: this.name, requestId: request.context.requestId, err: error });
      return { errors: [subgraphUnavailable()] };
    }
  }

  async subscribe(request: SubgraphRequest): Promise<AsyncIterableIterator<ExecutionResult>> {
    // Too large a message would end the WebSocket, with all other streams on it.
    if (isTooLarge(bodyOf(request))) return streamOf<ExecutionResult>({ errors: [operationTooLarge()] });
    if (this.breaker.isResting()) return streamOf<ExecutionResult>({ errors: [subgraphUnavailable()] });
    const stream = new PushStream<ExecutionResult>(() => leave(), this.options.waiting ?? WAITING_MAX);
    // The consumer is there before the first message can come.
    const leave = this.client().subscribe(
      {
        query: request.query,
        operationName: request.operationName,
        variables: request.variables as Record<string, unknown>,
        extensions: { internal: signInternal(this.options.secret, this.name, request.context) },
      },
      {
        next: (result) => stream.push(result as unknown as ExecutionResult),
        complete: () => stream.end(),
        error: (error) => {
          stream.push(this.endOfStream(error, request.context));
          stream.end();
        },
      },
    );
    return stream;
  }

  async close(): Promise<void> {
    await this.socket?.dispose();
    await this.pool.destroy();
  }

  private async send(body: string, { query, context }: SubgraphRequest): Promise<ExecutionResult> {
    try {
      return await this.post(body, context);
    } catch (error) {
      // A kept connection may have been closed by the other side just now. Only reading again is surely harmless.
      if (!isQuery(query) || !BROKEN.has((error as { code?: string }).code ?? '')) throw error;
      return await this.post(body, context);
    }
  }

  private async post(body: string, context: RequestContext): Promise<ExecutionResult> {
    const headers = {
      'content-type': 'application/json',
      [INTERNAL_HEADER]: signInternal(this.options.secret, this.name, context),
    };
    const { deadlineAt } = context;
    const { status, text } = await post(this.pool, { path: '/graphql', headers, body, deadlineAt });
    if (status === 200) return JSON.parse(text) as ExecutionResult;
    throw new Error(`${this.name} answered with status ${status}`);
  }

  private client(): Client {
    this.socket ??= createClient({
      url: `${this.options.url.replace(/^http/, 'ws').replace(/\/$/, '')}/graphql`,
      webSocketImpl: this.signedSocket(),
      retryAttempts: 0,
      lazyCloseTimeout: 1_000,
      connectionAckWaitTimeout: 2 * this.silenceMs,
      onNonLazyError: () => {},
      on: {
        connected: () => this.breaker.succeeded(),
        closed: (event) => {
          if ((event as { code?: number }).code === LOST) this.breaker.failedOnce();
        },
      },
    });
    return this.socket;
  }

  /** A WebSocket whose opening request is signed: each connection anew, because a signature lives for seconds. */
  private signedSocket(): typeof WebSocket {
    const headers = () => ({ [INTERNAL_HEADER]: signInternal(this.options.secret, this.name, nobody()) });
    const { silenceMs } = this;
    return class extends WebSocket {
      constructor(url: string, protocols?: string | string[]) {
        // `closeTimeout` is newer than the package of types.
        const options: ClientOptions & { closeTimeout: number } = {
          headers: headers(),
          maxPayload: MESSAGE_MAX,
          handshakeTimeout: 2 * silenceMs,
          closeTimeout: CLOSE_MS,
        };
        super(url, protocols, options);
        endWhenSilent(this, silenceMs);
      }
    } as typeof WebSocket;
  }

  private get silenceMs(): number {
    return this.options.silenceMs ?? SILENCE_MS;
  }

  private endOfStream(error: unknown, context: RequestContext): ExecutionResult {
    if (Array.isArray(error)) return { errors: error as never };
    const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
    this.log.warn({
      event: 'link.stream.failed',
      subgraph: this.name,
      requestId: context.requestId,
      reason: code ?? message,
    });
    return { errors: [subgraphUnavailable()] };
  }
}

/** The context of a connection, before any operation on it says whose it is. */
export function nobody(requestId = 'connection'): RequestContext {
  return { principal: { kind: 'anonymous' }, requestId, deadlineAt: new Date(Date.now() + 15_000) };
}

function bodyOf({ query, variables, operationName }: SubgraphRequest): string {
  return JSON.stringify({ query, variables, operationName });
}

/** A character is at most three bytes, so most texts need not be counted. */
function isTooLarge(body: string): boolean {
  return body.length * 3 > OPERATION_BYTES_MAX && Buffer.byteLength(body) > OPERATION_BYTES_MAX;
}

function isQuery(text: string): boolean {
  return /^\s*(query\b|\{)/.test(text);
}
