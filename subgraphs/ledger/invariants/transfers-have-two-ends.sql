-- What left one member arrived at another, in the same commit and in lots that continue those it was taken from.
select c.bucket, c.wallet, c.lot_seq, 'parent' as wrong
  from lot c
  left join lot p on p.wallet = c.parent_wallet and p.lot_seq = c.parent_lot_seq and p.bucket = get_byte(uuid_send(c.parent_wallet), 15)
 where c.parent_wallet is not null
   and (p.quantity is null or c.quantity > p.quantity or (c.issuer_id, c.earned_at) is distinct from (p.issuer_id, p.earned_at)
        or (c.terms_id <> p.terms_id and c.parent_wallet <> c.wallet))
 union all
select null, null, null, 'sum of commit ' || t.xid
  from journal_transaction t join entry e using (bucket, wallet, seq)
 where 'TRANSFERRED' in (e.debit_kind, e.credit_kind)
 group by t.xid
having sum(e.amount * ((e.credit_kind = 'TRANSFERRED')::int - (e.debit_kind = 'TRANSFERRED')::int)) <> 0
