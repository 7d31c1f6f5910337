-- What is rolled up of claims is the claims: each a line of its pair, and the pair's sums those of its lines. Claims of postings that
-- no pass has seen yet are not rolled up, nor those that a trial check found wrong.
with seen as (
  select case when s.system_id = c.system_identifier::text then s.snapshot else '1:1:'::pg_snapshot end as snapshot
    from roll_up_state s, pg_control_system() c
)
select 'line' as wrong, c.bucket, c.wallet, c.seq, c.n, null::uuid as cycle_id, null::smallint as pair
  from (select c.* from claim c join journal_transaction t using (bucket, wallet, seq), seen
         where pg_visible_in_snapshot(t.xid, seen.snapshot)
           and not exists (select from trial_finding f where f.what = 'CLAIM' and (f.bucket, f.wallet, f.seq) = (t.bucket, t.wallet, t.seq))) c
  full join (select l.*, p.debtor_id, p.creditor_id from claim_line l join claim_pair p using (cycle_id, pair) where l.dispute_id is null) l
    on l.bucket = c.bucket and l.wallet = c.wallet and l.seq = c.seq and l.claim_n = c.n
 where (c.cycle_id, c.debtor_id, c.creditor_id, c.kind, c.micros, c.lot_seq)
       is distinct from (l.cycle_id, l.debtor_id, l.creditor_id, l.kind, l.micros, l.lot_seq)
 union all
select 'sums', null, null, null, null, cycle_id, pair
  from claim_pair p
  full join (select cycle_id, pair, count(*) as lines, sum(micros) as micros, sum(remainder) as remainders, max(n) as last_n
               from claim_line group by cycle_id, pair) l using (cycle_id, pair)
  full join (select cycle_id, pair, sum(lines) as lines, sum(micros) as micros from claim_part group by cycle_id, pair) k using (cycle_id, pair)
  full join (select cycle_id, pair, sum(lines) as lines, sum(remainder::bigint * lines) as remainders
               from claim_remainder group by cycle_id, pair) r using (cycle_id, pair)
 where p.lines is null
    or (p.lines, p.micros, p.remainders)
       is distinct from (coalesce(l.lines, 0)::integer, coalesce(l.micros, 0)::bigint, coalesce(l.remainders, 0)::bigint)
    or p.lines <> coalesce(l.last_n, 0)
    or (p.lines, p.micros) is distinct from (coalesce(k.lines, 0)::integer, coalesce(k.micros, 0)::bigint)
    or (p.lines, p.remainders) is distinct from (coalesce(r.lines, 0)::integer, coalesce(r.remainders, 0)::bigint)
