import type { EventFeed, FeedItem, FeedPosition } from '../../../kernel/events/event';
import { newId, type ProgrammeId } from '../../../kernel/values/id';

/** What another subgraph announced, as far as a test says it did. */
export class AnnouncedFeed implements EventFeed {
  private readonly items: FeedItem[] = [];

  constructor(private readonly recordedAt: Date) {}

  announce(type: string, programmeId: ProgrammeId, payload: object): void {
    const id = newId('evt');
    const recordedAt = this.recordedAt.toISOString();
    const event = { id, type, programmeId, aggregateId: id, recordedAt, payload };
    this.items.push({ position: `${this.items.length + 1}:1` as FeedPosition, event });
  }

  async read(after: FeedPosition | null, _limit: number, waitMs: number): Promise<FeedItem[]> {
    const fresh = this.items.slice(after === null ? 0 : Number(after.split(':')[0]));
    if (fresh.length === 0) await new Promise((resolve) => setTimeout(resolve, Math.min(waitMs, 5)));
    return fresh;
  }
}
