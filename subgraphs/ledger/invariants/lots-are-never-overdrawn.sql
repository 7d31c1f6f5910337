-- A lot begins with its quantity, once; no more leaves it than came, and no more is on hold than was set aside.
select bucket, wallet, lot_seq, l.quantity, e.begun, e.left_over, e.held
  from lot l
  full join (
    select bucket, wallet, lot_seq,
           sum(amount) filter (where debit_kind in ('ISSUED', 'TRANSFERRED')) as begun,
           sum(amount * ((credit_kind in ('AVAILABLE', 'PENDING', 'HELD'))::int
                         - (debit_kind in ('AVAILABLE', 'PENDING', 'HELD'))::int)) as left_over,
           sum(amount * ((credit_kind = 'HELD')::int - (debit_kind = 'HELD')::int)) as held,
           bool_or(debit_kind = 'TRANSFERRED') as is_child
      from entry group by bucket, wallet, lot_seq
  ) e using (bucket, wallet, lot_seq)
 where l.quantity is null
    or e.begun is distinct from l.quantity
    or e.is_child is distinct from (l.parent_wallet is not null)
    or e.left_over not between 0 and l.quantity
    or e.held < 0
