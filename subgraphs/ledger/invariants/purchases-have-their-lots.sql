-- A purchase made lots of what it earned, at its partner and from its instant: one of its own and one for each campaign that gave
-- something for it, or none when it earned nothing.
select p.bucket, p.wallet, p.seq, p.points, l.points as of_lots
  from purchase p
  left join (
    select bucket, wallet, seq, sum(quantity) as points, count(*) as lots, min(issuer_id::text) as issuer, min(earned_at) as earned_at,
           max(issuer_id::text) as other_issuer, max(earned_at) as other_earned_at
      from lot group by bucket, wallet, seq
  ) l using (bucket, wallet, seq)
  left join lateral (
    select count(*) as campaigns
      from earn_explanation e cross join jsonb_array_elements(e.explanation -> 'f') as f
     where (e.bucket, e.wallet, e.seq) = (p.bucket, p.wallet, p.seq) and f ->> 's' = 'CAMPAIGN'
  ) c on l.lots > 1
 where p.points <> coalesce(l.points, 0)
    or l.lots > 1 + coalesce(c.campaigns, 0)
    or (l.lots >= 1 and (l.issuer, l.earned_at) is distinct from (p.partner_id::text, p.occurred_at))
    or (l.lots >= 1 and (l.issuer, l.earned_at) is distinct from (l.other_issuer, l.other_earned_at))
