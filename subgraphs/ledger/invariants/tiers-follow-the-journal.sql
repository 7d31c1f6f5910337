-- A member stands where the last transaction left them, and each transaction begins where the one before ended.
select bucket, wallet, seq, tier_before, tier_after
  from (
    select t.bucket, t.wallet, t.seq, t.tier_before, t.tier_after, w.tier_code,
           lag(t.tier_after) over journal as tier_left,
           lead(t.seq) over journal is null as is_last
      from journal_transaction t
      left join wallet w on w.bucket = t.bucket and w.wallet = t.wallet
    window journal as (partition by t.bucket, t.wallet order by t.seq)
  ) t
 where tier_before is distinct from tier_left or (is_last and tier_after is distinct from tier_code)
