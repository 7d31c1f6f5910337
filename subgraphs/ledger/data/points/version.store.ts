import type { Pool } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import type { WalletKey } from '../../core/points/wallet';

const LOAD_VERSIONS = sql`/* ledger.live.loadVersions */
select w.bucket, w.wallet, w.seq from wallet w
  join unnest($1::smallint[], $2::uuid[]) as k(bucket, wallet) on w.bucket = k.bucket and w.wallet = k.wallet`;

/** Where wallets stand, for many at once; those that do not exist yet are left out. */
export async function loadVersions(pool: Pool, keys: readonly WalletKey[]): Promise<{ key: WalletKey; seq: bigint }[]> {
  if (keys.length === 0) return [];
  const { rows } = await pool.query<{ bucket: number; wallet: string; seq: string }>(LOAD_VERSIONS, [
    keys.map(({ bucket }) => bucket),
    keys.map(({ wallet }) => wallet),
  ]);
  return rows.map(({ bucket, wallet, seq }) => ({ key: { bucket, wallet }, seq: BigInt(seq) }));
}
