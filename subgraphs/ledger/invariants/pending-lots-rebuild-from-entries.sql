-- The pending lots are what entries say, and add up to what the wallet shows as pending.
select bucket, wallet, lot_seq, e.remaining as rebuilt, p.remaining as kept
  from (
    select bucket, wallet, lot_seq, sum(amount * ((credit_kind = 'PENDING')::int - (debit_kind = 'PENDING')::int)) as remaining
      from entry group by bucket, wallet, lot_seq
    having sum(amount * ((credit_kind = 'PENDING')::int - (debit_kind = 'PENDING')::int)) <> 0
  ) e
  full join pending_lot p using (bucket, wallet, lot_seq)
  left join wallet w using (bucket, wallet)
 where e.remaining is distinct from p.remaining or w.programme_id is distinct from p.programme_id
