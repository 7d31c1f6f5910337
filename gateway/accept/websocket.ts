import type { IncomingMessage, Server as HttpServer } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  CloseCode,
  handleProtocols,
  MessageType,
  type Server as ProtocolServer,
  type SubscribePayload,
} from 'graphql-ws';
import { WebSocketServer, type ServerOptions, type WebSocket } from 'ws';
import type { Logger } from '../../kernel/telemetry/log';
import { originOf, type Origin } from '../auth/client-address';
import type { Authenticator, Caller } from '../auth/authenticator';
import type { DocumentBook } from '../limits/documents';
import type { GatewayLimits } from '../limits/limits';
import { countClose, countSocket } from '../plan/measured';
import type { Pipeline } from '../plan/pipeline';
import type { SharedStreams } from '../stream/shared-streams';
import type { CredentialWatch, Watched } from './credential-watch';
import type { OperationDesk } from './operation-desk';
import { faultOfCredentials } from './request-shape';
import { socketProtocol, type SocketFacts } from './socket-protocol';

export interface SocketFrontOptions {
  readonly server: HttpServer;
  readonly pipeline: Pipeline;
  readonly streams: SharedStreams;
  readonly desk: OperationDesk;
  readonly watch: CredentialWatch;
  readonly authenticator: Authenticator;
  readonly documents: DocumentBook;
  readonly config: { readonly limits: GatewayLimits; readonly allowedOrigins: readonly string[] };
  readonly log: Logger;
}

const PATH = '/graphql';
/** Sockets are asked in turns, so that ten thousand of them are not asked in one moment. */
const PING_TURNS = 12;
/** How long a socket may take to answer our goodbye. */
const GOODBYE_MS = 1_500;
/** How many times the bytes at which streams are held back may wait on a socket at most. */
const WAITING_MAX = 16;
const POLICY_VIOLATION = 1008;
const GOING_AWAY = 1001;

/** The WebSocket side of the port. */
export class SocketFront {
  private readonly sockets: WebSocketServer;
  private readonly protocol: ProtocolServer<SocketFacts>;
  private readonly live = new Set<Connection>();
  private readonly pings: NodeJS.Timeout;
  private turn = 0;
  private isOpen = true;

  constructor(private readonly options: SocketFrontOptions) {
    const { server, pipeline, streams, desk, authenticator, documents, config, log } = options;
    this.protocol = socketProtocol({ pipeline, streams, desk, authenticator, documents, limits: config.limits, log });
    // `closeTimeout` is newer than the package of types.
    const socketOptions: ServerOptions & { closeTimeout: number } = {
      noServer: true,
      maxPayload: config.limits.frameBytes,
      closeTimeout: GOODBYE_MS,
      handleProtocols: (protocols) => handleProtocols(protocols),
    };
    this.sockets = new WebSocketServer(socketOptions);
    server.on('upgrade', (request, stream, head) => this.upgrade(request, stream, head));
    this.pings = setInterval(() => this.pingSome(), config.limits.pingMs / PING_TURNS).unref();
  }

  /** Says goodbye to every socket and waits until they are gone. */
  async close(): Promise<void> {
    this.isOpen = false;
    clearInterval(this.pings);
    for (const { socket } of this.live) socket.close(GOING_AWAY, 'Going away');
    await new Promise<void>((resolve) => this.sockets.close(() => resolve()));
  }

