import type { PoolClient } from 'pg';
import type { WalletKey } from '../../core/points/wallet';
import { keyArrays } from '../points/wallet-request';

const CHECK = `/* ledger.verify.checkStanding */
select w.bucket, w.wallet, w.programme_id,
       array_remove(array[
         case when (w.available, w.pending, w.held, w.arrears) is distinct from (e.available, e.pending, e.held, e.arrears)
           then 'wallet-balances-equal-entries' end,
         case when w.available <> o.remaining then 'available-equals-open-lots' end,
         case when w.pending <> p.remaining then 'pending-lots-rebuild-from-entries' end,
         case when w.held <> h.points then 'held-equals-open-holds' end,
         case when w.seq <> j.transactions or w.seq <> j.last then 'journal-versions-without-gaps' end
       ], null) as broken
  from wallet w
  join unnest($1::smallint[], $2::uuid[]) as k(bucket, wallet) on w.bucket = k.bucket and w.wallet = k.wallet
 cross join lateral (
   select coalesce(sum(amount * ((credit_kind = 'AVAILABLE')::int - (debit_kind = 'AVAILABLE')::int)), 0)::bigint as available,
          coalesce(sum(amount * ((credit_kind = 'PENDING')::int - (debit_kind = 'PENDING')::int)), 0)::bigint as pending,
          coalesce(sum(amount * ((credit_kind = 'HELD')::int - (debit_kind = 'HELD')::int)), 0)::bigint as held,
          coalesce(sum(amount * ((debit_kind = 'ARREARS')::int - (credit_kind = 'ARREARS')::int)), 0)::bigint as arrears
     from entry e where e.bucket = w.bucket and e.wallet = w.wallet) e
 cross join lateral (
   select coalesce(sum(remaining), 0) as remaining from open_lot o where o.bucket = w.bucket and o.wallet = w.wallet) o
 cross join lateral (
   select coalesce(sum(remaining), 0) as remaining from pending_lot p where p.bucket = w.bucket and p.wallet = w.wallet) p
 cross join lateral (
   select coalesce(sum(points), 0) as points from hold h
    where h.bucket = w.bucket and h.wallet = w.wallet and h.state = 'OPEN') h
 cross join lateral (
   select count(*) as transactions, coalesce(max(seq), 0) as last
     from journal_transaction j where j.bucket = w.bucket and j.wallet = w.wallet) j`;

/** Of the wallets named, those whose row, standing lots and journal do not agree, with the invariants that are broken. */
export async function checkStanding(
  client: PoolClient,
  keys: readonly WalletKey[],
): Promise<{ key: WalletKey; programmeId: string; broken: string[] }[]> {
  const { rows } = await client.query<WalletKey & { programme_id: string; broken: string[] }>(CHECK, keyArrays(keys));
  return rows
    .filter(({ broken }) => broken.length > 0)
    .map(({ bucket, wallet, programme_id: programmeId, broken }) => ({ key: { bucket, wallet }, programmeId, broken }));
}
