import type { Database } from '../db/database';
import { inTransaction, type Tx } from '../db/transaction';
import type { Logger } from '../telemetry/log';
import type { EventFeed, FeedItem, FeedPosition, HubEvent } from './event';

/** Handles one event within the transaction that also moves the reader's place. */
export type EventReaction = (tx: Tx, event: HubEvent) => Promise<void>;

export interface ConsumerOptions {
  /** Name of this reader's place: the feed it reads, such as `members`. */
  readonly feedName: string;
  readonly feed: EventFeed;
  /** The reader's own database, with the tables of OUTBOX_DDL. */
  readonly database: Database;
  /** By event type; types without a reaction are passed over. */
  readonly reactions: Readonly<Record<string, EventReaction>>;
  readonly log: Logger;
}

const BATCH = 200;
const WAIT_MS = 5_000;
const RETRY_MS = { first: 100, most: 5_000 };

/**
 * Follows another subgraph's feed until stopped. Reactions and the reader's place commit together, so a crash repeats
 * or completes a batch and never half of one; two processes that follow the same feed take turns on the place's row.
 */
export class Consumer {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly options: ConsumerOptions) {}

  start(): void {
    this.running = this.follow();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** Handles all that is there now; for those who need to be up to date before they answer. */
  async catchUp(): Promise<void> {
    while ((await this.step(0)) > 0);
  }

  private async follow(): Promise<void> {
    let pauseMs = RETRY_MS.first;
    while (!this.stopping.signal.aborted) {
      try {
        await this.step(WAIT_MS);
        pauseMs = RETRY_MS.first;
      } catch (error) {
        if (this.stopping.signal.aborted) return;
        this.options.log.warn({ event: 'consumer.failed', feed: this.options.feedName, err: error, pauseMs });
        await untilAborted(new Promise((resolve) => setTimeout(resolve, pauseMs).unref()), this.stopping.signal);
        pauseMs = Math.min(pauseMs * 2, RETRY_MS.most);
      }
    }
  }

  private async step(waitMs: number): Promise<number> {
    const { signal } = this.stopping;
    // Only waiting is broken off by a stop: a transaction under way comes to its end before the database is closed.
    const items = await untilAborted(this.options.feed.read(await this.place(), BATCH, waitMs), signal);
    if (items === undefined || items.length === 0 || signal.aborted) return 0;
    await inTransaction(this.options.database, (tx) => this.react(tx, items));
    return items.length;
  }

  private async place(): Promise<FeedPosition | null> {
    const { rows } = await this.options.database.pool.query<{ position: FeedPosition | null }>(
      '/* kernel.consumer.place */ select position from inbox_cursor where feed = $1',
      [this.options.feedName],
    );
    return rows[0]?.position ?? null;
  }

  private async react(tx: Tx, items: readonly FeedItem[]): Promise<void> {
    const { feedName } = this.options;
    await tx.query(
      '/* kernel.consumer.ensurePlace */ insert into inbox_cursor (feed) values ($1) on conflict (feed) do nothing',
      [feedName],
    );
    const [locked] = (await tx.query(
      '/* kernel.consumer.lockPlace */ select position from inbox_cursor where feed = $1 for update',
      [feedName],
    )) as { position: string | null }[];
    const fresh = items.filter(({ position }) => isAfter(position, locked?.position ?? null));
    for (const { event } of fresh) await this.options.reactions[event.type]?.(tx, event);
    const last = fresh.at(-1);
    if (last === undefined) return;
    await tx.query(
      `/* kernel.consumer.movePlace */
       update inbox_cursor set position = $2, handled = handled + $3, updated_at = now() where feed = $1`,
      [feedName, last.position, fresh.length],
    );
  }
}

/** Positions are `major:minor`, both whole numbers. */
function isAfter(position: string, other: string | null): boolean {
  if (other === null) return true;
  const [major = '0', minor = '0'] = position.split(':');
  const [otherMajor = '0', otherMinor = '0'] = other.split(':');
  return BigInt(major) === BigInt(otherMajor) ? BigInt(minor) > BigInt(otherMinor) : BigInt(major) > BigInt(otherMajor);
}

/** What some work gives, or undefined when the waiting for it ends. Nothing stays on the signal: it outlives thousands of waits. */
function untilAborted<Given>(work: Promise<Given>, signal: AbortSignal): Promise<Given | undefined> {
  return new Promise((resolve, reject) => {
    const leave = () => resolve(undefined);
    signal.addEventListener('abort', leave, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
    if (signal.aborted) leave();
  });
}
