import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { Client } from 'pg';
import type { Logger } from '../../telemetry/log';
import { clientName } from '../client-name';
import { sqlStateOf } from '../transaction';
import { PgoutputReader, readEnvelope, statusUpdate, type CommittedRows } from './pgoutput';

export interface ChangeStreamOptions {
  /** As a role with REPLICATION. */
  readonly url: string;
  /** A publication of inserts, made by a migration. */
  readonly publication: string;
  /** What the connection is for, as seen in `pg_stat_activity`. */
  readonly purpose: string;
  readonly log: Logger;
  /** From now on every commit comes; what was committed before is there to be read, or about to become visible. */
  readonly onConnected: () => void;
  /** Commits may have been missed until the next `onConnected`. */
  readonly onDisconnected: () => void;
  /**
   * One transaction, in the order of commits. A promise holds up the next ones, and after enough of them the server; a
   * failure drops the connection and begins anew.
   */
  readonly onCommit: (commit: CommittedRows) => void | Promise<void>;
}

/** What the stream has done since it was started. */
export interface ChangeStreamMetrics {
  isConnected: boolean;
  connections: number;
  commits: number;
  rows: number;
  /** Times the server was held up because commits were not taken fast enough. */
  pauses: number;
  /** Where the log stands that was taken last. */
  takenLsn: bigint;
  /** Why it is not connected; null while it is, or before the first attempt. */
  lastFailure: string | null;
}

const RETRY_MS = { first: 50, most: 5_000, hopeless: 30_000 };
const STATUS_EVERY_MS = 1_000;
const CONNECT_MS = 10_000;
const GOODBYE_MS = 5_000;
/** The server speaks up at least every half of its patience; silence for longer than all of it is a dead connection. */
const PATIENCE_S = 30;
const SILENCE_MS = (PATIENCE_S + 15) * 1_000;
/** Rows that wait for a slow taker before the server is held up, and when it may go on. */
const ROWS_AHEAD = { most: 5_000, again: 1_000 };
/** wal_level is not logical (55000), no right (42501), no such publication (42704): nothing that passes in a moment. */
const HOPELESS: ReadonlySet<string | undefined> = new Set(['55000', '42501', '42704']);

/**
 * Follows what is committed to the tables of a publication, through logical replication.
 *
 * The slot is temporary: it ends with its connection, so nobody can forget one that keeps the server's disk filling, and
 * there is none to lose. What was committed between two connections does not come; the taker reads it from the tables when
 * it is told `onConnected`. Nothing comes twice within one connection.
 */
export class ChangeStream {
  readonly metrics: ChangeStreamMetrics = {
    isConnected: false,
    connections: 0,
    commits: 0,
    rows: 0,
    pauses: 0,
    takenLsn: 0n,
    lastFailure: null,
  };
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly options: ChangeStreamOptions) {}

  start(): void {
    this.running = this.follow();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async follow(): Promise<void> {
    const { signal } = this.stopping;
    let pauseMs = RETRY_MS.first;
    while (!signal.aborted) {
      const connectionsBefore = this.metrics.connections;
      const failure = await this.connection();
      if (signal.aborted) return;
      if (this.metrics.connections > connectionsBefore) pauseMs = RETRY_MS.first;
      const isHopeless = HOPELESS.has(sqlStateOf(failure));
      const message = failure instanceof Error ? failure.message : String(failure);
      if (message !== this.metrics.lastFailure)
        this.options.log.warn({ event: 'stream.disconnected', reason: message, state: sqlStateOf(failure) });
      this.metrics.lastFailure = message;
      await pause(isHopeless ? RETRY_MS.hopeless : pauseMs, signal);
      pauseMs = Math.min(pauseMs * 2, RETRY_MS.most);
    }
  }

  /** One connection, from its beginning to its end. Gives why it ended. */
  private async connection(): Promise<unknown> {
    const connection = new Connection(this.options, this.metrics);
    const leave = () => connection.end(new Error('stopped'));
    this.stopping.signal.addEventListener('abort', leave, { once: true });
    try {
      if (this.stopping.signal.aborted) leave();
      return await connection.run();
    } finally {
      this.stopping.signal.removeEventListener('abort', leave);
      if (this.metrics.isConnected) {
        this.metrics.isConnected = false;
        this.options.onDisconnected();
      }
    }
  }
}

/** The parts of a `pg` connection that its types leave out. */
interface RawConnection extends NodeJS.EventEmitter {
  readonly stream: Socket;
  sendCopyFromChunk(chunk: Buffer): void;
  /** Says goodbye and closes. */
  end(): void;
}

class Connection {
  private readonly client: Client;
  private readonly reader = new PgoutputReader();
  private readonly queue: CommittedRows[] = [];
  private readonly ended: Promise<unknown>;
  private readonly timer: NodeJS.Timeout;
  private tellEnded!: (reason: unknown) => void;
  private queuedRows = 0;
  private isTaking = false;
  private isPaused = false;
  private isOver = false;
  private takenLsn = 0n;
  private heardAt = Date.now();

  constructor(
    private readonly options: ChangeStreamOptions,
    private readonly metrics: ChangeStreamMetrics,
  ) {
    this.client = new Client({
      connectionString: options.url,
      application_name: clientName(options.purpose),
      replication: 'database',
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_MS,
      options: `-c timezone=UTC -c datestyle=ISO -c wal_sender_timeout=${PATIENCE_S}s -c statement_timeout=0`,
    } as ConstructorParameters<typeof Client>[0]);
    this.ended = new Promise((resolve) => (this.tellEnded = resolve));
    this.timer = setInterval(() => this.tick(), STATUS_EVERY_MS).unref();
  }

