-- The lines of a pair are its claims, each once, or outcomes of disputes, and add up to what is billed; one in suspense bills nothing.
select cycle_id, pair, d.billed_minor, l.billed_minor as of_lines, l.wrong_lines
  from directional_total d
  full join (
    select l.cycle_id, l.pair, sum(l.billed_minor) as billed_minor, sum(l.micros) filter (where not l.is_disputed) as micros,
           coalesce(sum(l.micros) filter (where l.is_disputed), 0) as suspense_micros,
           count(*) filter (where not l.is_disputed) as lines,
           count(*) filter (where case
             when l.dispute_id is null
               then (c.cycle_id, c.micros, c.kind, c.lot_seq) is distinct from (l.cycle_id, l.micros, l.kind, l.lot_seq)
             else (s.posted_cycle_id, s.owed_micros, c.lot_seq) is distinct from (l.cycle_id, l.micros, l.lot_seq)
           end) as wrong_lines,
           count(*) - count(distinct (l.bucket, l.wallet, l.seq, l.claim_n, l.dispute_id)) as repeated_lines
      from statement_line l
      left join claim c on c.bucket = l.bucket and c.wallet = l.wallet and c.seq = l.seq and c.n = l.claim_n
      left join dispute s on s.id = l.dispute_id
     group by l.cycle_id, l.pair
  ) l using (cycle_id, pair)
 where d.billed_minor is distinct from coalesce(l.billed_minor, 0)
    or d.exact_micros is distinct from coalesce(l.micros, 0)
    or d.suspense_micros is distinct from coalesce(l.suspense_micros, 0)
    or d.lines is distinct from coalesce(l.lines, 0)
    or l.wrong_lines > 0
    or l.repeated_lines > 0
