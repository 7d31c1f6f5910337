import type { Pool } from 'pg';
import { sql } from '../../../kernel/db/sql';
import { idFromUuid } from '../../../kernel/values/id';
import type { JournalRow } from '../core/points/journal-row';
import type { StatementEntryKind } from '../core/points/posting';

/** Below the oldest transaction still running nothing can appear any more: what is read is complete and in order. */
const READ_SETTLED = sql`/* ledger.feed.readSettled */
select xid::text as xid, row_number() over (partition by xid order by bucket, wallet, seq) - 1 as place,
       wallet, seq, programme_id, kind, partner_id, external_ref, reason, points, tier_before, tier_after, occurred_at, recorded_at
  from journal_transaction
 where xid >= $1::xid8 and xid < pg_snapshot_xmin(pg_current_snapshot())
 order by xid, bucket, wallet, seq
 limit $2`;

interface Row {
  xid: string;
  place: string;
  wallet: string;
  seq: string;
  programme_id: string;
  kind: StatementEntryKind;
  partner_id: string | null;
  external_ref: string | null;
  reason: string | null;
  points: string;
  tier_before: string | null;
  tier_after: string | null;
  occurred_at: Date;
  recorded_at: Date;
}

/** Settled journal transactions from a PostgreSQL transaction on, in the order those began. */
export async function readSettledJournal(pool: Pool, fromXid: string, limit: number): Promise<JournalRow[]> {
  const { rows } = await pool.query<Row>(READ_SETTLED, [fromXid, limit]);
  return rows.map((row) => ({
    xid: row.xid,
    place: Number(row.place),
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
  }));
}
