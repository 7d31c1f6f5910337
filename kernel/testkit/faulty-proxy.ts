import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Finds, in the bytes of one connection, the answers that count. Each connection has a reader of its own. */
export interface AnswerReader {
  /** Told what the client sent. */
  asked(bytes: Buffer): void;
  /** Told what the server sent; true when an answer that counts begins or lies in it. */
  isAnswer(bytes: Buffer): boolean;
}

/** What a network swallows. */
export type Swallowed = 'everything' | 'answers';

export interface FaultyProxyOptions {
  readonly host: string;
  readonly port: number;
  readonly reader: () => AnswerReader;
}

/**
 * A network that loses answers: it hands every request on, and where it is told to, it keeps the answer back and cuts the
 * connection. The server has done what was asked, and the client cannot know.
 */
export class FaultyProxy {
  /** Asked at each answer that counts, by its number from 1: whether it is lost. */
  loses: (nth: number) => boolean = () => false;
  private swallowing: { readonly what: Swallowed; told(): void } | null = null;
  private readonly connections = new Set<() => void>();
  private answers = 0;
  private lostAnswers = 0;

  private constructor(
    private readonly server: Server,
    private readonly options: FaultyProxyOptions,
  ) {}

  static async open(options: FaultyProxyOptions): Promise<FaultyProxy> {
    const server = createServer();
    const proxy = new FaultyProxy(server, options);
    server.on('connection', (client) => proxy.join(client));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Answers lost so far. */
  get lost(): number {
    return this.lostAnswers;
  }

  /** The same address by way of this proxy. */
  through(url: string): string {
    const changed = new URL(url);
    changed.hostname = '127.0.0.1';
    changed.port = String(this.port);
    return changed.toString();
  }

  /**
   * From now on nothing arrives, or no answer does, and nobody is told: a server keeps the connection of a client that has
   * left. Resolves when something was swallowed.
   */
  swallow(what: Swallowed): Promise<void> {
    return new Promise((told) => (this.swallowing = { what, told }));
  }

  /** Ends that. What was swallowed is gone, and connections on which something was swallowed stay silent. */
  passAgain(): void {
    this.swallowing = null;
  }

  /** Cuts every connection there is, wherever it stands. */
  cutAll(): void {
    for (const cut of [...this.connections]) cut();
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.cutAll();
    await closed;
  }

  private join(client: Socket): void {
    const server = connect(this.options.port, this.options.host);
    const reader = this.options.reader();
    let isSilent = false;
    const passes = (kind: 'requests' | 'answers'): boolean => {
      if (this.swallowing !== null && (this.swallowing.what === 'everything' || kind === 'answers')) {
        isSilent = true;
        this.swallowing.told();
      }
      return !isSilent;
    };
    const cut = (): void => {
      this.connections.delete(cut);
      client.destroy();
      server.destroy();
    };
    this.connections.add(cut);
    const isOpen = (): boolean => !isSilent;
    relay({ from: client, to: server, isOpen }, (bytes) => {
      reader.asked(bytes);
      return passes('requests');
    });
    relay({ from: server, to: client, isOpen }, (bytes) => {
      if (!reader.isAnswer(bytes) || !this.isLost()) return passes('answers');
      // A network has two ways to end a connection, and clients tell them apart. One that is ending cannot be reset.
      if (this.lostAnswers % 2 === 0 && !client.writableEnded) client.resetAndDestroy();
      cut();
      return false;
    });
    for (const socket of [client, server]) {
      const leave = (): void => (isSilent ? void socket.destroy() : cut());
      socket.on('error', leave).on('close', leave).setNoDelay(true);
    }
  }

  private isLost(): boolean {
    this.answers += 1;
    if (!this.loses(this.answers)) return false;
    this.lostAnswers += 1;
    return true;
  }
}

/** Hands on what comes, no faster than it is taken; nothing of a connection that is silent, its end included. */
function relay(
  { from, to, isOpen }: { from: Socket; to: Socket; isOpen: () => boolean },
  passes: (bytes: Buffer) => boolean,
): void {
  from.on('data', (bytes: Buffer) => {
    if (passes(bytes) && !to.destroyed && !to.write(bytes)) from.pause();
  });
  to.on('drain', () => from.resume());
  from.on('end', () => {
    if (isOpen()) to.end();
  });
}

/** Finds PostgreSQL's word that a transaction is committed. */
export class CommitAnswers implements AnswerReader {
  private rest: Buffer = Buffer.alloc(0);

  asked(): void {}

  isAnswer(bytes: Buffer): boolean {
    let found = false;
    this.rest = Buffer.concat([this.rest, bytes]);
    // Each message: one letter, its length with itself but without the letter, its body.
    for (let size = this.next(); size !== null; size = this.next()) {
      if (this.rest.toString('latin1', 0, 1) === 'C' && this.rest.toString('latin1', 5, size) === 'COMMIT\0')
        found = true;
      this.rest = this.rest.subarray(size);
    }
    return found;
  }

  private next(): number | null {
    if (this.rest.length < 5) return null;
    const size = 1 + this.rest.readInt32BE(1);
    return this.rest.length < size ? null : size;
  }
}

/** Finds the answers of an HTTP/1.1 server to the requests that are meant, on kept connections too. */
export class HttpAnswers implements AnswerReader {
  private request = '';
  private isAnswered = true;

  /** @param isMeant told a request as it was sent, head and body */
  constructor(private readonly isMeant: (request: string) => boolean) {}

  asked(bytes: Buffer): void {
    // Nobody here sends a second request before the first was answered.
    if (this.isAnswered) this.request = '';
    this.isAnswered = false;
    this.request += bytes.toString('latin1');
  }

  isAnswer(): boolean {
    if (this.isAnswered) return false;
    this.isAnswered = true;
    return this.isMeant(this.request);
  }
}
