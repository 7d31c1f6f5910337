-- What a wallet shows as available, pending, on hold and owed is what its entries put there.
select bucket, wallet, w.available, e.available as available_by_entries, w.pending, e.pending as pending_by_entries,
       w.held, e.held as held_by_entries, w.arrears, e.arrears as arrears_by_entries
  from wallet w
  full join (
    select bucket, wallet,
           sum(amount * ((credit_kind = 'AVAILABLE')::int - (debit_kind = 'AVAILABLE')::int)) as available,
           sum(amount * ((credit_kind = 'PENDING')::int - (debit_kind = 'PENDING')::int)) as pending,
           sum(amount * ((credit_kind = 'HELD')::int - (debit_kind = 'HELD')::int)) as held,
           sum(amount * ((debit_kind = 'ARREARS')::int - (credit_kind = 'ARREARS')::int)) as arrears
      from entry group by bucket, wallet
  ) e using (bucket, wallet)
 where array[coalesce(w.available, -1), w.pending, w.held, w.arrears]::numeric[]
       is distinct from array[coalesce(e.available, 0), coalesce(e.pending, 0), coalesce(e.held, 0), coalesce(e.arrears, 0)]::numeric[]
