import type { Pool } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import { uuidOf, type Id } from '../../../../kernel/values/id';
import type { LinePlace } from '../../core/explain-line/explanation';

const PLACE = sql`/* ledger.explainLine.place */
select l.tie + coalesce((select sum(r.lines) from claim_remainder r
          where r.cycle_id = l.cycle_id and r.pair = l.pair and r.remainder > l.remainder), 0) as rank,
       d.lines,
       d.billed_minor - (p.micros - p.remainders - coalesce(s.floors, 0)) / micros_per_minor(y.currency) as raised_lines
  from claim_line l
  join settlement_cycle y on y.id = l.cycle_id
  join directional_total d on d.cycle_id = l.cycle_id and d.pair = l.pair
  join claim_pair p on p.cycle_id = l.cycle_id and p.pair = l.pair
  left join lateral (
    -- Lines in suspense bill nothing, so their floors are not in the bill either.
    select sum(x.micros - x.remainder)::bigint as floors from dispute x where x.cycle_id = l.cycle_id and x.pair = l.pair
  ) s on true
 where l.cycle_id = $1 and l.pair = $2 and l.n = $3`;

/** Where a line stands among the lines of its pair by remainder; null when there is no such line. */
export async function loadLinePlace(
  pool: Pool,
  { cycleId, pair, n }: { cycleId: string; pair: number; n: number },
): Promise<LinePlace | null> {
  const { rows } = await pool.query<{ rank: string; lines: string; raised_lines: string }>(PLACE, [
    uuidOf(cycleId as Id<'cyc'>),
    pair,
    n,
  ]);
  const [row] = rows;
  if (row === undefined) return null;
  return { rank: BigInt(row.rank), lines: BigInt(row.lines), raisedLines: BigInt(row.raised_lines) };
}
