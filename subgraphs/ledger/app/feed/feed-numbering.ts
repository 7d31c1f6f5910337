import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { clientName } from '../../../../kernel/db/client-name';
import { Hint } from '../../../../kernel/events/hint';
import type { Logger } from '../../../../kernel/telemetry/log';
import { sees, type Snapshot } from '../../core/feed/snapshot';
import {
  appendBatch,
  BATCH_ROWS,
  journalRowFrom,
  loadNumberingState,
  nextTransactionId,
  numberCommitted,
  saveNumberingState,
  tryToLead,
  type JournalFeedRow,
  type NumberingState,
} from '../../data/feed/journal-feed.store';
import type { RecentBatches } from './recent-batches';
import { VersionWatch } from './version-watch';

export interface FeedNumberingOptions {
  /** As the application's role. */
  readonly url: string;
  readonly recent: RecentBatches;
  readonly log: Logger;
  /** Told when more is numbered. */
  readonly onNumbered: () => void;
}

/** What numbering has done since it was started. */
export interface FeedNumberingMetrics {
  /** `waiting` for another process to stop leading; `looking` at the journal again and again; `following` the change stream. */
  mode: 'waiting' | 'looking' | 'following';
  rows: number;
  /** Rows found by looking, not heard of by the stream. */
  rowsFound: number;
  looks: number;
  /** Versions the stream left out, after which the journal was looked at. */
  gaps: number;
  /** Attempts to number what the stream told before it could be seen. */
  tooEarly: number;
  failures: number;
}

const PAUSE_MS = {
  /** The most a connection may take to come about. */
  connect: 10_000,
  /** Between attempts to lead, and after a failure. */
  lead: 1_000,
  failure: 200,
  /** Between looks without a stream: at least, and when nothing happens here. */
  gather: 20,
  look: 200,
  /** Between batches, when rows come in crowds. */
  gatherAtMost: 5,
  /** Between attempts to number what cannot be seen yet. */
  tooEarly: 1,
  /** Between looks that wait for older transactions to end. */
  settle: 5,
  /** Between looks beside the stream, which find what is just on its way, or what the stream left out. */
  check: 10_000,
  /** Between saves of how far numbering is. */
  save: 5_000,
} as const;
/** Rows that wait to be numbered before the stream is held up. */
const ROWS_AHEAD = 20_000;
/** Rows of a batch that are worth a millisecond of gathering. */
const ROWS_PER_MS = 4;

/**
 * Numbers the journal in the order of commits. One process of all that serve the ledger does: the one whose session holds the
 * database's lock, and the same session writes, so that a dead leader cannot write on.
 *
 * It follows the change stream while there is one, and else looks at the journal. Both end in the same place: a row is numbered
 * when the snapshot of the last look saw it, or when a later batch holds it; whatever else comes is numbered next. So a stream
 * that breaks, begins late or ends for ever loses nothing and doubles nothing.
 */
export class FeedNumbering {
  readonly metrics: FeedNumberingMetrics = {
    mode: 'waiting',
    rows: 0,
    rowsFound: 0,
    looks: 0,
    gaps: 0,
    tooEarly: 0,
    failures: 0,
  };
  private readonly wakeup = new Hint();
  private readonly versions = new VersionWatch();
  private running: Promise<void> = Promise.resolve();
  private isStopped = false;
  private failure: Error | null = null;
  private state: NumberingState | null = null;
  private saved = { text: '', at: 0 };
  private queue: JournalFeedRow[] = [];
  private hasRoom: (() => void) | null = null;
  /** Grows with every beginning and end of the stream; odd while it runs. */
  private streamTurn = 0;
  /** Whether rows of the stream are kept for numbering. */
  private isListening = false;

  constructor(private readonly options: FeedNumberingOptions) {}

  start(): void {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.wakeup.give();
    await this.running;
  }

  /** The stream runs: from now on every commit is told. */
  streamBegan(): void {
    this.streamTurn += 1;
    this.wakeup.give();
  }