  private upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    // A client that leaves during the handshake must not end the process.
    stream.on('error', () => stream.destroy());
    if (!this.isOpen) return refuse(stream, '503 Service Unavailable');
    // A request's target need not be a URL, and what throws here ends the process.
    if (request.url?.split('?')[0] !== PATH) return refuse(stream, '404 Not Found');
    if (faultOfCredentials(request) !== null) return refuse(stream, '400 Bad Request');
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
    const { 'accept-language': acceptLanguage } = request.headers;
    const connection = new Connection(socket, originOf(request), acceptLanguage, this.turn);
    this.live.add(connection);
    this.options.watch.watch(connection);
    countSocket(1);
    this.boundMessages(socket);
    socket.on('pong', () => connection.answered());
    const closed = this.protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => this.send(socket, text),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (react) => socket.on('message', (message) => void this.received(socket, textOf(message), react)),
      },
      connection,
    );
    // Too large a frame, or bytes that are no frame: `ws` closes with the code that says so.
    socket.on('error', (error) => this.options.log.info({ event: 'gateway.socket.faulty', err: error }));
    socket.once('close', (code, reason) => {
      this.live.delete(connection);
      this.options.watch.forget(connection);
      countSocket(-1);
      countClose(code);
      void closed(code, reason.toString());
    });
  }

  private async received(socket: WebSocket, text: string, react: (text: string) => Promise<void>): Promise<void> {
    // A client goes on sending until it has heard our goodbye: whom we sent away has nothing done.
    if (socket.readyState !== socket.OPEN) return;
    try {
      await react(text);
    } catch (error) {
      if (isForClients(text)) return socket.close(CloseCode.BadRequest, 'Invalid message received');
      this.options.log.error({ event: 'gateway.socket.failed', err: error });
      socket.close(CloseCode.InternalServerError, 'Internal server error');
    }
  }

  /**
   * Does not wait until it is sent: the library empties an operation's place behind its last message, and must have done so before the
   * client can use the id again.
   */
  private send(socket: WebSocket, text: string): void {
    if (socket.readyState !== socket.OPEN) return;
    socket.send(text);
    this.boundWaiting(socket);
  }

  /** Ends a socket whose client asks and does not read: answers, unlike streams, cannot be held back. */
  private boundWaiting(socket: WebSocket): void {
    if (socket.bufferedAmount > WAITING_MAX * this.options.config.limits.bufferedBytes) socket.terminate();
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
      // A ping is answered by `ws` itself.
      this.boundWaiting(socket);
    };
    socket.on('message', count).on('ping', count);
  }

  /** Asks a twelfth of the sockets whether they are still there. */
  private pingSome(): void {
    this.turn = (this.turn + 1) % PING_TURNS;
    for (const connection of this.live) if (connection.turn === this.turn) connection.ping();
  }
}

/** One socket: its facts, and whether its peer is still there. */
class Connection implements Watched, SocketFacts {
  caller: Caller | null = null;
  readonly operations = new Map<string, SubscribePayload>();
  private hasAnswered = true;

  constructor(
    readonly socket: WebSocket,
    readonly origin: Origin,
    readonly acceptLanguage: string | undefined,
    /** When it is asked. */
    readonly turn: number,
  ) {}

  endForbidden(): void {
    this.socket.close(CloseCode.Forbidden, 'Forbidden');
  }

  answered(): void {
    this.hasAnswered = true;
  }

  ping(): void {
    if (!this.hasAnswered) return this.socket.terminate();
    this.hasAnswered = false;
    return this.socket.ping();
  }
}

/** What the protocol has servers say and clients hear. */
const FOR_CLIENTS: ReadonlySet<unknown> = new Set([MessageType.ConnectionAck, MessageType.Next, MessageType.Error]);

/** Whether a message that was read and not understood is one the protocol knows only in the other direction. */
function isForClients(text: string): boolean {
  return FOR_CLIENTS.has((JSON.parse(text) as { type?: unknown }).type);
}

function refuse(stream: Duplex, status: string): void {
  // Node no longer counts it among its connections: one whose client does not hang up would be there for ever, and keep us from closing.
  stream.once('finish', () => stream.destroy());
  stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function textOf(message: Buffer | ArrayBuffer | Buffer[]): string {
  return Array.isArray(message)
    ? Buffer.concat(message).toString('utf8')
    : Buffer.from(message as Buffer).toString('utf8');
}
