import { STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Principal } from '../../kernel/context/principal';
import { newId } from '../../kernel/values/id';
import { Kept } from '../limits/kept';
import { RETRY_AFTER_SECONDS, type LaneFault, type Lanes } from '../limits/lanes';
import { countRefusal } from '../plan/measured';
import { faultAnswer } from './request-shape';

/** Callers remembered: those who were told to come again and come before their time. */
const CALLERS_KEPT = 1_000;
const REMEMBERED_MS = RETRY_AFTER_SECONDS * 1_000;

const HEAD_END = '\r\n\r\n';
const CONTENT_LENGTH = /\r\ncontent-length:[ \t]*([0-9]+)[ \t]*\r\n/i;
const NOT_PLAIN = /\r\n(?:transfer-encoding|expect|upgrade|connection:[ \t]*close)/i;
const AUTHORIZATION = /\r\nauthorization:[ \t]*([^\r]*)\r\n/i;

/** Bytes that came on a connection while no request was under way on it, as far as one needs to know them to turn them away. */
interface FirstBytes {
  readonly head: string;
  /** Bytes of the whole request; null when its head does not say, or is not all here. */
  readonly length: number | null;
}

interface Guarded {
  /** Gives Node's server its bytes again, for good. */
  readonly release: () => void;
  /** Bytes the server was given since the last request was answered. */
  given: number;
  /** How many a whole request has; null when nobody can tell, and then the connection is left alone for good. */
  expected: number | null;
  /** Whether the request was answered, be it before all of it had come. */
  isAnswered: boolean;
}

/**
 * Turns away, before Node's server has made a request of them, the calls of a caller that was just told to come again later. To read
 * a request, find out who sends it and answer costs a seventh of a sale; a hub that is offered five times what it can do would spend its
 * time on refusing. What is turned away here would have been refused there in the same words: nobody is refused who was not refused
 * within the last second, and nobody who would find a place now.
 *
 * Only a request that is plain is looked at: `POST /graphql`, whole in what came at once, on a connection with nothing under way.
 * Everything else goes its usual way.
 */
export class Doorkeeper {
  private readonly refused = new Kept<{ readonly principal: Principal; readonly until: number }>(CALLERS_KEPT);
  private readonly guarded = new WeakMap<Duplex, Guarded>();
  private isOpen = true;

  /** @param now milliseconds of a clock that never goes back */
  constructor(
    private readonly lanes: Lanes,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Stands at every connection of a server. */
  guard(server: Server): void {
    server.on('connection', (socket) => this.stand(socket));
    server.prependListener('request', (request, response) => this.follow(request, response));
    server.prependListener('upgrade', (_request, socket) => this.guarded.get(socket)?.release());
  }

  /** Notes that a caller was told to come again. */
  note(authorization: string | undefined, principal: Principal): void {
    if (authorization !== undefined) this.refused.set(authorization, { principal, until: this.now() + REMEMBERED_MS });
  }

  /** Turns nobody away any more: a hub that closes tells each connection so. */
  close(): void {
    this.isOpen = false;
  }

  private stand(socket: Socket): void {
    const before = socket.listeners('data');
    // Node's server reads a connection past its stream until somebody listens to it; then it listens as well.
    const take = (bytes: Buffer) => this.take(socket, bytes, own);
    socket.on('data', take);
    const [own] = before as ((bytes: Buffer) => void)[];
    if (own === undefined || before.length > 1) return void socket.off('data', take);
    socket.off('data', own);
    const release = () => {
      socket.off('data', take);
      this.guarded.delete(socket);
    };
    this.guarded.set(socket, { release, given: 0, expected: 0, isAnswered: false });
  }

  private take(socket: Socket, bytes: Buffer, own: ((bytes: Buffer) => void) | undefined): void {
    const guarded = this.guarded.get(socket);
    if (guarded !== undefined && guarded.expected !== null) {
      if (guarded.given === 0) {
        const first = firstBytes(bytes);
        if (this.turnsAway(socket, first, bytes.length)) return;
        guarded.expected = first.length;
      }
      guarded.given += bytes.length;
      settle(guarded);
    }
    own?.call(socket, bytes);
  }

  private follow(request: IncomingMessage, response: ServerResponse): void {
    const guarded = this.guarded.get(request.socket);
    if (guarded === undefined) return;
    response.once('close', () => {
      guarded.isAnswered = true;
      settle(guarded);
    });
  }

  private turnsAway(socket: Socket, { head, length }: FirstBytes, came: number): boolean {
    if (!this.isOpen || length !== came || !/^POST \/graphql[? ]/.test(head)) return false;
    if (NOT_PLAIN.test(head) || head.includes('text/event-stream')) return false;
    // One who does not read its answers is left to Node's server, which stops reading it.
    if (socket.writableLength > 0) return false;
    const known = this.refused.get(AUTHORIZATION.exec(head)?.[1] ?? '');
    if (known === undefined || known.until < this.now()) return false;
    const fault = this.lanes.faultFor(known.principal);
    if (fault === null) return false;
    countRefusal(fault.code);
    socket.write(answerOf(fault), 'latin1');
    return true;
  }
}

/** A request that was answered and came whole leaves its connection as it found it; one after the other without waiting does not. */
function settle(guarded: Guarded): void {
  const { given, expected, isAnswered } = guarded;
  if (expected === null || given > expected) guarded.expected = null;
  else if (isAnswered && given === expected) [guarded.given, guarded.isAnswered] = [0, false];
}

function firstBytes(bytes: Buffer): FirstBytes {
  const end = bytes.indexOf(HEAD_END, 0, 'latin1');
  if (end < 0) return { head: '', length: null };
  const head = bytes.toString('latin1', 0, end + 2);
  const said = CONTENT_LENGTH.exec(head)?.[1];
  const hasNoLength = said === undefined && /\r\ntransfer-encoding:/i.test(head);
  return { head, length: hasNoLength ? null : end + HEAD_END.length + Number(said ?? 0) };
}

/** The answer as bytes on the wire, the same as Node's server writes. */
function answerOf(fault: LaneFault): string {
  const { headers, text } = faultAnswer(newId('req'), fault);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const first = `HTTP/1.1 ${fault.status} ${STATUS_CODES[fault.status]}\r\n`;
  return `${first}${lines.join('')}date: ${new Date().toUTCString()}\r\nconnection: keep-alive\r\n\r\n${text}`;
}
