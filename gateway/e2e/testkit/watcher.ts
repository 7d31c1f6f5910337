import { request, type ClientRequest } from 'node:http';
import WebSocket from 'ws';

/** How a watcher listens. */
export type WatchWay = 'socket' | 'events';

export interface WatcherOptions {
  /** The gateways it may come to; the next one after each cut. */
  readonly urls: readonly string[];
  readonly token: string;
  readonly memberId: string;
  readonly way?: WatchWay;
  /** A control: comes back without saying what it has seen, and takes what it is told for a change. */
  readonly forgets?: boolean;
}

interface Change {
  readonly version: string;
  readonly previousVersion: string | null;
  readonly epoch: string;
  readonly isSnapshot: boolean;
  readonly account: { readonly available: string };
}

interface Told {
  readonly data?: { readonly change: Change | null } | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

const QUERY = `subscription Watch($id: ID!, $after: BigInt, $epoch: ID) {
  change: balanceChanged(memberId: $id, after: $after, epoch: $epoch) {
    version previousVersion epoch isSnapshot account { available } } }`;

/** A client that watches one member's balance, comes again with what it has seen, and holds every message to the rules of streams. */
export class Watcher {
  /** What it was told last. */
  seen: { version: bigint; epoch: string; available: string } | null = null;
  /** Each broken rule, in words. */
  readonly faults: string[] = [];
  /** Ends of a connection it did not end itself. */
  readonly ends: string[] = [];
  changes = 0;
  snapshots = 0;
  connections = 0;
  /** Whether it came and has been neither cut nor sent away since. */
  isListening = false;
  private leave: (() => void) | null = null;

  constructor(private readonly options: WatcherOptions) {}

  /** Comes (again), from what it has seen. Resolves once the server has taken the subscription, or the way to it has ended. */
  async connect(): Promise<void> {
    const { urls, way = 'socket' } = this.options;
    const url = `${urls[this.connections % urls.length]}/graphql`;
    this.connections += 1;
    this.isListening = true;
    await (way === 'socket' ? this.overSocket(url) : this.overEvents(url));
  }

  /** Cuts the connection without a goodbye. */
  cut(): void {
    this.leave?.();
    this.leave = null;
    this.isListening = false;
  }

  /** Comes again when it was sent away, as a client does of a hub that had too much to do. */
  async stay(): Promise<void> {
    if (this.isListening) return;
    this.cut();
    await this.connect();
  }

  private sentAway(why: string): void {
    this.ends.push(why);
    this.isListening = false;
  }

  /** Whether it was told everything up to a version. */
  isAt(version: bigint): boolean {
    return this.seen !== null && this.seen.version >= version;
  }

  private body(): { query: string; variables: Record<string, unknown> } {
    const { memberId: id, forgets = false } = this.options;
    const known = forgets ? null : this.seen;
    return {
      query: QUERY,
      variables: { id, after: known === null ? null : known.version.toString(), epoch: known?.epoch ?? null },
    };
  }

  private overSocket(url: string): Promise<void> {
    return new Promise((taken) => {
      const socket = new WebSocket(url.replace(/^http/, 'ws'), 'graphql-transport-ws', { perMessageDeflate: false });
      let isOurs = false;
      this.leave = () => {
        isOurs = true;
        socket.terminate();
      };
      socket.on('error', () => undefined);
      socket.on('open', () => socket.send(JSON.stringify(init(this.options.token))));
      socket.on('message', (bytes: Buffer) => {
        const { type, payload } = JSON.parse(bytes.toString('utf8')) as { type: string; payload?: unknown };
        if (type === 'connection_ack') {
          socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: this.body() }));
          return taken();
        }
        if (type === 'ping') return socket.send('{"type":"pong"}');
        if (isOurs) return undefined;
        return this.heard(type, payload);
      });
      socket.on('close', (code) => {
        if (!isOurs) this.sentAway(`socket ${code}`);
        taken();
      });
    });
  }

  private overEvents(url: string): Promise<void> {
    return new Promise((taken) => {
      let isOurs = false;
      const headers = {
        accept: 'text/event-stream',
        'content-type': 'application/json',
        authorization: `Bearer ${this.options.token}`,
      };
      const ended = (why: string) => {
        if (!isOurs) this.sentAway(`events ${why}`);
        taken();
      };
      const asking: ClientRequest = request(url, { method: 'POST', headers, agent: false }, (response) => {
        taken();
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          const parts = `${text}${chunk}`.split('\n\n');
          text = parts.pop() ?? '';
          if (!isOurs) for (const part of parts) this.heardEvent(part);
        });
        response.on('error', () => undefined);
        response.on('close', () => ended(String(response.statusCode)));
      });
      this.leave = () => {
        isOurs = true;
        asking.destroy();
      };
      asking.on('error', (error: NodeJS.ErrnoException) => ended(error.code ?? error.message));
      asking.end(JSON.stringify(this.body()));
    });
  }

  private heardEvent(text: string): void {
    const [, type] = /^event: (.*)$/m.exec(text) ?? [];
    const [, payload] = /^data: (.*)$/m.exec(text) ?? [];
    if (type !== undefined) this.heard(type, payload === undefined || payload === '' ? null : JSON.parse(payload));
  }

  private heard(type: string, payload: unknown): void {
    const { data, errors } = (type === 'next' ? payload : { errors: payload }) as Told;
    if (type === 'complete') return this.sentAway('complete');
    // A gateway that loses its subgraph says so and ends the stream: its client comes again.
    if (data?.change == null)
      return this.sentAway(errors?.map(({ extensions }) => extensions?.code ?? '?').join() ?? type);
    return this.take(data.change);
  }

  private take({ version: text, previousVersion, epoch, isSnapshot, account: { available } }: Change): void {
    const version = BigInt(text);
    const { seen } = this;
    const told = `version ${text} after ${seen?.version ?? 'nothing'}`;
    if (isSnapshot) this.snapshots += 1;
    else this.changes += 1;
    if (isSnapshot && !this.options.forgets) {
      if (seen !== null && seen.epoch === epoch) this.faults.push(`a snapshot where changes were due: ${told}`);
    } else if (seen === null || seen.epoch !== epoch) {
      if (!isSnapshot) this.faults.push(`a change where a snapshot was due: ${told}`);
    } else if (version !== seen.version + 1n || (!isSnapshot && previousVersion !== seen.version.toString()))
      this.faults.push(`a gap: ${told}, said to follow ${previousVersion ?? 'nothing'}`);
    this.seen = { version, epoch, available };
  }
}

function init(token: string): object {
  return { type: 'connection_init', payload: { authorization: `Bearer ${token}` } };
}

/** Waits until something is so, or fails with what is told then. */
export async function untilSo(
  isSo: () => boolean | Promise<boolean>,
  told: () => string,
  withinMs = 90_000,
): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`It never came about: ${told()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
