import type { EventFeed, FeedItem, FeedPosition } from '../../../../kernel/events/event';
import { Hint } from '../../../../kernel/events/hint';
import type { NumberedRow } from '../../core/points/journal-row';
import { announce, EVENTS_PER_ROW } from '../../events/published';
import type { RecentBatches } from './recent-batches';

/** Reads numbered journal rows from a place on. */
export type ReadNumbered = (from: { batch: bigint; place: number }, limit: number) => Promise<readonly NumberedRow[]>;

/** The ledger's feed: the journal, in the order of its commits, read as events. */
export class JournalFeed implements EventFeed {
  private readonly hint = new Hint();

  /**
   * @param recent what this process numbered last; empty in one that does not number
   */
  constructor(
    private readonly readNumbered: ReadNumbered,
    private readonly recent: RecentBatches,
  ) {}

  /** Says that something was numbered. */
  numbered(): void {
    this.hint.give();
  }

  async read(after: FeedPosition | null, limit: number, waitMs: number): Promise<FeedItem[]> {
    return this.hint.readUntilSome(waitMs, () => this.readNow(after, limit));
  }

  private async readNow(after: FeedPosition | null, limit: number): Promise<FeedItem[]> {
    const [batch = '0', place = '0'] = (after ?? '0:0').split(':');
    const last = { batch: BigInt(batch), place: Number(place) };
    // The row of the last event read comes again, for it may have another event; so one more is asked for.
    const from = { batch: last.batch, place: Math.max(0, Math.ceil(last.place / EVENTS_PER_ROW) - 1) };
    const rows = this.recent.read(from, limit + 1) ?? (await this.readNumbered(from, limit + 1));
    return rows
      .flatMap(announce)
      .filter(({ position }) => isAfter(position, last))
      .slice(0, limit);
  }
}

function isAfter(position: FeedPosition, last: { batch: bigint; place: number }): boolean {
  const [batch = '0', place = '0'] = position.split(':');
  return BigInt(batch) > last.batch || (BigInt(batch) === last.batch && Number(place) > last.place);
}
