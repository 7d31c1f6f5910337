import type { Pool } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import { idFromUuid, uuidOf, type Id, type ProgrammeId } from '../../../../kernel/values/id';
import type { StoredLine } from '../settlement/total.store';
import type { Party } from '../../core/settlement/directional-total';

/** A line and the pair it stands under. */
export interface LineOfCycle extends StoredLine {
  readonly debtorId: Party;
  readonly creditorId: Party;
}

const LINES = sql`/* ledger.lineBook.load */
select d.debtor_id, d.creditor_id, l.pair, l.n, l.kind, l.micros, l.billed_minor, l.wallet, l.seq, l.lot_seq, c.currency,
       l.is_disputed, l.dispute_id,
       case when t.occurred_at < c.opens_at
            then to_char(t.occurred_at at time zone (b.book #>> '{programme,timeZone}'), 'YYYY-MM') end as original_period
  from (select * from statement_line where cycle_id = $2 and (pair, n) > ($3::smallint, $4::integer) order by pair, n limit $5) l
  join settlement_cycle c on c.id = l.cycle_id
  join rule_book b on b.programme_id = c.programme_id
  join directional_total d on d.cycle_id = l.cycle_id and d.pair = l.pair
  join journal_transaction t on t.bucket = l.bucket and t.wallet = l.wallet and t.seq = l.seq
 where c.programme_id = $1
 order by l.pair, l.n`;

interface Row {
  debtor_id: string | null;
  creditor_id: string | null;
  pair: number;
  n: number;
  kind: string;
  micros: string;
  billed_minor: string;
  wallet: string;
  seq: string;
  lot_seq: string;
  currency: string;
  is_disputed: boolean;
  dispute_id: string | null;
  original_period: string | null;
}

/** A page of all lines of a cycle, pair by pair in the order of their statements. */
export async function loadLineBook(
  pool: Pool,
  programmeId: ProgrammeId,
  { cycleId, after, limit }: { cycleId: Id<'cyc'>; after: { pair: number; n: number } | null; limit: number },
): Promise<LineOfCycle[]> {
  const { pair, n } = after ?? { pair: -1, n: 0 };
  const { rows } = await pool.query<Row>(LINES, [uuidOf(programmeId), uuidOf(cycleId), pair, n, limit]);
  return rows.map((row) => ({
    cycleId,
    pair: row.pair,
    n: row.n,
    debtorId: row.debtor_id === null ? null : idFromUuid('ptr', row.debtor_id),
    creditorId: row.creditor_id === null ? null : idFromUuid('ptr', row.creditor_id),
    kind: row.kind,
    micros: BigInt(row.micros),
    billedMinor: BigInt(row.billed_minor),
    currency: row.currency,
    wallet: row.wallet,
    seq: BigInt(row.seq),
    lotSeq: BigInt(row.lot_seq),
    isDisputed: row.is_disputed,
    disputeId: row.dispute_id === null ? null : idFromUuid('dsp', row.dispute_id),
    originalPeriod: row.original_period,
  }));
}
