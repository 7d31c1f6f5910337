-- Each transaction leaves the balance before it plus its points, and the last one leaves what the wallet shows.
select bucket, wallet, seq
  from (
    select t.bucket, t.wallet, t.seq, t.points, t.available_after, t.held_after, t.qualifying_after,
           lag(t.available_after, 1, 0::bigint) over journal as available_before,
           lead(t.seq) over journal is null as is_last,
           w.available, w.held, w.qualifying
      from journal_transaction t
      left join wallet w on w.bucket = t.bucket and w.wallet = t.wallet
    window journal as (partition by t.bucket, t.wallet order by t.seq)
  ) t
 where available_after <> available_before + points
    or (is_last and (available_after, held_after, qualifying_after) is distinct from (available, held, qualifying))
