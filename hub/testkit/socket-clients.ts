import WebSocket from 'ws';

/** What the clients' process is told. */
export type ToClients =
  | { readonly kind: 'open'; readonly url: string; readonly readers: readonly ReaderOrder[]; readonly atOnce: number }
  /** Answered once so many changes have come since the last report, or after a while without them. */
  | { readonly kind: 'await'; readonly changes: number }
  | { readonly kind: 'report' }
  | { readonly kind: 'close' };

/** One socket with one subscription, whose root field is called `change`. */
export interface ReaderOrder {
  readonly token: string | null;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** What it tells. */
export interface ClientsReport {
  readonly delaysMs: number[];
  /** Changes its messages stand for: of a state, one message may stand for several that came together. */
  readonly changes: number;
  /** Changes whose previous version is not the one their reader saw last. */
  readonly gaps: number;
  readonly faults: readonly string[];
}

interface Message {
  readonly type: string;
  readonly payload?: { readonly data?: { readonly change: Change | null } | null; readonly errors?: readonly object[] };
}

interface Change {
  readonly version: string;
  readonly previousVersion: string | null;
  readonly isSnapshot: boolean;
  /** When it happened: as the stub sends it, in microseconds since 1970. */
  readonly account?: { readonly available: string };
  /** When it happened: as the ledger tells it. */
  readonly cause?: { readonly recordedAt: string } | null;
}

const FAULTS_TOLD = 5;
const PATIENCE_MS = 30_000;

/** Many clients of live streams: a process of its own, so that what they cost is not counted to a gateway. */
class Clients {
  private sockets: WebSocket[] = [];
  private delaysMs: number[] = [];
  private changes = 0;
  private gaps = 0;
  private readonly faults: string[] = [];
  private awaited: { changes: number; reached: () => void } | null = null;

  async open({ url, readers, atOnce }: Extract<ToClients, { kind: 'open' }>): Promise<void> {
    const waiting = [...readers];
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (let order = waiting.pop(); order !== undefined; order = waiting.pop()) await this.openOne(url, order);
      }),
    );
  }

  reach(changes: number): Promise<void> {
    if (this.changes >= changes) return Promise.resolve();
    return new Promise((reached) => {
      this.awaited = { changes, reached };
      // What was lost never comes, and is counted as missing.
      setTimeout(reached, PATIENCE_MS).unref();
    });
  }

  report(): ClientsReport {
    const { delaysMs, changes, gaps, faults } = this;
    this.delaysMs = [];
    this.changes = 0;
    this.gaps = 0;
    return { delaysMs, changes, gaps, faults };
  }

  async close(): Promise<void> {
    const open = this.sockets.splice(0);
    await Promise.all(open.map((socket) => new Promise((resolve) => socket.once('close', resolve).terminate())));
  }

  /** Until the first message, which is the snapshot. */
  private openOne(url: string, { token, query, variables }: ReaderOrder): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(url, 'graphql-transport-ws', { perMessageDeflate: false });
      this.sockets.push(socket);
      const payload = token === null ? undefined : { authorization: `Bearer ${token}` };
      let seen: string | null = null;
      socket.once('error', reject);
      socket.once('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload })));
      socket.on('message', (bytes: Buffer) => {
        const at = performance.timeOrigin + performance.now();
        const message = JSON.parse(bytes.toString('utf8')) as Message;
        if (message.type === 'connection_ack')
          return socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query, variables } }));
        if (message.type === 'ping') return socket.send('{"type":"pong"}');
        const change = message.payload?.data?.change;
        if (change == null) this.fault(message);
        else {
          this.take(change, seen, at);
          seen = change.version;
        }
        return resolve();
      });
    });
  }

  private take(change: Change, seen: string | null, at: number): void {
    if (change.isSnapshot) return;
    if (change.previousVersion !== seen) this.gaps += 1;
    // Versions of an account have no holes.
    this.changes += Number(change.version) - Number(change.previousVersion);
    const { cause, account } = change;
    const happenedAt = cause == null ? Number(account?.available) / 1_000 : Date.parse(cause.recordedAt);
    this.delaysMs.push(Math.max(0, at - happenedAt));
    if (this.awaited !== null && this.changes >= this.awaited.changes) {
      this.awaited.reached();
      this.awaited = null;
    }
  }

  private fault(message: Message): void {
    if (this.faults.length < FAULTS_TOLD) this.faults.push(JSON.stringify(message).slice(0, 300));
  }
}

const clients = new Clients();
const tell = (said: object) => process.send?.(said);

process.on('message', (told: ToClients) => {
  void (async () => {
    switch (told.kind) {
      case 'open':
        return tell(await clients.open(told).then(() => ({ kind: 'done' })));
      case 'await':
        return tell(await clients.reach(told.changes).then(() => ({ kind: 'done' })));
      case 'report':
        return tell({ kind: 'report', report: clients.report() });
      case 'close':
        return tell(await clients.close().then(() => ({ kind: 'done' })));
    }
  })().catch((error: unknown) => tell({ kind: 'failed', message: String(error) }));
});
// Whoever started it may be gone before it was ended.
process.on('disconnect', () => process.exit());
