-- A purchase made one lot of what it earned, at its partner and from its instant, or none when it earned nothing.
select p.bucket, p.wallet, p.seq, p.points, l.points as of_lots
  from purchase p
  left join (
    select bucket, wallet, seq, sum(quantity) as points, count(*) as lots, min(issuer_id::text) as issuer, min(earned_at) as earned_at
      from lot group by bucket, wallet, seq
  ) l using (bucket, wallet, seq)
 where p.points <> coalesce(l.points, 0)
    or l.lots > 1
    or (l.lots = 1 and (l.issuer, l.earned_at) is distinct from (p.partner_id::text, p.occurred_at))
