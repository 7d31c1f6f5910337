-- The feed numbers nothing that is not in the journal, nothing twice, a wallet's versions in their order, and all its state sees.
with numbered as (
  select f.batch, k.place, k.bucket, k.wallet, k.seq,
         lag(k.seq, 1, 0) over (partition by k.bucket, k.wallet order by f.batch, k.place) as before
    from journal_feed f
   cross join lateral unnest(f.buckets, f.wallets, f.seqs) with ordinality as k(bucket, wallet, seq, place)
), complete as (
  -- In another cluster transaction ids mean something else; the feed compares all rows there when it starts.
  select s.snapshot from journal_feed_state s join pg_control_system() c on s.system_id = c.system_identifier::text
)
select coalesce(j.bucket, n.bucket) as bucket, coalesce(j.wallet, n.wallet) as wallet, coalesce(j.seq, n.seq) as seq,
       n.batch, n.place, n.before
  from journal_transaction j
  full join numbered n on n.bucket = j.bucket and n.wallet = j.wallet and n.seq = j.seq
 where j.seq is null
    or n.seq <> n.before + 1
    or (n.seq is null and exists (select from complete c where pg_visible_in_snapshot(j.xid, c.snapshot)))