  /** The stream broke off: what it told last may not be all. */
  streamEnded(): void {
    this.streamTurn += 1;
    this.forgetQueue();
    this.wakeup.give();
  }

  /** A transaction's rows by the stream. A promise holds up the next. */
  committed(rows: readonly JournalFeedRow[]): void | Promise<void> {
    if (!this.isListening || rows.length === 0) return;
    this.queue.push(...rows);
    this.wakeup.give();
    if (this.queue.length > ROWS_AHEAD) return new Promise((resolve) => (this.hasRoom = resolve));
  }

  /** This process committed something: without a stream, a reason to look now. */
  posted(): void {
    if (this.metrics.mode === 'looking') this.wakeup.give();
  }

  private async run(): Promise<void> {
    while (!this.isStopped) {
      try {
        await this.session();
      } catch (error) {
        if (this.isStopped) return;
        this.metrics.failures += 1;
        this.options.log.warn({ event: 'feed.numbering.failed', err: error });
        await this.pause(PAUSE_MS.failure);
      }
    }
  }

  /** One connection: waits to lead, then leads until it fails or we stop. */
  private async session(): Promise<void> {
    const client = new Client({
      connectionString: this.options.url,
      application_name: clientName('ledger-feed'),
      keepAlive: true,
      connectionTimeoutMillis: PAUSE_MS.connect,
      options: SESSION_SETTINGS,
    });
    this.failure = null;
    client.on('error', (error) => {
      this.failure = error;
      this.wakeup.give();
    });
    try {
      await client.connect();
      while (this.goesOn() && !(await tryToLead(client))) await this.pause(PAUSE_MS.lead);
      if (this.goesOn()) await this.lead(client);
    } finally {
      this.metrics.mode = 'waiting';
      this.options.recent.clear();
      this.forgetQueue();
      await client.end().catch(() => undefined);
    }
  }

  /** @throws Error when the connection was lost */
  private goesOn(): boolean {
    if (this.failure !== null) throw this.failure;
    return !this.isStopped;
  }

  private async lead(client: Client): Promise<void> {
    this.state = await loadNumberingState(client);
    this.options.log.info({ event: 'feed.leads', batch: this.state.lastBatch.toString() });
    while (this.goesOn()) {
      const turn = this.streamTurn;
      if (turn % 2 === 0) await this.lookAgainAndAgain(client, turn);
      else await this.followStream(client, turn);
    }
  }

  private async lookAgainAndAgain(client: Client, turn: number): Promise<void> {
    this.metrics.mode = 'looking';
    while (this.goesOn() && this.streamTurn === turn) {
      const { given } = this.wakeup;
      const { rows } = await this.look(client);
      // What is committed in the meantime shares the next look.
      await sleep(PAUSE_MS.gather);
      if (rows === 0) await this.wakeup.wait({ after: given, ms: PAUSE_MS.look });
    }
  }

  private async followStream(client: Client, turn: number): Promise<void> {
    this.forgetQueue();
    this.isListening = true;
    try {
      await this.settle(client, turn);
      this.metrics.mode = 'following';
      let checkAt = Date.now() + PAUSE_MS.check;
      while (this.goesOn() && this.streamTurn === turn) {
        const { given } = this.wakeup;
        const rows = this.takeQueued();
        await this.number(client, rows);
        await gatherAfter(rows.length);
        if (Date.now() >= checkAt) {
          await this.look(client);
          checkAt = Date.now() + PAUSE_MS.check;
        }
        if (this.queue.length === 0) await this.wakeup.wait({ after: given, ms: Math.max(1, checkAt - Date.now()) });
      }
    } finally {
      this.isListening = false;
    }
  }

