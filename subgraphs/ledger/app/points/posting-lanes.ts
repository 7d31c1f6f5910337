import { Client } from 'pg';
import { isConnectionLoss } from '../../../../kernel/db/connection-loss';
import { sqlStateOf } from '../../../../kernel/db/transaction';
import type { Logger } from '../../../../kernel/telemetry/log';
import { currentTrace, traced, type Traceparent } from '../../../../kernel/telemetry/trace';
import type { Clock } from '../../../../kernel/values/clock';
import { openNetDebit } from '../../data/settlement/exposure.store';
import { postBatch, type BookShelf } from './post-batch';
import type { TermsShelf } from '../../data/points/terms.store';
import type { BatchOutcome, PostingCommand, PostingOutcome } from './posting-command';

export interface LanesOptions {
  readonly url: string;
  /** Lanes, each with a connection of its own; two are best on two cores (docs/adr/0003). */
  readonly lanes: number;
  /** The lanes' shares of every cap are numbered from here; default 0. No two lanes of a book may have one number. */
  readonly firstShard?: number;
  /** The most commands one transaction carries. */
  readonly batchMax: number;
  readonly shelf: BookShelf;
  readonly terms: TermsShelf;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long a lane waits for somebody's lock before its batch fails; default: as long as a statement may take. */
  readonly lockWaitMsMax?: number;
  /** How long a batch may take before its connection is given up and its commands are sent again; default 8,000. */
  readonly patienceMs?: number;
  /** Told after each commit what was posted, so that live readers need not look. */
  readonly onPosted: (outcomes: readonly PostingOutcome[]) => void;
}

interface Waiting {
  readonly command: PostingCommand;
  readonly resolve: (outcome: PostingOutcome) => void;
  readonly reject: (error: unknown) => void;
  readonly trace: Traceparent | undefined;
}

/**
 * Groups concurrent commands into transactions. A wallet's bucket chooses its lane; a lane sends whatever has queued the
 * moment its last batch returns, so a lone caller waits for nobody and a crowd shares the cost of a commit. Order on one
 * wallet is the order of `post` calls.
 */
export class PostingLanes {
  private readonly lanes: Lane[];
  /** Commands on several wallets at once belong to no bucket. */
  private readonly jointLane: Lane;

  constructor(options: LanesOptions) {
    const { lanes, firstShard = 0 } = options;
    this.lanes = Array.from({ length: lanes }, (_, n) => new Lane(options, firstShard + n));
    this.jointLane = new Lane(options, firstShard + lanes);
  }

  post(command: PostingCommand): Promise<PostingOutcome> {
    const ownLane = this.lanes[command.key.bucket % this.lanes.length];
    const lane = command.others.length === 0 ? ownLane : this.jointLane;
    if (lane === undefined) throw new RangeError('PostingLanes: no lanes');
    return lane.post(command);
  }

  /** Waits for what is under way and closes the connections. */
  async close(): Promise<void> {
    await Promise.all([...this.lanes, this.jointLane].map((lane) => lane.close()));
  }
}

class Lane {
  private readonly queue: Waiting[] = [];
  private client: Promise<Client> | null = null;
  private draining: Promise<void> | null = null;
  private closed = false;

  /** @param shard the lane's own share of every cap */
  constructor(
    private readonly options: LanesOptions,
    private readonly shard: number,
  ) {}

  post(command: PostingCommand): Promise<PostingOutcome> {
    if (this.closed) return Promise.reject(new Error('The ledger is closing.'));
    return traced({ name: 'post' }, () => this.queued(command));
  }

  private queued(command: PostingCommand): Promise<PostingOutcome> {
    return new Promise((resolve, reject) => {
      this.queue.push({ command, resolve, reject, trace: currentTrace() });
      this.draining ??= this.drain();
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.draining;
    const client = await this.client?.catch(() => null);
    await client?.end();
  }

  private async drain(): Promise<void> {
    do {
      // One turn of the event loop lets all callers that are ready at this instant share a batch: at first those that came
      // together, later those that were just answered and ask again.
      await new Promise((resolve) => setImmediate(resolve));
      await this.send(this.queue.splice(0, this.options.batchMax));
    } while (this.queue.length > 0);
    this.draining = null;
  }

  private async send(batch: readonly Waiting[]): Promise<void> {
    try {
      const outcomes = await this.postAll(batch);
      this.tell(outcomes);
      batch.forEach(({ resolve }, index) => resolve(outcomes[index] as PostingOutcome));
    } catch (error) {
      await this.afterFailure(batch, error);
    }
  }

  /**
   * A failed batch was not written, or its commit was in doubt; either way its members go again one by one: a command that
   * did commit is found by its key, and one that breaks a constraint fails alone.
   */
  private async afterFailure(batch: readonly Waiting[], error: unknown): Promise<void> {
    await this.reset();
    if (batch.length > 1) {
      this.options.log.warn({ event: 'posting.batch.failed', size: batch.length, state: sqlStateOf(error) });
      for (const waiting of batch) await this.send([waiting]);
      return;
    }
    const [only] = batch;
    if (only === undefined) return;
    // What has no key to be found by is sent again only where nothing of it can have been written.
    const isSafe = only.command.intent !== null || sqlStateOf(error) === TABLE_CHANGED;
    if (isSafe && isPassing(error)) return this.sendAgain(only);
    only.reject(error);
  }

  /**
   * A uniqueness lost to another lane is decided anew: the winner's row is there to be read now. After a lost connection
   * the commit is in doubt, and the key says whether it came through.
   */
  private async sendAgain(waiting: Waiting): Promise<void> {
    try {
      const outcomes = await this.postAll([waiting]);
      this.tell(outcomes);
      waiting.resolve(outcomes[0] as PostingOutcome);
    } catch (error) {
      await this.reset();
      waiting.reject(error);
    }
  }

  /** What is committed is committed: a listener's failure must not tell the caller otherwise. */
  private tell(outcomes: readonly PostingOutcome[]): void {
    try {
      this.options.onPosted(outcomes.filter((outcome) => outcome.kind !== 'posted' || outcome.isPreview !== true));
    } catch (error) {
      this.options.log.error({ event: 'posting.listener.failed', err: error });
    }
  }

  /** Commands a share of a cap did not suffice for go again alone, before anything that came later. */
  private async postAll(batch: readonly Waiting[]): Promise<PostingOutcome[]> {
    const outcomes = await this.postOnce(batch, false);
    const decided: PostingOutcome[] = [];
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.kind !== 'deferred') {
        decided.push(outcome);
        continue;
      }
      const alone = await this.postAlone(batch.slice(index, index + 1));
      if (alone.kind === 'deferred') throw new Error('Lane: a command was deferred twice');
      decided.push(alone);
    }
    return decided;
  }

