-- Each transaction leaves the balances before it changed by its entries, shows by how much, and the last one leaves the wallet's.
select bucket, wallet, seq
  from (
    select t.bucket, t.wallet, t.seq, t.kind, t.points, t.qualifying_after, w.qualifying, w.bucket is null as has_no_wallet,
           array[t.available_after, t.pending_after, t.held_after, t.arrears_after]::numeric[] as left_with,
           array[w.available, w.pending, w.held, w.arrears]::numeric[] as shown,
           array[coalesce(e.available, 0), coalesce(e.pending, 0), coalesce(e.held, 0), coalesce(e.arrears, 0)]::numeric[] as moved,
           lag(t.available_after, 1, 0::bigint) over journal as available_before,
           lag(t.pending_after, 1, 0::bigint) over journal as pending_before,
           lag(t.held_after, 1, 0::bigint) over journal as held_before,
           lag(t.arrears_after, 1, 0::bigint) over journal as arrears_before,
           lead(t.seq) over journal is null as is_last
      from journal_transaction t
      left join wallet w on w.bucket = t.bucket and w.wallet = t.wallet
      left join (
        select bucket, wallet, seq,
               sum(amount * ((credit_kind = 'AVAILABLE')::int - (debit_kind = 'AVAILABLE')::int)) as available,
               sum(amount * ((credit_kind = 'PENDING')::int - (debit_kind = 'PENDING')::int)) as pending,
               sum(amount * ((credit_kind = 'HELD')::int - (debit_kind = 'HELD')::int)) as held,
               sum(amount * ((debit_kind = 'ARREARS')::int - (credit_kind = 'ARREARS')::int)) as arrears
          from entry group by bucket, wallet, seq
      ) e on e.bucket = t.bucket and e.wallet = t.wallet and e.seq = t.seq
    window journal as (partition by t.bucket, t.wallet order by t.seq)
  ) t
 where left_with <> array[available_before + moved[1], pending_before + moved[2], held_before + moved[3], arrears_before + moved[4]]
    or points <> case when kind in ('PENDING', 'CANCEL') then moved[2] else moved[1] end
    or (is_last and (has_no_wallet or left_with <> shown or qualifying_after <> qualifying))
