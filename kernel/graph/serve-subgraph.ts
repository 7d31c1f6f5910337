import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GraphQLError, parse, type DocumentNode, type ExecutionArgs, type ExecutionResult } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer, type ServerOptions } from 'ws';
import { INTERNAL_HEADER, verifyInternal } from '../context/internal-token';
import type { RequestContext } from '../context/request-context';
import type { FeedPosition } from '../events/event';
import { openLog } from '../telemetry/log';
import { answerScraper, type Scrapers } from '../telemetry/scrapers';
import { continued, traced } from '../telemetry/trace';
import { graphFault } from './fault';
import { OPERATION_BYTES_MAX, type SubgraphRequest } from './link';
import { LocalLink } from './local-link';
import { mapStream } from './stream';
import type { HubSecrets, OpenSubgraph } from './subgraph';

export interface SubgraphServer {
  /** Origin to reach it by. */
  readonly url: string;
  /** Ends kept connections and sockets, waits for requests under way. */
  close(): Promise<void>;
}

export interface SubgraphAddress {
  readonly secrets: HubSecrets;
  readonly host: string;
  /** 0 asks the system for a free one. */
  readonly port: number;
  /** Who may scrape `/metrics`; default: nobody, as where the process is scraped at another port. */
  readonly scrapers?: Scrapers;
}

/** Links send no larger operation; on a socket its signature and its id come with it. */
const BODY_MAX = OPERATION_BYTES_MAX + 64 * 1024;
const PAGE_MAX = 1_000;
const WAIT_MAX_MS = 10_000;

/**
 * Serves one subgraph as a process of its own: `/graphql` over HTTP and WebSocket, `/events`, `/livez`, `/readyz`, `/metrics`.
 * Whatever lacks the signature of one of the hub's own processes is answered 401, `_service` and `_entities` included.
 */