  /** With all shares at hand; counters of what partners owe that nobody opened yet are opened first, one after another. */
  private async postAlone(command: readonly Waiting[]): Promise<BatchOutcome> {
    for (;;) {
      const [outcome] = await this.postOnce(command, true);
      if (outcome === undefined) throw new Error('Lane: a command came to nothing');
      if (outcome.kind !== 'deferred' || outcome.unopened === undefined) return outcome;
      const { programmeId } = (command[0] as Waiting).command;
      const { terms } = this.options;
      await openNetDebit(await this.connected(), terms, { programmeId, counter: outcome.unopened, shard: this.shard });
    }
  }

  private async postOnce(batch: readonly Waiting[], allShares: boolean): Promise<BatchOutcome[]> {
    const client = await this.connected();
    const commands = batch.map(({ command }) => command);
    // A network may swallow a batch and end no connection: without an end to waiting, the lane would stand still for ever.
    // Ended in the middle of a statement, a client breaks its connection off; the key says what became of the batch.
    const giveUp = setTimeout(() => void client.end(), this.options.patienceMs ?? PATIENCE_MS);
    try {
      return await traced(
        { name: 'batch', facts: { 'hub.batch.size': batch.length }, together: batch.map(({ trace }) => trace) },
        () => postBatch(client, commands, { ...this.options, shard: this.shard, allShares }),
      );
    } finally {
      clearTimeout(giveUp);
    }
  }

  private connected(): Promise<Client> {
    this.client ??= this.connect();
    return this.client;
  }

  private async connect(): Promise<Client> {
    const client = new Client({
      connectionString: this.options.url,
      connectionTimeoutMillis: CONNECT_MS,
      application_name: 'hub:' + process.pid + ':ledger-lane',
      // Generic plans: the same statement serves one command and five hundred, and planning is paid once. A plan is kept
      // while its tables grow from nothing to millions of rows, so it must not be one that only suits small tables.
      options: settingsOf(this.options.lockWaitMsMax),
    });
    client.on('error', (error) => {
      this.options.log.warn({ event: 'posting.lane.disconnected', err: error });
      this.client = null;
    });
    try {
      await client.connect();
      return client;
    } catch (error) {
      this.client = null;
      throw error;
    }
  }

  /** Leaves no half-open transaction behind: the connection is dropped and the next batch opens another. */
  private async reset(): Promise<void> {
    const client = await this.client?.catch(() => null);
    this.client = null;
    await client?.end().catch(() => undefined);
  }
}

const PATIENCE_MS = 8_000;
const CONNECT_MS = 5_000;

const LANE_SETTINGS = [
  'plan_cache_mode=force_generic_plan',
  'enable_seqscan=off',
  'enable_hashjoin=off',
  'enable_mergejoin=off',
  'jit=off',
  'statement_timeout=15000',
  // A batch holds its wallets' locks between two flushes, for milliseconds: one that holds them longer has lost its client.
  'idle_in_transaction_session_timeout=5000',
];

function settingsOf(lockWaitMsMax: number | undefined): string {
  const settings = lockWaitMsMax === undefined ? LANE_SETTINGS : [...LANE_SETTINGS, `lock_timeout=${lockWaitMsMax}`];
  return settings.map((setting) => `-c ${setting}`).join(' ');
}

/** Whether the same command may fare better a moment later: the timing was wrong, or the connection. */
function isPassing(error: unknown): boolean {
  const state = sqlStateOf(error);
  return state === undefined || isConnectionLoss(error) || RACES.has(state) || state === TABLE_CHANGED;
}

/** Unique violation, deadlock, serialization failure: the timing was wrong, not the command. */
const RACES: ReadonlySet<string> = new Set(['23505', '40P01', '40001']);
/** What a lane sends is not of the table's type any more: another release added a column to it meanwhile. The next connection asks anew. */
const TABLE_CHANGED = '42804';
