import type { Database } from '../db/database';
import type { Tx } from '../db/transaction';
import { newId } from '../values/id';
import { Hint } from './hint';
import { INBOX_DDL } from './inbox-ddl';
import type { EventFeed, FeedItem, FeedPosition, HubEvent } from './event';

/** The tables every subgraph's first migration makes. */
export const OUTBOX_DDL = `
create table outbox (
  xid xid8 not null default pg_current_xact_id(),
  seq bigint generated always as identity,
  id text not null unique,
  type text not null,
  programme_id text not null,
  aggregate_id text not null,
  recorded_at timestamptz not null,
  payload jsonb not null,
  primary key (xid, seq)
);
${INBOX_DDL}`;

export type NewEvent = Omit<HubEvent, 'id' | 'recordedAt'>;

/** Writes events in the transaction of the fact they announce. */
export async function appendEvents(
  tx: Tx,
  owner: string,
  events: readonly NewEvent[],
  recordedAt: Date,
): Promise<void> {
  for (const event of events) {
    await tx.query(
      `/* ${owner}.outbox.append */
       insert into outbox (id, type, programme_id, aggregate_id, recorded_at, payload) values ($1, $2, $3, $4, $5, $6)`,
      [newId('evt'), event.type, event.programmeId, event.aggregateId, recordedAt, JSON.stringify(event.payload)],
    );
  }
}

/**
 * The order transactions began is not the order they commit: below this mark nothing can still appear. It is ordered by the
 * columns, not by the texts they are shown as: as text 10000 comes before 9999, and a reader would go past what lies between.
 */
const READ_SETTLED = `/* kernel.outbox.readSettled */
select xid::text as xid, seq::text as seq, id, type, programme_id, aggregate_id, recorded_at, payload
  from outbox
 where (xid, seq) > ($1::xid8, $2::bigint) and xid < pg_snapshot_xmin(pg_current_snapshot())
 order by outbox.xid, outbox.seq
 limit $3`;

/**
 * The feed over an outbox table.
 *
 * Reading by a serial number alone loses events (a lower number may commit after a higher one was read). This reads by
 * transaction id and stops below the oldest transaction still running, so what it returns is complete and in order.
 */
export class OutboxFeed implements EventFeed {
  private readonly hints = new Hint();

  constructor(private readonly database: Database) {}

  /** Says that something may have been committed; spares a waiting reader the next look. */
  hint(): void {
    this.hints.give();
  }

  async read(after: FeedPosition | null, limit: number, waitMs: number): Promise<FeedItem[]> {
    return this.hints.readUntilSome(waitMs, () => this.readNow(after, limit));
  }

  private async readNow(after: FeedPosition | null, limit: number): Promise<FeedItem[]> {
    const [xid, seq] = (after ?? '0:0').split(':');
    const { rows } = await this.database.pool.query<OutboxRow>(READ_SETTLED, [xid, seq, limit]);
    return rows.map((row) => ({
      position: `${row.xid}:${row.seq}` as FeedPosition,
      event: {
        id: row.id,
        type: row.type,
        programmeId: row.programme_id as HubEvent['programmeId'],
        aggregateId: row.aggregate_id,
        recordedAt: row.recorded_at.toISOString(),
        payload: row.payload,
      },
    }));
  }
}

interface OutboxRow {
  xid: string;
  seq: string;
  id: string;
  type: string;
  programme_id: string;
  aggregate_id: string;
  recorded_at: Date;
  payload: unknown;
}
