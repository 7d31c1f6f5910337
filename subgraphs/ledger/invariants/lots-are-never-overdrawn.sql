-- Of a lot no more is redeemed, expired and on hold than was issued, and what was issued is its quantity.
select bucket, wallet, lot_seq, l.quantity, e.issued, e.gone, e.held
  from lot l
  full join (
    select bucket, wallet, lot_seq,
           coalesce(sum(amount) filter (where debit_kind = 'ISSUED'), 0) as issued,
           coalesce(sum(amount) filter (where credit_kind in ('REDEEMED', 'EXPIRED')), 0) as gone,
           coalesce(sum(amount) filter (where credit_kind = 'HELD'), 0)
             - coalesce(sum(amount) filter (where debit_kind = 'HELD'), 0) as held
      from entry group by bucket, wallet, lot_seq
  ) e using (bucket, wallet, lot_seq)
 where l.quantity is null or e.issued is distinct from l.quantity or e.held < 0 or e.gone + e.held > l.quantity
