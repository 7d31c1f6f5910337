-- In a netted cycle each party's net is what it is billed to receive less what it is billed to pay, and all nets sum to zero.
select cycle_id, party, n.net_minor, d.net_minor as of_totals
  from (
    select cycle_id, coalesce(party_id::text, 'hub') as party, net_minor from net_position
    union all
    select cycle_id, 'all', sum(net_minor) from net_position group by cycle_id
  ) n
  full join (
    select cycle_id, party, sum(net_minor) as net_minor
      from (
        select cycle_id, coalesce(creditor_id::text, 'hub') as party, billed_minor as net_minor from directional_total
        union all
        select cycle_id, coalesce(debtor_id::text, 'hub'), -billed_minor from directional_total
        union all
        select cycle_id, 'all', 0 from directional_total
      ) one
     where cycle_id in (select id from settlement_cycle where state in ('NETTED', 'INSTRUCTED', 'SETTLED', 'LOCKED'))
     group by cycle_id, party
  ) d using (cycle_id, party)
 where coalesce(n.net_minor, 0) is distinct from coalesce(d.net_minor, 0)