export async function serveSubgraph(open: OpenSubgraph, address: SubgraphAddress): Promise<SubgraphServer> {
  const door = new SubgraphDoor(open, address);
  const server = createServer((request, response) => void door.answer(request, response));
  // Longer than a client keeps a connection, so that it is the client who closes an idle one.
  server.keepAliveTimeout = 65_000;
  const closeSockets = serveSockets(server, door);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(address.port, address.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${address.host}:${port}`,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      door.beginToClose();
      await closeSockets();
      server.closeIdleConnections();
      await closed;
    },
  };
}

/** What happens to one request of a subgraph's process. */
class SubgraphDoor {
  private readonly log;
  private readonly link: LocalLink;
  private isClosing = false;
  /** Lets followers of the feed go that wait for what comes. */
  private readonly waiting = new Set<() => void>();

  constructor(
    private readonly open: OpenSubgraph,
    private readonly address: SubgraphAddress,
  ) {
    this.log = openLog(open.name);
    this.link = new LocalLink(open.name, open.schema, (context) => open.createContext(context));
  }

  get schema() {
    return this.open.schema;
  }

  /** From now on every answer ends its connection, and nobody waits for events. */
  beginToClose(): void {
    this.isClosing = true;
    for (const letGo of this.waiting) letGo();
  }

  verify(token: unknown): RequestContext | null {
    return verifyInternal(this.address.secrets.internal, this.open.name, token);
  }

  /** Ready is who can read its own database: the feed is read from there. */
  private async ready(response: ServerResponse): Promise<void> {
    try {
      await this.open.feed.read(null, 1, 0);
      send(response, 200, { status: 'ok' });
    } catch {
      send(response, 503, { status: 'unavailable', code: 'SUBGRAPH_UNAVAILABLE' });
    }
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.isClosing) response.shouldKeepAlive = false;
    const [pathname, search] = (request.url ?? '/').split('?');
    if (pathname === '/livez') return send(response, 200, { status: 'ok' });
    if (pathname === '/readyz') return this.ready(response);
    const { scrapers } = this.address;
    if (pathname === '/metrics' && scrapers !== undefined && (await answerScraper(request, response, scrapers))) return;
    const context = this.verify(request.headers[INTERNAL_HEADER]);
    if (context === null)
      return send(response, 401, { errors: [{ message: 'Only the hub’s own processes are answered here.' }] });
    try {
      if (pathname === '/graphql' && request.method === 'POST')
        return send(response, 200, await this.graphql(request, context));
      if (pathname === '/events' && request.method === 'GET')
        return send(response, 200, await this.events(new URLSearchParams(search)));
      return send(response, 404, { errors: [{ message: 'There is nothing here.' }] });
    } catch (error) {
      this.log.error({ event: 'subgraph.request.failed', requestId: context.requestId, err: error });
      return send(response, 500, { errors: [{ message: 'Internal error.', extensions: { code: 'INTERNAL' } }] });
    }
  }

  subscribe(query: string, variables: Record<string, unknown> | undefined, context: RequestContext) {
    return this.link.subscribe({ query, variables, context });
  }

  /** A result as it may leave the process: what was thrown is logged here and shown only as INTERNAL. */
  forWire(result: ExecutionResult, requestId: string): ExecutionResult {
    return result.errors === undefined
      ? result
      : { ...result, errors: result.errors.map((error) => this.masked(error, requestId)) };
  }

  private async graphql(request: IncomingMessage, context: RequestContext): Promise<ExecutionResult> {
    const { query, variables, operationName } = JSON.parse(await readBody(request)) as Pick<
      SubgraphRequest,
      'query' | 'variables' | 'operationName'
    >;
    const span = {
      name: `answer ${this.open.name}`,
      kind: 'server',
      facts: { 'hub.request_id': context.requestId },
    } as const;
    const result = await continued(context.traceparent, () =>
      traced(span, () => this.link.execute({ query, variables, operationName, context })),
    );
    return this.forWire(result, context.requestId);
  }

  private async events(query: URLSearchParams): Promise<unknown> {
    const after = query.get('after') as FeedPosition | null;
    const limit = Math.min(Math.max(Number(query.get('limit')) || 1, 1), PAGE_MAX);
    const waitMs = this.isClosing ? 0 : Math.min(Number(query.get('waitMs')) || 0, WAIT_MAX_MS);
    let letGo = (): void => undefined;
    const closing = new Promise<unknown>((resolve) => (letGo = () => resolve([])));
    this.waiting.add(letGo);
    try {
      return await Promise.race([this.open.feed.read(after, limit, waitMs), closing]);
    } finally {
      this.waiting.delete(letGo);
    }
  }

  private masked(error: GraphQLError, requestId: string): GraphQLError {
    const thrown = error.originalError;
    if (thrown === undefined || thrown === null || thrown instanceof GraphQLError) return error;
    this.log.error({ event: 'subgraph.resolver.failed', requestId, path: error.path, err: thrown });
    return new GraphQLError('Internal error.', { path: error.path, extensions: { code: 'INTERNAL' } });
  }
}

function serveSockets(server: Server, door: SubgraphDoor): () => Promise<void> {
  // `closeTimeout` is newer than the package of types: how long a peer that does not answer our goodbye is waited for.
  const options: ServerOptions & { closeTimeout: number } = {
    server,
    path: '/graphql',
    maxPayload: BODY_MAX,
    closeTimeout: 1_500,
    verifyClient: ({ req }: { req: IncomingMessage }) => door.verify(req.headers[INTERNAL_HEADER]) !== null,
  };
  const sockets = new WebSocketServer(options);
  const cleanup = useServer(
    {
      // Each operation says for whom it is; the connection itself is nobody's.
      onSubscribe: (_socket, _id, { query, variables, extensions }) => {
        const context = door.verify(extensions?.internal);
        if (context === null) return [graphFault('FORBIDDEN', 'The operation is not signed.')];
        const document = parsed(query);
        if (document instanceof GraphQLError) return [document];
        return {
          schema: door.schema,
          document,
          variableValues: variables,
          contextValue: { query, variables, context } satisfies SocketOperation,
        };
      },
      subscribe: async (args) => {
        const { query, variables, context } = (args as ExecutionArgs).contextValue as SocketOperation;
        const stream = await door.subscribe(query, variables ?? undefined, context);
        return mapStream(stream, async (result) => door.forWire(result, context.requestId));
      },
    },
    sockets,
  );
  return async () => {
    await cleanup.dispose();
  };
}

/** What an operation on a socket carries from its admission to its execution. */
interface SocketOperation {
  readonly query: string;
  readonly variables: Record<string, unknown> | null | undefined;
  readonly context: RequestContext;
}

/** A syntax fault fails its own operation; thrown from here it would close the socket with all others on it. */
function parsed(query: string): DocumentNode | GraphQLError {
  try {
    return parse(query, { noLocation: true });
  } catch (error) {
    return error as GraphQLError;
  }
}

function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= BODY_MAX) return void chunks.push(chunk);
      request.pause();
      return reject(new RangeError(`a request of more than ${BODY_MAX} bytes`));
    });
    request.on('end', () => resolve((chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)).toString('utf8')));
    request.on('error', reject);
  });
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
  response.writeHead(status, headers).end(text);
}
