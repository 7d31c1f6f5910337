import DataLoader from 'dataloader';
import type { Pool } from 'pg';
import { loadAfter, loadNewest, type ReaderPlace } from '../../data/points/live.store';
import type { JournalLine } from '../../data/points/transaction.store';

/** The most readers one statement reads for. */
const READERS_MAX = 1_000;

/**
 * What readers of live accounts take from the journal, for many of them in one statement: while one statement is under way,
 * whoever else needs something waits for the next. So a thousand readers that come back at once cost a handful, and one that
 * comes alone waits for nobody.
 */
export class LiveReads {
  private readonly after: DataLoader<ReaderPlace, JournalLine[]>;
  private readonly latest: DataLoader<Omit<ReaderPlace, 'after'>, JournalLine | null>;
  private underWay: Promise<unknown> = Promise.resolve();

  /** @param limit the most lines one reader takes at a time */
  constructor(pool: Pool, limit: number) {
    const options = {
      cache: false,
      maxBatchSize: READERS_MAX,
      batchScheduleFn: (send: () => void) => void this.underWay.then(() => setImmediate(send)),
    };
    this.after = new DataLoader((places) => this.mark(loadAfter(pool, places, limit)), options);
    this.latest = new DataLoader((accounts) => this.mark(loadNewest(pool, accounts)), options);
  }

  /** The lines after a reader's version, oldest first. */
  linesAfter(place: ReaderPlace): Promise<JournalLine[]> {
    return this.after.load(place);
  }

  /** The newest line of an account; null while it has none. */
  newest(account: Omit<ReaderPlace, 'after'>): Promise<JournalLine | null> {
    return this.latest.load(account);
  }

  private mark<T>(reading: Promise<T>): Promise<T> {
    this.underWay = reading.then(undefined, () => undefined);
    return reading;
  }
}
