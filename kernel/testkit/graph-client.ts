import { createClient, type Client } from 'graphql-ws';
import WebSocket, { type ClientOptions } from 'ws';
import type { ExecutionResult } from 'graphql';
import { PushStream, type ResultStream } from '../graph/stream';

type Variables = Record<string, unknown>;

/** A result as tests read it: any field may be asked for. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyResult = ExecutionResult<any, any>;

/** An answer over HTTP. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: AnyResult;
  readonly headers: Headers;
}

/** Speaks to a hub as a client does: over real sockets. */
export interface GraphClient {
  /** POSTs one operation. */
  query(document: string, variables?: Variables): Promise<HttpAnswer>;
  /** Opens a subscription on the client's one WebSocket; leave it with `return()` or by ending the loop. */
  subscribe(document: string, variables?: Variables): ResultStream<AnyResult>;
  /** Opens a bare WebSocket, for tests of the protocol itself. */
  socket(options?: ClientOptions & { protocol?: string }): Promise<RawSocket>;
  /** Ends the WebSocket. */
  close(): Promise<void>;
}

/**
 * @param url        the hub's origin
 * @param credential a partner key or a token; none: anonymous
 */
export function graphClient(url: string, credential?: string): GraphClient {
  const authorization: Record<string, string> =
    credential === undefined ? {} : { authorization: `Bearer ${credential}` };
  const socketUrl = `${url.replace(/^http/, 'ws')}/graphql`;
  let client: Client | undefined;
  return {
    query: async (query, variables) => {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...authorization },
        body: JSON.stringify({ query, variables }),
      });
      return { status: response.status, body: (await response.json()) as AnyResult, headers: response.headers };
    },
    subscribe: (query, variables) => {
      client ??= createClient({
        url: socketUrl,
        webSocketImpl: WebSocket,
        connectionParams: authorization,
        retryAttempts: 0,
      });
      return stream(client, query, variables);
    },
    socket: ({ protocol = 'graphql-transport-ws', ...options } = {}) => RawSocket.open(socketUrl, protocol, options),
    close: async () => {
      await client?.dispose();
    },
  };
}

function stream(client: Client, query: string, variables: Variables | undefined): ResultStream<AnyResult> {
  const results = new PushStream<AnyResult>(() => leave());
  const leave = client.subscribe<AnyResult>(
    { query, variables },
    {
      next: (result) => results.push(result as AnyResult),
      complete: () => results.end(),
      error: (error) => {
        const close = error as { code?: number; reason?: string };
        const errors = Array.isArray(error)
          ? error
          : [{ message: close.reason, extensions: { closeCode: close.code } }];
        results.push({ errors } as AnyResult);
        results.end();
      },
    },
  );
  return results;
}

/** A WebSocket whose messages and end can be waited for. */
export class RawSocket {
  /** Code and reason of the close. */
  readonly closed: Promise<{ code: number; reason: string }>;
  private readonly messages = new PushStream<Record<string, unknown>>(() => {});

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (message) =>
      this.messages.push(JSON.parse((message as Buffer).toString('utf8')) as Record<string, unknown>),
    );
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      socket.once('close', (code, reason) => {
        this.messages.end();
        resolve({ code, reason: reason.toString() });
      });
    });
  }

  /** @throws Error when the server refuses the upgrade; its message holds the status */
  static async open(url: string, protocol: string, options: ClientOptions): Promise<RawSocket> {
    const socket = new WebSocket(url, protocol, options);
    const raw = new RawSocket(socket);
    await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return raw;
  }

  /** Sends an object as JSON, or a text as it is. */
  send(message: object | string): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** The next message; null when the socket closed. */
  async next(): Promise<Record<string, unknown> | null> {
    const { done, value } = await this.messages.next();
    return done === true ? null : value;
  }

  /** Says who we are and waits for the acknowledgement. */
  async init(payload?: object): Promise<void> {
    this.send({ type: 'connection_init', payload });
    await this.next();
  }

  close(): void {
    this.socket.close();
  }
}
