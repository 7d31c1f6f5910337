-- A purchase made one lot of what it earned, at its partner and from its instant, or none when it earned nothing.
select bucket, wallet, seq, p.points, l.quantity
  from purchase p
  full join lot l using (bucket, wallet, seq)
 where p.points is distinct from coalesce(l.quantity, 0)
    or (l.quantity is not null and (l.issuer_id, l.earned_at) is distinct from (p.partner_id, p.occurred_at))
