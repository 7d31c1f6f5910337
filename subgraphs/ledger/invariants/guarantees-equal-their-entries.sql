-- A deposit and the default fund hold what was paid in less what was paid out and what they paid in a partner's place; each default is
-- paid in full, and nobody bears a part of one that nobody approved in a cycle it did not reach.
select programme_id, fund, partner_id, g.held_minor::numeric as held, e.minor as of_entries
  from guarantee g
  full join (
    select e.programme_id, s.kind as fund, s.owner as partner_id, sum(s.micros / micros_per_minor(e.currency)) as minor
      from settlement_entry e
     cross join lateral (values (e.debit_kind, e.debit_owner, -e.micros), (e.credit_kind, e.credit_owner, e.micros)) as s(kind, owner, micros)
     where s.kind in ('DEPOSIT', 'DEFAULT_FUND')
     group by e.programme_id, s.kind, s.owner
  ) e using (programme_id, fund, partner_id)
 where partner_id is not null and coalesce(g.held_minor, 0) <> coalesce(e.minor, 0)
 union all
select coalesce(g.programme_id, e.programme_id), 'DEFAULT_FUND', null, g.held_minor, e.minor
  from (select programme_id, held_minor from guarantee where fund = 'DEFAULT_FUND') g
  full join (
    select programme_id, sum((case when credit_kind = 'DEFAULT_FUND' then micros else -micros end) / micros_per_minor(currency)) as minor
      from settlement_entry where credit_kind = 'DEFAULT_FUND' or debit_kind = 'DEFAULT_FUND' group by programme_id
  ) e using (programme_id)
 where coalesce(g.held_minor, 0) <> coalesce(e.minor, 0)
 union all
select d.programme_id, 'SHARES', d.partner_id, d.owed_minor, d.deposit_minor + d.fund_minor + coalesce(s.minor, 0)
  from partner_default d
  left join (select default_id, sum(minor) as minor from default_share group by default_id) s on s.default_id = d.id
 where d.owed_minor <> d.deposit_minor + d.fund_minor + coalesce(s.minor, 0)
 union all
-- What was declared of a payment is what was to be paid.
select d.programme_id, 'OWED', d.partner_id, d.owed_minor, -n.pay_minor
  from partner_default d join net_position n on n.cycle_id = d.cycle_id and n.party_id = d.partner_id
 where d.owed_minor <> -n.pay_minor
