import type { Pool } from 'pg';
import { ChangeStream, type ChangeStreamMetrics } from '../../../../kernel/db/change-stream/change-stream';
import type { CommittedRows } from '../../../../kernel/db/change-stream/pgoutput';
import type { EventFeed } from '../../../../kernel/events/event';
import type { Logger } from '../../../../kernel/telemetry/log';
import { FEED_PUBLICATION, readNumbered, type JournalFeedRow } from '../../data/feed/journal-feed.store';
import { lineFrom, type JournalLineRow } from '../../data/points/transaction.store';
import type { LiveAccounts } from '../points/live-accounts';
import { FeedNumbering, type FeedNumberingMetrics } from './feed-numbering';
import { JournalFeed } from './journal-feed';
import { RecentBatches } from './recent-batches';

/** The ledger's feed with what keeps it going. */
export interface RunningFeed {
  readonly feed: EventFeed;
  readonly metrics: { readonly stream: ChangeStreamMetrics; readonly numbering: FeedNumberingMetrics };
  /** Told after each commit of this process. */
  posted(): void;
  start(): void;
  stop(): Promise<void>;
}

export interface FeedParts {
  readonly pool: Pool;
  /** As the application's role, with REPLICATION where the server lets it have that. */
  readonly url: string;
  readonly live: LiveAccounts;
  readonly log: Logger;
}

/**
 * Puts the feed together: one change stream of this process feeds the live accounts and, if this process leads, the
 * numbering that gives the feed its order.
 */
export function openFeed({ pool, url, live, log }: FeedParts): RunningFeed {
  const recent = new RecentBatches();
  const feed = new JournalFeed((from, limit) => readNumbered(pool, from, limit), recent);
  const numbering = new FeedNumbering({ url, recent, log, onNumbered: () => feed.numbered() });
  const stream = new ChangeStream({
    url,
    publication: FEED_PUBLICATION,
    purpose: 'ledger-stream',
    log,
    onConnected: () => {
      numbering.streamBegan();
      live.streamBegan();
    },
    onDisconnected: () => {
      numbering.streamEnded();
      live.streamEnded();
    },
    onCommit: ({ added }) => {
      const rows = journalOf(added);
      for (const row of rows) live.committed(row, () => lineFrom(row));
      if (added.length > rows.length) feed.numbered();
      return numbering.committed(rows);
    },
  });
  return {
    feed,
    metrics: { stream: stream.metrics, numbering: numbering.metrics },
    posted: () => numbering.posted(),
    start: () => {
      numbering.start();
      stream.start();
    },
    stop: async () => {
      await stream.stop();
      await numbering.stop();
    },
  };
}

type StreamedRow = JournalFeedRow & JournalLineRow;

function journalOf(added: CommittedRows['added']): StreamedRow[] {
  return added.filter(({ table }) => table === 'journal_transaction').map(({ row }) => row as unknown as StreamedRow);
}