  /** Ends the connection for a reason; only the first counts. */
  end(reason: unknown): void {
    this.isOver = true;
    this.tellEnded(reason);
  }

  async run(): Promise<unknown> {
    const raw = (this.client as unknown as { connection: RawConnection }).connection;
    this.client.on('error', (error) => this.end(error));
    raw.on('end', () => this.end(new Error('The server closed the connection.')));
    raw.on('replicationStart', () => this.begin());
    raw.on('copyData', ({ chunk }: { chunk: Buffer }) => this.receive(chunk));
    this.replicate().catch((error: unknown) => this.end(error));
    const reason = await this.ended;
    clearInterval(this.timer);
    await this.leave(raw);
    return reason;
  }

  private async replicate(): Promise<void> {
    const slot = `hub_${process.pid}_${randomBytes(6).toString('hex')}`;
    await this.client.connect();
    const { rows } = await this.client.query<{ consistent_point: string }>(
      `CREATE_REPLICATION_SLOT ${slot} TEMPORARY LOGICAL pgoutput (SNAPSHOT 'nothing')`,
    );
    // Nothing before it concerns us; and a server that asks how far we are must get an answer, even before the first commit.
    this.take(lsnFrom(rows[0]?.consistent_point ?? ''));
    await this.client.query(
      `START_REPLICATION SLOT ${slot} LOGICAL 0/0 (proto_version '1', publication_names '${this.options.publication}')`,
    );
    throw new Error('The server ended the stream.');
  }

  private async leave(raw: RawConnection): Promise<void> {
    if (raw.stream.destroyed || raw.stream.connecting) {
      raw.stream.destroy();
      return;
    }
    // A server that closes while we still write resets the connection: closed is closed.
    const closed = once(raw.stream, 'close').catch(() => undefined);
    // After a goodbye the server closes when the slot is gone, so that the database can be dropped; a server that does not
    // listen just now, such as one still making the slot, is left.
    const giveUp = setTimeout(() => raw.stream.destroy(), GOODBYE_MS);
    raw.stream.resume();
    raw.end();
    await closed.finally(() => clearTimeout(giveUp));
  }

  private begin(): void {
    this.heardAt = Date.now();
    this.metrics.connections += 1;
    this.metrics.isConnected = true;
    this.metrics.lastFailure = null;
    this.options.log.info({ event: 'stream.connected', connections: this.metrics.connections });
    this.options.onConnected();
  }

  /** Read at once: the bytes belong to the connection and are soon overwritten. */
  private receive(chunk: Buffer): void {
    this.heardAt = Date.now();
    if (this.isOver) return;
    try {
      const message = readEnvelope(chunk);
      if (message?.kind === 'data') {
        const commit = this.reader.read(message.payload);
        if (commit !== null) this.enqueue(commit);
      } else if (message?.kind === 'keepalive') {
        if (!this.isTaking && !this.reader.isWithin) this.take(message.endLsn);
        if (message.wantsReply) this.confirm();
      }
    } catch (error) {
      this.end(error);
    }
  }

  private enqueue(commit: CommittedRows): void {
    this.queue.push(commit);
    this.queuedRows += commit.added.length;
    if (!this.isTaking) this.handOver().catch((error: unknown) => this.end(error));
    if (this.queuedRows > ROWS_AHEAD.most) this.hold(true);
  }

  private async handOver(): Promise<void> {
    this.isTaking = true;
    for (let commit = this.queue.shift(); commit !== undefined && !this.isOver; commit = this.queue.shift()) {
      const taking = this.options.onCommit(commit);
      // Waiting for what needs no waiting would cost every commit a turn of the event loop.
      if (taking !== undefined) await taking;
      this.queuedRows -= commit.added.length;
      this.metrics.commits += 1;
      this.metrics.rows += commit.added.length;
      this.take(commit.endLsn);
      if (this.queuedRows < ROWS_AHEAD.again) this.hold(false);
    }
    this.isTaking = false;
  }

  private hold(isPaused: boolean): void {
    if (this.isPaused === isPaused) return;
    this.isPaused = isPaused;
    const { stream } = (this.client as unknown as { connection: RawConnection }).connection;
    if (isPaused) {
      this.metrics.pauses += 1;
      stream.pause();
    } else {
      this.heardAt = Date.now();
      stream.resume();
    }
  }

  private take(lsn: bigint): void {
    if (lsn <= this.takenLsn) return;
    this.takenLsn = lsn;
    this.metrics.takenLsn = lsn;
  }

  /** Confirms what was taken and nothing more. */
  private confirm(): void {
    if (this.isOver) return;
    const raw = (this.client as unknown as { connection: RawConnection }).connection;
    raw.sendCopyFromChunk(statusUpdate(this.takenLsn, new Date()));
  }

  private tick(): void {
    if (!this.metrics.isConnected) return;
    this.confirm();
    if (!this.isPaused && Date.now() - this.heardAt > SILENCE_MS) this.end(new Error('The server fell silent.'));
  }
}

/** A place in the log from the way PostgreSQL writes it, such as `16/B374D848`. */
function lsnFrom(text: string): bigint {
  const [high = '', low = ''] = text.split('/');
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms).unref();
    signal.addEventListener('abort', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
