-- The open lots are what lots and entries say: they could be thrown away and built again. A lot lives as long as it was issued to,
-- or as it was extended to; where expiry rolls it may live longer still.
select bucket, wallet, lot_seq, r.remaining as rebuilt, o.remaining as kept, r.expires_at as due, o.expires_at
  from (
    select l.bucket, l.wallet, l.lot_seq, l.issuer_id, l.earned_at, l.terms_id,
           greatest(coalesce(l.expires_at, 'infinity'), x.expires_at) as expires_at, e.remaining
      from lot l
      left join (
        select bucket, wallet, lot_seq,
               sum(amount * ((credit_kind = 'AVAILABLE')::int - (debit_kind = 'AVAILABLE')::int)) as remaining
          from entry group by bucket, wallet, lot_seq
      ) e using (bucket, wallet, lot_seq)
      left join (
        select bucket, wallet, lot_seq, max(expires_at) as expires_at from lot_extension group by bucket, wallet, lot_seq
      ) x using (bucket, wallet, lot_seq)
  ) r
  full join open_lot o using (bucket, wallet, lot_seq)
  left join rule_book b on b.programme_id = o.programme_id
 where coalesce(r.remaining, 0) <> coalesce(o.remaining, 0)
    or (o.remaining is not null
        and ((o.issuer_id, o.earned_at, o.terms_id) is distinct from (r.issuer_id, r.earned_at, r.terms_id)
             or o.expires_at < r.expires_at
             or (o.expires_at > r.expires_at
                 and b.book -> 'programme' -> 'expiry' ->> 'kind' is distinct from 'ROLLING')))
