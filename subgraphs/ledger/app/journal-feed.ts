import type { EventFeed, FeedItem, FeedPosition } from '../../../kernel/events/event';
import { Hint } from '../../../kernel/events/hint';
import type { JournalRow } from '../core/points/journal-row';
import { announce, EVENTS_PER_ROW } from '../events/published';

/** Reads settled journal rows from a PostgreSQL transaction on. */
export type ReadJournal = (fromXid: string, limit: number) => Promise<readonly JournalRow[]>;

/** The ledger's feed: the journal read as events. */
export class JournalFeed implements EventFeed {
  private readonly hint = new Hint();

  constructor(private readonly readJournal: ReadJournal) {}

  /** Says that something was committed. */
  posted(): void {
    this.hint.give();
  }

  async read(after: FeedPosition | null, limit: number, waitMs: number): Promise<FeedItem[]> {
    return this.hint.readUntilSome(waitMs, () => this.readNow(after, limit));
  }

  private async readNow(after: FeedPosition | null, limit: number): Promise<FeedItem[]> {
    const [xid = '0', place = '0'] = (after ?? '0:0').split(':');
    // The rows of that transaction already read come again; as many more are asked for.
    const readBefore = Math.ceil(Number(place) / EVENTS_PER_ROW);
    const rows = await this.readJournal(xid, limit + readBefore);
    return rows
      .flatMap(announce)
      .filter(({ position }) => !isUpTo(position, xid, Number(place)))
      .slice(0, limit);
  }
}

function isUpTo(position: FeedPosition, xid: string, place: number): boolean {
  const [ownXid = '0', ownPlace = '0'] = position.split(':');
  return ownXid === xid && Number(ownPlace) <= place;
}
