import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ApolloServer } from '@apollo/server';
import type { Database } from '../../kernel/db/database';
import type { SubgraphLink } from '../../kernel/graph/link';
import type { Logger } from '../../kernel/telemetry/log';
import type { Authenticator } from '../auth/authenticator';
import type { KeyBook } from '../auth/key-book';
import { isReachable } from '../auth/key-store';
import type { TokenIssuer } from '../auth/tokens';
import type { DocumentBook } from '../limits/documents';
import type { GatewayLimits } from '../limits/limits';
import type { Pipeline } from '../plan/pipeline';
import type { HttpContext } from './apollo-server';
import { httpFront } from './http';
import { SocketFront } from './websocket';

export interface FrontDoorOptions {
  readonly pipeline: Pipeline;
  readonly apollo: ApolloServer<HttpContext>;
  readonly authenticator: Authenticator;
  readonly documents: DocumentBook;
  readonly keys: KeyBook;
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

/** A client that sends its request this slowly is cut off: it holds a connection others could use. */
const REQUEST_MS = 30_000;

/** One HTTP server with everything on it, and how it opens and closes. */
export class FrontDoor {
  private readonly server: Server;
  private readonly sockets: SocketFront;
  private isOpen = true;
  private closing: Promise<void> | undefined;

  constructor(private readonly options: FrontDoorOptions) {
    const { pipeline, apollo, authenticator, documents, keys, database, jwks, config, log } = options;
    const health = {
      links: Object.values(pipeline.links).filter((link): link is SubgraphLink => link !== undefined),
      isDatabaseReachable: () => isReachable(database),
      areKeysRead: () => keys.isReady,
      isOpen: () => this.isOpen,
      jwks: jwks instanceof URL ? null : jwks,
      metrics: { token: config.metricsToken, mode: config.mode },
    };
    const front = httpFront({ apollo, authenticator, documents, limits: config.limits, health, log });
    const { headersMs } = config;
    const connectionsCheckingInterval = Math.min(headersMs, 5_000);
    this.server = createServer(
      { headersTimeout: headersMs, requestTimeout: REQUEST_MS, connectionsCheckingInterval },
      front,
    );
    this.sockets = new SocketFront({ server: this.server, pipeline, authenticator, documents, config, log });
  }

  async listen(port: number, host: string): Promise<{ url: string; port: number }> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject).listen(port, host, resolve);
    });
    const bound = (this.server.address() as AddressInfo).port;
    return { url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`, port: bound };
  }

  close(): Promise<void> {
    this.closing ??= this.drain();
    return this.closing;
  }

  private async drain(): Promise<void> {
    this.isOpen = false;
    const closed = this.server.listening
      ? new Promise<void>((resolve) => this.server.close(() => resolve()))
      : Promise.resolve();
    await this.sockets.close();
    this.server.closeIdleConnections();
    const patience = setTimeout(() => this.server.closeAllConnections(), this.options.config.drainMs);
    await closed;
    clearTimeout(patience);
    await this.options.apollo.stop();
    await this.options.keys.stop();
  }
}
