import { createConnection, type Socket } from 'node:net';
import { once } from 'node:events';

/** An answer over HTTP/1.1, as far as a bench looks at it. */
export interface RawAnswer {
  readonly status: number;
  /** Status line and header fields, as they came. */
  readonly head: string;
  readonly body: string;
}

const END_OF_HEAD = '\r\n\r\n';
const CONTENT_LENGTH = /\r\ncontent-length: *([0-9]+)/i;

/**
 * One connection that asks one thing at a time, with bytes made beforehand: a generator of load that costs a small part of what it
 * measures, on the same machine. Answers must have a `Content-Length`.
 */
export class RawConnection {
  private taken = '';
  private waiting: { resolve: (answer: RawAnswer) => void; reject: (error: Error) => void } | null = null;

  private constructor(private readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    socket.on('data', (text) => this.take(String(text)));
    socket.on('error', (error) => this.fail(error));
    socket.on('close', () => this.fail(new Error('the connection was closed')));
  }

  static async open(host: string, port: number): Promise<RawConnection> {
    const socket = createConnection({ host, port });
    await once(socket, 'connect');
    return new RawConnection(socket);
  }

  get isOpen(): boolean {
    return !this.socket.destroyed;
  }

  /** @throws when the connection was closed, before or meanwhile */
  ask(request: string): Promise<RawAnswer> {
    return new Promise((resolve, reject) => {
      if (!this.isOpen) return void reject(new Error('the connection was closed'));
      this.waiting = { resolve, reject };
      this.socket.write(request, 'latin1');
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private take(text: string): void {
    this.taken += text;
    const headEnd = this.taken.indexOf(END_OF_HEAD);
    if (headEnd < 0) return;
    const head = this.taken.slice(0, headEnd);
    const bodyStart = headEnd + END_OF_HEAD.length;
    const length = Number(CONTENT_LENGTH.exec(head)?.[1] ?? 0);
    if (this.taken.length < bodyStart + length) return;
    const body = this.taken.slice(bodyStart, bodyStart + length);
    this.taken = this.taken.slice(bodyStart + length);
    const waiting = this.waiting;
    this.waiting = null;
    waiting?.resolve({ status: Number(head.slice(9, 12)), head, body });
  }

  private fail(error: Error): void {
    this.waiting?.reject(error);
    this.waiting = null;
  }
}

/** A POST of JSON as bytes on the wire. */
export function postOf(url: URL, headers: Readonly<Record<string, string>>, body: object): string {
  const text = JSON.stringify(body);
  const fields = { host: url.host, 'content-type': 'application/json', ...headers };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${url.pathname} HTTP/1.1\r\n${lines.join('')}content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
}
