import type { Client, Pool } from 'pg';
import { lockNumber } from '../../../../kernel/db/migrate';
import { sql } from '../../../../kernel/db/sql';
import { idFromUuid } from '../../../../kernel/values/id';
import { parseSnapshot, type Snapshot } from '../../core/feed/snapshot';
import type { JournalRow, NumberedRow } from '../../core/points/journal-row';
import type { StatementEntryKind } from '../../core/points/posting';

/** The publication of the journal and of the batches that number it. */
export const FEED_PUBLICATION = 'ledger_feed';

/** A row of the journal as queries and the change stream give it. */
export interface JournalFeedRow {
  readonly bucket: number;
  readonly wallet: string;
  readonly seq: string;
  readonly xid: string;
  readonly programme_id: string;
  readonly kind: StatementEntryKind;
  readonly partner_id: string | null;
  readonly external_ref: string | null;
  readonly reason: string | null;
  readonly points: string;
  readonly tier_before: string | null;
  readonly tier_after: string | null;
  readonly occurred_at: Date;
  readonly recorded_at: Date;
}

/** What is numbered: everything `snapshot` sees, and besides it what the batches after `baseBatch` hold. */
export interface NumberingState {
  readonly snapshot: Snapshot;
  readonly baseBatch: bigint;
  readonly lastBatch: bigint;
}

/** What a look at the journal found that had no number yet. */
export interface NumberedNow {
  readonly state: NumberingState;
  readonly rows: number;
  /** The snapshot of this look. */
  readonly lookedAt: Snapshot;
}

/** Numbered in one statement at most; the rest follows in the next. */
const AT_ONCE = 50_000;
/** The most rows of one batch: a reader opens whole batches. */
export const BATCH_ROWS = 500;

const READ = sql`/* ledger.feed.readNumbered */
select f.batch::text as batch, k.place - 1 as place, j.bucket, j.wallet, j.seq, j.xid, j.programme_id, j.kind, j.partner_id,
       j.external_ref, j.reason, j.points, j.tier_before, j.tier_after, j.occurred_at, j.recorded_at
  from (select batch, buckets, wallets, seqs from journal_feed where batch >= $1 order by batch limit $3) f
 cross join lateral unnest(f.buckets, f.wallets, f.seqs) with ordinality as k(bucket, wallet, seq, place)
  left join journal_transaction j on j.bucket = k.bucket and j.wallet = k.wallet and j.seq = k.seq
 where f.batch > $1 or k.place > $2
 order by f.batch, k.place
 limit $3`;

type ReadRow = JournalFeedRow & { readonly batch: string; readonly place: string };

/**
 * Numbered rows from a place on, in the order of the feed.
 *
 * @throws Error when the journal lacks one: better no event than one left out
 */
export async function readNumbered(
  pool: Pool,
  from: { batch: bigint; place: number },
  limit: number,
): Promise<NumberedRow[]> {
  const { rows } = await pool.query<ReadRow>(READ, [from.batch.toString(), from.place, limit]);
  const missing = rows.find(({ wallet }) => wallet === null);
  if (missing !== undefined) throw new Error(`readNumbered: batch ${missing.batch} numbers what the journal has not`);
  return rows.map((row) => ({ ...journalRowFrom(row), batch: BigInt(row.batch), place: Number(row.place) }));
}

/** A journal row from its columns. */
export function journalRowFrom(row: JournalFeedRow): JournalRow {
  return {
    wallet: row.wallet,
    seq: BigInt(row.seq),
    programmeId: idFromUuid('prg', row.programme_id),
    kind: row.kind,
    partnerId: row.partner_id === null ? null : idFromUuid('ptr', row.partner_id),
    externalRef: row.external_ref,
    reason: row.reason,
    points: BigInt(row.points),
    tierBefore: row.tier_before,
    tierAfter: row.tier_after,
    occurredAt: row.occurred_at,
    recordedAt: row.recorded_at,
  };
}

const TRY_TO_LEAD = sql`/* ledger.feed.tryToLead */
select pg_try_advisory_lock($1, $2) as leads`;
const LEAD = [lockNumber('loyalty-hub'), lockNumber('ledger.feed')];

/** Whether this session is now, until it ends, the one of this database that numbers. */
export async function tryToLead(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ leads: boolean }>(TRY_TO_LEAD, LEAD);
  return rows[0]?.leads === true;
}

const LOAD_STATE = sql`/* ledger.feed.loadState */
select case when s.system_id = c.system_identifier::text and pg_snapshot_xmax(s.snapshot) <= pg_snapshot_xmax(pg_current_snapshot())
            then s.snapshot::text else '1:1:' end as snapshot,
       case when s.system_id = c.system_identifier::text and pg_snapshot_xmax(s.snapshot) <= pg_snapshot_xmax(pg_current_snapshot())
            then s.base_batch else 0 end::text as base_batch,
       coalesce((select max(batch) from journal_feed), 0)::text as last_batch
  from journal_feed_state s, pg_control_system() c`;

/**
 * Where numbering stands. Transaction ids mean nothing in a cluster the book was copied into row by row: there all rows are
 * compared with all batches, once.
 */
