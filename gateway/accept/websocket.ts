import type { IncomingMessage, Server as HttpServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { CloseCode, handleProtocols, type Server as ProtocolServer } from 'graphql-ws';
import { WebSocketServer, type ServerOptions, type WebSocket } from 'ws';
import type { Logger } from '../../kernel/telemetry/log';
import type { Authenticator } from '../auth/authenticator';
import type { DocumentBook } from '../limits/documents';
import type { GatewayLimits } from '../limits/limits';
import { countSocket } from '../plan/measured';
import type { Pipeline } from '../plan/pipeline';
import { socketProtocol, type SocketFacts } from './socket-protocol';

export interface SocketFrontOptions {
  readonly server: HttpServer;
  readonly pipeline: Pipeline;
  readonly authenticator: Authenticator;
  readonly documents: DocumentBook;
  readonly config: { readonly limits: GatewayLimits; readonly allowedOrigins: readonly string[] };
  readonly log: Logger;
}

const PATH = '/graphql';
/** How often a socket is asked whether it is still there; one that misses an answer is ended. */
const PING_EVERY_MS = 12_000;
/** How often it is looked whether credentials still hold. With the key book's two seconds, revocation ends a socket within five. */
const LOOK_EVERY_MS = 1_000;
/** How long a socket may take to answer our goodbye. */
const GOODBYE_MS = 1_500;
const POLICY_VIOLATION = 1008;
const GOING_AWAY = 1001;

/** The WebSocket side of the port. */
export class SocketFront {
  private readonly sockets: WebSocketServer;
  private readonly protocol: ProtocolServer<SocketFacts>;
  private readonly live = new Map<WebSocket, SocketFacts>();
  private readonly look: NodeJS.Timeout;
  private isOpen = true;

  constructor(private readonly options: SocketFrontOptions) {
    const { server, pipeline, authenticator, documents, config, log } = options;
    this.protocol = socketProtocol({ pipeline, authenticator, documents, limits: config.limits, log });
    // `closeTimeout` is newer than the package of types.
    const socketOptions: ServerOptions & { closeTimeout: number } = {
      noServer: true,
      maxPayload: config.limits.frameBytes,
      closeTimeout: GOODBYE_MS,
      handleProtocols: (protocols) => handleProtocols(protocols),
    };
    this.sockets = new WebSocketServer(socketOptions);
    server.on('upgrade', (request, stream, head) => this.upgrade(request, stream, head));
    this.look = setInterval(() => void this.endThoseWhoMayNot(), LOOK_EVERY_MS).unref();
  }

  /** Says goodbye to every socket and waits until they are gone. */
  async close(): Promise<void> {
    this.isOpen = false;
    clearInterval(this.look);
    for (const socket of this.live.keys()) socket.close(GOING_AWAY, 'Going away');
    await new Promise<void>((resolve) => this.sockets.close(() => resolve()));
  }

  private upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    // A client that leaves during the handshake must not end the process.
    stream.on('error', () => stream.destroy());
    if (!this.isOpen) return refuse(stream, '503 Service Unavailable');
    if (new URL(request.url ?? '/', 'http://hub').pathname !== PATH) return refuse(stream, '404 Not Found');
    if (!this.isOriginAllowed(request)) return refuse(stream, '403 Forbidden');
    this.sockets.handleUpgrade(request, stream, head, (socket) => this.opened(socket, request));
  }

  private isOriginAllowed({ headers: { origin, host } }: IncomingMessage): boolean {
    // Programs send no origin; browsers always do, and a page cannot choose what they send.
    if (origin === undefined) return true;
    if (this.options.config.allowedOrigins.includes(origin)) return true;
    return URL.canParse(origin) && new URL(origin).host === host;
  }

  private opened(socket: WebSocket, request: IncomingMessage): void {
    const { authorization, 'accept-language': acceptLanguage } = request.headers;
    const address = request.socket.remoteAddress ?? '';
    const facts: SocketFacts = { authorization, acceptLanguage, address, caller: null };
    this.live.set(socket, facts);
    countSocket(1);
    this.boundMessages(socket);
    const stopPings = keepAlive(socket);
    const closed = this.protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => sent(socket, text),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (react) =>
          socket.on('message', (message) => void this.received(socket, () => react(textOf(message)))),
      },
      facts,
    );
    // Too large a frame, or bytes that are no frame: `ws` closes with the code that says so.
    socket.on('error', (error) => this.options.log.info({ event: 'gateway.socket.faulty', err: error }));
    socket.once('close', (code, reason) => {
      this.live.delete(socket);
      countSocket(-1);
      stopPings();
      void closed(code, reason.toString());
    });
  }

  private async received(socket: WebSocket, react: () => Promise<void>): Promise<void> {
    try {
      await react();
    } catch (error) {
      this.options.log.error({ event: 'gateway.socket.failed', err: error });
      socket.close(CloseCode.InternalServerError, 'Internal server error');
    }
  }

  /** Ends a socket that sends more than a client could mean to. */
  private boundMessages(socket: WebSocket): void {
    const most = this.options.config.limits.messagesPerSecond;
    let second = 0;
    let messages = 0;
    const count = () => {
      const now = Math.floor(Date.now() / 1000);
      messages = now === second ? messages + 1 : 1;
      second = now;
      if (messages > most) socket.close(POLICY_VIOLATION, 'Too many messages');
    };
    socket.on('message', count).on('ping', count);
  }

  private async endThoseWhoMayNot(): Promise<void> {
    for (const [socket, { caller }] of this.live) {
      if (caller === null || (caller.expiresAt === null && caller.keyId === null)) continue;
      // Who cannot be asked about does not stay: the key book has already bridged what may be bridged.
      const holds = await this.options.authenticator.stillHolds(caller).catch(() => false);
      if (!holds) socket.close(CloseCode.Forbidden, 'Forbidden');
    }
  }
}

function refuse(stream: Duplex, status: string): void {
  stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

async function sent(socket: WebSocket, text: string): Promise<void> {
  if (socket.readyState !== socket.OPEN) return;
  await new Promise<void>((resolve) => {
    // A client that left in the meantime is noticed by the close that follows.
    socket.send(text, () => resolve());
  });
}

function textOf(message: Buffer | ArrayBuffer | Buffer[]): string {
  return Array.isArray(message)
    ? Buffer.concat(message).toString('utf8')
    : Buffer.from(message as Buffer).toString('utf8');
}

function keepAlive(socket: WebSocket): () => void {
  let answered = true;
  socket.on('pong', () => {
    answered = true;
  });
  const timer = setInterval(() => {
    if (!answered) return socket.terminate();
    answered = false;
    return socket.ping();
  }, PING_EVERY_MS);
  return () => clearInterval(timer);
}
