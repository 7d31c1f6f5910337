-- The open lots are what lots and entries say: they could be thrown away and built again.
select bucket, wallet, lot_seq, r.remaining as rebuilt, o.remaining as kept
  from (
    select l.bucket, l.wallet, l.lot_seq, l.issuer_id, l.earned_at, coalesce(l.expires_at, 'infinity') as expires_at,
           coalesce(sum(e.amount) filter (where e.credit_kind = 'AVAILABLE'), 0)
             - coalesce(sum(e.amount) filter (where e.debit_kind = 'AVAILABLE'), 0) as remaining
      from lot l
      left join entry e on e.bucket = l.bucket and e.wallet = l.wallet and e.lot_seq = l.lot_seq
     group by l.bucket, l.wallet, l.lot_seq
  ) r
  full join open_lot o using (bucket, wallet, lot_seq)
 where coalesce(r.remaining, 0) <> coalesce(o.remaining, 0)
    or (o.remaining is not null
        and (o.issuer_id, o.earned_at, o.expires_at) is distinct from (r.issuer_id, r.earned_at, r.expires_at))
