-- From DRAFT on a pair's total is the exact sum of its claims and of disputes decided meanwhile, less what is in suspense, and begins
-- with what the cycle before carried over.
select cycle_id, d.pair, coalesce(d.exact_micros, 0) as exact_micros, coalesce(c.micros, 0) as claimed_micros
  from (
    select cycle_id, pair, exact_micros + suspense_micros as exact_micros, carry_in_micros,
           coalesce(debtor_id::text, 'hub') as debtor, coalesce(creditor_id::text, 'hub') as creditor
      from directional_total
  ) d
  full join (
    select cycle_id, debtor, creditor, sum(micros) as micros
      from (
        select cycle_id, coalesce(debtor_id::text, 'hub') as debtor, coalesce(creditor_id::text, 'hub') as creditor, micros from claim
        union all
        select s.posted_cycle_id, coalesce(p.debtor_id::text, 'hub'), coalesce(p.creditor_id::text, 'hub'), s.owed_micros
          from dispute s join claim_pair p on p.cycle_id = s.cycle_id and p.pair = s.pair
         where s.state = 'RESOLVED' and s.owed_micros <> 0
      ) one
     where cycle_id in (select id from settlement_cycle where state not in ('OPEN', 'CUT_OFF'))
     group by 1, 2, 3
  ) c using (cycle_id, debtor, creditor)
  full join (
    select y.id as cycle_id, coalesce(p.debtor_id::text, 'hub') as debtor, coalesce(p.creditor_id::text, 'hub') as creditor,
           p.carry_micros
      from directional_total p
      join settlement_cycle before on before.id = p.cycle_id
      join settlement_cycle y on y.programme_id = before.programme_id and y.number = before.number + 1
     where y.state not in ('OPEN', 'CUT_OFF') and p.carry_micros <> 0
  ) p using (cycle_id, debtor, creditor)
 where d.pair is null
    or d.exact_micros <> coalesce(c.micros, 0)
    or d.carry_in_micros <> coalesce(p.carry_micros, 0)
