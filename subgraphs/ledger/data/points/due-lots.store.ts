import type { Pool } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import { idFromUuid, uuidOf, type MemberId, type ProgrammeId } from '../../../../kernel/values/id';

const NEXT_DUE = sql`/* ledger.expirePoints.nextDue */
select min(expires_at) as due from open_lot where programme_id = $1 and expires_at < 'infinity' and expires_at <= $2`;

/** The earliest expiry that has come by `now`; null when none has. */
export async function nextExpiry(pool: Pool, programmeId: ProgrammeId, now: Date): Promise<Date | null> {
  const { rows } = await pool.query<{ due: Date | null }>(NEXT_DUE, [uuidOf(programmeId), now]);
  return rows[0]?.due ?? null;
}

const DUE_WALLETS = sql`/* ledger.expirePoints.dueWallets */
select distinct wallet from open_lot
 where programme_id = $1 and expires_at < 'infinity' and expires_at <= $2
 order by wallet limit $3`;

/** Members with lots whose expiry has come by `now`, at most `limit` of them. */
export async function membersWithDueLots(
  pool: Pool,
  programmeId: ProgrammeId,
  due: { now: Date; limit: number },
): Promise<MemberId[]> {
  const { rows } = await pool.query<{ wallet: string }>(DUE_WALLETS, [uuidOf(programmeId), due.now, due.limit]);
  return rows.map(({ wallet }) => idFromUuid('mem', wallet));
}
