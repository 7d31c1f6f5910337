import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { ApolloServer } from '@apollo/server';
import type { Database } from '../../kernel/db/database';
import type { SubgraphLink } from '../../kernel/graph/link';
import type { Logger } from '../../kernel/telemetry/log';
import type { Authenticator } from '../auth/authenticator';
import type { KeyUses } from '../auth/key-uses';
import type { KeyBook } from '../auth/key-book';
import { isReachable } from '../auth/key-store';
import type { TokenIssuer } from '../auth/tokens';
import type { DocumentBook } from '../limits/documents';
import { REQUEST_MS, type GatewayLimits } from '../limits/limits';
import { watchLoopLag } from '../limits/loop-lag';
import { countReload } from '../plan/measured';
import type { Pipeline } from '../plan/pipeline';
import { SharedStreams } from '../stream/shared-streams';
import type { HttpContext } from './apollo-server';
import { GraphPost } from './graph-post';
import { CredentialWatch } from './credential-watch';
import { EventStreams } from './event-streams';
import { httpFront } from './http';
import { OperationDesk } from './operation-desk';
import { SocketFront } from './websocket';

export interface FrontDoorOptions {
  readonly pipeline: Pipeline;
  readonly apollo: ApolloServer<HttpContext>;
  readonly authenticator: Authenticator;
  readonly documents: DocumentBook;
  readonly keys: KeyBook;
  readonly uses: KeyUses;
  readonly database: Database;
  readonly jwks: TokenIssuer['jwks'];
  readonly config: {
    readonly limits: GatewayLimits;
    readonly allowedOrigins: readonly string[];
    readonly drainMs: number;
    readonly headersMs: number;
    readonly mode: 'development' | 'production';
    readonly metricsToken: string | null;
  };
  readonly log: Logger;
}

/**
 * How long a connection that was answered is kept for the next request: longer than proxies keep theirs, which is a minute, so that none
 * sends into a connection that is just being ended.
 */
const KEEP_ALIVE_MS = 75_000;

/** One HTTP server with everything on it, and how it opens and closes. */
export class FrontDoor {
  private readonly server: Server;
  private readonly sockets: SocketFront;
  private readonly endLagWatch: () => void;
  /** Answers that have not left yet, by connection: of a connection that is lost, Node tells the first of them alone. */
  private readonly underWay = new Map<Socket, Set<ServerResponse>>();
  private readonly events: EventStreams;
  private readonly watch: CredentialWatch;
  private isOpen = true;
  private closing: Promise<void> | undefined;

  constructor(private readonly options: FrontDoorOptions) {
    const streams = new SharedStreams(options.pipeline, options.config.limits.deadlineMs);
    const { pipeline, apollo, authenticator, documents, keys, database, jwks, config, log } = options;
    const health = {
      links: Object.values(pipeline.links).filter((link): link is SubgraphLink => link !== undefined),
      isDatabaseReachable: () => isReachable(database),
      areKeysRead: () => keys.isReady,
      isOpen: () => this.isOpen,
      jwks: jwks instanceof URL ? null : jwks,
      metrics: { token: config.metricsToken, mode: config.mode },
    };
    const { limits } = config;
    const post = new GraphPost({ pipeline, authenticator, documents, limits, log });
    const desk = new OperationDesk(pipeline, limits);
    this.watch = new CredentialWatch(authenticator);
    this.events = new EventStreams({
      pipeline,
      streams,
      desk,
      watch: this.watch,
      bufferedBytes: limits.bufferedBytes,
      log,
    });
    const front = httpFront({
      post,
      events: this.events,
      apollo,
      pipeline,
      database,
      authenticator,
      documents,
      limits,
      health,
      log,
    });
    const { headersMs } = config;
    const connectionsCheckingInterval = Math.min(headersMs, 5_000);
    this.server = createServer(
      {
        headersTimeout: headersMs,
        requestTimeout: REQUEST_MS,
        keepAliveTimeout: KEEP_ALIVE_MS,
        connectionsCheckingInterval,
      },
      front,
    );
    this.server.on('connection', (socket: Socket) => {
      this.underWay.set(socket, new Set());
      socket.once('close', () => this.underWay.delete(socket));
    });
    this.server.prependListener('request', ({ socket }: IncomingMessage, response: ServerResponse) =>
      this.follow(socket, response),
    );
    this.endLagWatch = watchLoopLag((width) => pipeline.lanes.setWidth(width));
    this.sockets = new SocketFront({
      server: this.server,
      pipeline,
      streams,
      desk,
      watch: this.watch,
      authenticator,
      documents,
      config,
      log,
    });
  }

  async listen(port: number, host: string): Promise<{ url: string; port: number }> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject).listen(port, host, resolve);
    });
    const bound = (this.server.address() as AddressInfo).port;
    return { url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`, port: bound };
  }

  reload(supergraphSdl: string): boolean {
    const { pipeline, log } = this.options;
    try {
      const isAnother = pipeline.reload(supergraphSdl);
      countReload(isAnother ? 'taken' : 'same');
      if (isAnother) log.info({ event: 'gateway.supergraph.taken' });
      return isAnother;
    } catch (error) {
      countReload('refused');
      log.error({ event: 'gateway.supergraph.refused', reason: (error as Error).message });
      throw error;
    }
  }

  close(): Promise<void> {
    this.closing ??= this.drain();
    return this.closing;
  }

  private follow(socket: Socket, response: ServerResponse): void {
    const responses = this.underWay.get(socket);
    responses?.add(response);
    response.once('close', () => responses?.delete(response));
    if (!this.isOpen) response.shouldKeepAlive = false;
  }

  /**
   * What was begun is answered, and its connection ends with the answer: a client that keeps connections would go on asking here
   * until it is cut off in the middle of something.
   */
  private async drain(): Promise<void> {
    this.isOpen = false;
    for (const responses of this.underWay.values()) for (const response of responses) response.shouldKeepAlive = false;
    const closed = this.server.listening
      ? new Promise<void>((resolve) => this.server.close(() => resolve()))
      : Promise.resolve();
    this.watch.stop();
    this.events.close();
    await this.sockets.close();
    this.server.closeIdleConnections();
    const patience = setTimeout(() => this.server.closeAllConnections(), this.options.config.drainMs);
    await closed;
    clearTimeout(patience);
    this.endLagWatch();
    await this.options.apollo.stop();
    await this.options.uses.stop();
    await this.options.keys.stop();
  }
}