export async function loadNumberingState(client: Client): Promise<NumberingState> {
  const { rows } = await client.query<{ snapshot: string; base_batch: string; last_batch: string }>(LOAD_STATE);
  const [row] = rows;
  if (row === undefined) throw new Error('loadNumberingState: the feed has no state');
  return {
    snapshot: parseSnapshot(row.snapshot),
    baseBatch: BigInt(row.base_batch),
    lastBatch: BigInt(row.last_batch),
  };
}

const NEXT_TRANSACTION_ID = sql`/* ledger.feed.nextTransactionId */ select pg_current_xact_id()::text as id`;

/** An id greater than that of every transaction that has one by now. */
export async function nextTransactionId(client: Client): Promise<bigint> {
  const { rows } = await client.query<{ id: string }>(NEXT_TRANSACTION_ID);
  return BigInt(rows[0]?.id ?? 0);
}

const SAVE_STATE = sql`/* ledger.feed.saveState */
update journal_feed_state s set snapshot = $1::pg_snapshot, base_batch = $2, system_id = c.system_identifier::text
  from pg_control_system() c`;

/** Keeps a state, so that the next to lead need not look further back. Any earlier state would do as well. */
export async function saveNumberingState(client: Client, { snapshot, baseBatch }: NumberingState): Promise<void> {
  await client.query(SAVE_STATE, [snapshot.text, baseBatch.toString()]);
}

/**
 * What the new snapshot sees, the old one did not, and no batch holds: by the visibility of rows, not by the order of any
 * number, so nothing can be passed over, however long its transaction took. Of one wallet a snapshot sees a beginning of its
 * versions without a gap, because a version is committed before the next one is written; here they come in their order, and
 * wallets among each other by the clock.
 */
const NUMBER = sql`/* ledger.feed.number */
with logged as materialized (
  select k.bucket, k.wallet, k.seq from journal_feed f
   cross join lateral unnest(f.buckets, f.wallets, f.seqs) as k(bucket, wallet, seq)
   where f.batch > $2::bigint
), fresh as materialized (
  select j.bucket, j.wallet, j.seq, j.written_at from journal_transaction j
   where (j.xid::text)::bigint >= $3::bigint and not pg_visible_in_snapshot(j.xid, $1::pg_snapshot)
     and not exists (select from logged l where l.bucket = j.bucket and l.wallet = j.wallet and l.seq = j.seq)
), ordered as (
  select bucket, wallet, seq, row_number() over (order by at, bucket, wallet, seq) - 1 as n
    from (select bucket, wallet, seq, max(written_at) over (partition by bucket, wallet order by seq) as at from fresh) t
), added as (
  insert into journal_feed (batch, buckets, wallets, seqs)
  select $4::bigint + 1 + n / $6::int, array_agg(bucket order by n), array_agg(wallet order by n), array_agg(seq order by n)
    from ordered where n < $5::int group by n / $6::int order by n / $6::int
  returning batch, cardinality(seqs) as size
)
select pg_current_snapshot()::text as snapshot, coalesce(max(batch), $4::bigint)::text as last_batch,
       coalesce(sum(size), 0)::int as size
  from added`;

/** Looks at the journal and numbers what has no number. */
export async function numberCommitted(client: Client, state: NumberingState): Promise<NumberedNow> {
  const { snapshot, baseBatch, lastBatch } = state;
  const { rows } = await client.query<{ snapshot: string; last_batch: string; size: number }>(NUMBER, [
    snapshot.text,
    baseBatch.toString(),
    snapshot.xmin.toString(),
    lastBatch.toString(),
    AT_ONCE,
    BATCH_ROWS,
  ]);
  const [row] = rows;
  if (row === undefined) throw new Error('numberCommitted: no answer');
  const lookedAt = parseSnapshot(row.snapshot);
  const last = BigInt(row.last_batch);
  // When there was too much for once, the old snapshot still holds, and the batches just added are known to be numbered.
  if (row.size === AT_ONCE) return { state: { ...state, lastBatch: last }, rows: row.size, lookedAt };
  return { state: { snapshot: lookedAt, baseBatch: last, lastBatch: last }, rows: row.size, lookedAt };
}

/**
 * The log tells a commit an instant before others can see it, and longer before when a standby must confirm it. A batch must not
 * be seen without its rows, or a reader would pass over them.
 */
const APPEND = sql`/* ledger.feed.append */
insert into journal_feed (batch, buckets, wallets, seqs)
select $1, $2, $3, $4
 where not exists (select from unnest($5::xid8[]) as x(id) where not pg_visible_in_snapshot(x.id, pg_current_snapshot()))`;

/** Numbers rows as the next batch, in the order given; false when some of them cannot be seen yet, and nothing was done. */
export async function appendBatch(client: Client, batch: bigint, rows: readonly JournalFeedRow[]): Promise<boolean> {
  const { rowCount } = await client.query({
    name: 'ledger.feed.append',
    text: APPEND,
    values: [
      batch.toString(),
      rows.map(({ bucket }) => bucket),
      rows.map(({ wallet }) => wallet),
      rows.map(({ seq }) => seq),
      [...new Set(rows.map(({ xid }) => xid))],
    ],
  });
  return rowCount === 1;
}
