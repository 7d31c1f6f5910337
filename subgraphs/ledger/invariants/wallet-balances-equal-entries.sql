-- What a wallet shows as available and on hold is what its entries put there.
select bucket, wallet, w.available, e.available as available_by_entries, w.held, e.held as held_by_entries
  from wallet w
  full join (
    select bucket, wallet,
           coalesce(sum(amount) filter (where credit_kind = 'AVAILABLE'), 0)
             - coalesce(sum(amount) filter (where debit_kind = 'AVAILABLE'), 0) as available,
           coalesce(sum(amount) filter (where credit_kind = 'HELD'), 0)
             - coalesce(sum(amount) filter (where debit_kind = 'HELD'), 0) as held
      from entry group by bucket, wallet
  ) e using (bucket, wallet)
 where coalesce(w.available, -1) <> coalesce(e.available, 0) or coalesce(w.held, -1) <> coalesce(e.held, 0)