  /**
   * Looks until nothing is left that the stream may not tell: a transaction whose commit was in the log before we listened
   * can become visible a little later. All such had their id before the one taken here.
   */
  private async settle(client: Client, turn: number): Promise<void> {
    this.metrics.mode = 'looking';
    const bound = await nextTransactionId(client);
    while (this.goesOn() && this.streamTurn === turn) {
      const { lookedAt, rows } = await this.look(client);
      // A look that had too much to number at once is not done; then its snapshot is not the one we hold to.
      if (lookedAt.xmin >= bound && this.state!.snapshot === lookedAt) return;
      if (rows === 0) await sleep(PAUSE_MS.settle);
    }
  }

  private async look(client: Client): Promise<{ lookedAt: Snapshot; rows: number }> {
    const { state, rows, lookedAt } = await numberCommitted(client, this.state!);
    this.state = state;
    this.metrics.looks += 1;
    if (rows > 0) {
      this.metrics.rows += rows;
      this.metrics.rowsFound += rows;
      this.options.recent.clear();
      this.versions.forget();
      this.options.onNumbered();
    }
    await this.saveNowAndThen(client, state);
    return { lookedAt, rows };
  }

  private async saveNowAndThen(client: Client, state: NumberingState): Promise<void> {
    if (state.snapshot.text === this.saved.text || Date.now() - this.saved.at < PAUSE_MS.save) return;
    await saveNumberingState(client, state);
    this.saved = { text: state.snapshot.text, at: Date.now() };
  }

  private async number(client: Client, rows: readonly JournalFeedRow[]): Promise<void> {
    if (rows.length === 0) return;
    let fresh = this.unnumbered(rows);
    if (!this.versions.follow(fresh)) {
      this.metrics.gaps += 1;
      this.options.log.error({ event: 'feed.gap' });
      await this.look(client);
      fresh = this.unnumbered(fresh);
      this.versions.follow(fresh);
    }
    if (fresh.length === 0) return;
    const batch = this.state!.lastBatch + 1n;
    while (!(await appendBatch(client, batch, fresh))) {
      if (!this.goesOn()) return;
      this.metrics.tooEarly += 1;
      await sleep(PAUSE_MS.tooEarly);
    }
    this.state = { ...this.state!, lastBatch: batch };
    this.metrics.rows += fresh.length;
    this.options.recent.add(
      batch,
      fresh.map((row, place) => ({ ...journalRowFrom(row), batch, place })),
    );
    this.options.onNumbered();
  }

  /** Rows no look has found yet: a look numbers all that its snapshot sees. */
  private unnumbered(rows: readonly JournalFeedRow[]): JournalFeedRow[] {
    const { snapshot } = this.state!;
    return rows.filter(({ xid }) => !sees(snapshot, BigInt(xid)));
  }

  private takeQueued(): JournalFeedRow[] {
    const taken = this.queue.splice(0, BATCH_ROWS);
    if (this.queue.length < ROWS_AHEAD / 2) {
      this.hasRoom?.();
      this.hasRoom = null;
    }
    return taken;
  }

  private forgetQueue(): void {
    this.queue = [];
    this.hasRoom?.();
    this.hasRoom = null;
  }

  private pause(ms: number): Promise<void> {
    return this.wakeup.wait({ after: this.wakeup.given, ms });
  }
}

/**
 * Under load a batch is a commit that postings pay with us: the more rows came at once, the longer the next ones are gathered.
 * At a thousand commits a second nobody waits.
 */
async function gatherAfter(rows: number): Promise<void> {
  const ms = Math.min(Math.floor(rows / ROWS_PER_MS), PAUSE_MS.gatherAtMost);
  if (ms > 0) await sleep(ms);
}

/**
 * A leader that hangs loses its session, and with it the lead: it never idles for longer than between two checks. Looks use
 * the index over ranges of pages whatever the planner thinks of a table it has no statistics of yet.
 */
const SESSION_SETTINGS = ['idle_session_timeout=30000', 'statement_timeout=120000', 'enable_seqscan=off', 'jit=off']
  .map((setting) => `-c ${setting}`)
  .join(' ');
