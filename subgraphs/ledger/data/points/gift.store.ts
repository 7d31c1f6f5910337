import type { Pool } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import type { MemberId } from '../../../../kernel/values/id';
import { walletKeyOf } from '../../core/points/wallet';

/** A lot that continues another after a buy-out is what that one is. */
const IS_OWN = sql`/* ledger.gift.isOwn */
select from lot l
  join lot o on o.bucket = l.bucket and o.wallet = l.wallet
   and o.lot_seq = case when l.parent_wallet = l.wallet then l.parent_lot_seq else l.lot_seq end
 where l.bucket = $1 and l.wallet = $2 and l.lot_seq = $3 and o.parent_wallet is null`;

/** Whether another member gave the points of a lot, which never changes; of a lot that is not there yet it cannot be ruled out. */
export async function isGift(pool: Pool, lot: { memberId: MemberId; lotSeq: bigint }): Promise<boolean> {
  const { bucket, wallet } = walletKeyOf(lot.memberId);
  const { rowCount } = await pool.query(IS_OWN, [bucket, wallet, lot.lotSeq.toString()]);
  return rowCount === 0;
}
