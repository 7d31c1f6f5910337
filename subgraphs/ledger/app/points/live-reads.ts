import DataLoader from 'dataloader';
import type { Pool } from 'pg';
import { loadAfter, loadNewest, type ReaderPlace } from '../../data/points/live.store';
import type { JournalLine } from '../../data/points/transaction.store';

/** The most readers one statement reads for. */
const READERS_MAX = 1_000;
/** While several come at once, how long the next statement waits for those on their way. */
const GATHER_MS = 50;

/**
 * What readers of live accounts take from the journal, for many of them in one statement: while one statement is under way,
 * whoever else needs something waits for the next. After one that read for several, the next waits a moment more: those who come
 * back after a restart come one connection after the other. One that comes alone waits for nobody.
 */
export class LiveReads {
  private readonly after: DataLoader<ReaderPlace, JournalLine[]>;
  private readonly latest: DataLoader<Omit<ReaderPlace, 'after'>, JournalLine | null>;
  private underWay: Promise<unknown> = Promise.resolve();
  private readForSeveral = false;

  /** @param limit the most lines one reader takes at a time */
  constructor(pool: Pool, limit: number) {
    const options = {
      cache: false,
      maxBatchSize: READERS_MAX,
      batchScheduleFn: (send: () => void) => void this.underWay.then(() => this.soon(send)),
    };
    this.after = new DataLoader((places) => this.mark(places.length, loadAfter(pool, places, limit)), options);
    this.latest = new DataLoader((accounts) => this.mark(accounts.length, loadNewest(pool, accounts)), options);
  }

  /** The lines after a reader's version, oldest first. */
  linesAfter(place: ReaderPlace): Promise<JournalLine[]> {
    return this.after.load(place);
  }

  /** The newest line of an account; null while it has none. */
  newest(account: Omit<ReaderPlace, 'after'>): Promise<JournalLine | null> {
    return this.latest.load(account);
  }

  private soon(send: () => void): void {
    if (this.readForSeveral) setTimeout(send, GATHER_MS);
    else setImmediate(send);
  }

  private mark<T>(readers: number, reading: Promise<T>): Promise<T> {
    this.readForSeveral = readers > 1;
    this.underWay = reading.then(undefined, () => undefined);
    return reading;
  }
}
