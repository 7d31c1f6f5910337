-- What is agreed and paid moves each partner's clearing account from its claims to what it is billed and then to nothing; what remains is
-- open cycles, what is in dispute, and what was left unpaid. Suspense holds exactly what is undecided.
with entry_side as (
  select programme_id, currency, debit_kind as kind, debit_owner as owner, debit_counterparty as counterparty, -micros as micros
    from settlement_entry
  union all
  select programme_id, currency, credit_kind, credit_owner, credit_counterparty, micros from settlement_entry
), final as (
  select id, programme_id, state in ('SETTLED', 'LOCKED') as is_paid from settlement_cycle
   where state in ('AGREED', 'NETTED', 'INSTRUCTED', 'SETTLED', 'LOCKED')
), party as (
  -- Claims of agreed cycles and what settlement posted to clearing.
  select programme_id, owner, sum(micros) as micros
    from (
      select f.programme_id, s.owner, s.micros
        from claim c join final f on f.id = c.cycle_id
       cross join lateral (values (c.debtor_id, -c.micros), (c.creditor_id, c.micros)) as s(owner, micros)
      union all
      select e.programme_id, e.owner, e.micros
        from entry_side e join settlement_cycle y on y.programme_id = e.programme_id and y.state = 'OPEN'
       where e.kind = 'CLEARING' and e.currency = y.currency
    ) one
   where owner is not null group by programme_id, owner
), expected as (
  select programme_id, owner, sum(micros) as micros
    from (
      select f.programme_id, s.owner, s.minor * micros_per_minor(y.currency) as micros
        from directional_total d join final f on f.id = d.cycle_id join settlement_cycle y on y.id = f.id
       cross join lateral (values (d.debtor_id, -d.billed_minor), (d.creditor_id, d.billed_minor)) as s(owner, minor)
      union all
      select f.programme_id, n.party_id, -n.pay_minor * micros_per_minor(y.currency)
        from net_position n join final f on f.id = n.cycle_id and f.is_paid join settlement_cycle y on y.id = f.id
       where not exists (select from partner_default d
                          where d.cycle_id = n.cycle_id and d.partner_id = n.party_id and d.approved_by is not null)
      union all
      -- What a partner did not pay others paid for it; who bears a part owes it.
      select d.programme_id, d.partner_id, d.owed_minor * micros_per_minor(y.currency)
        from partner_default d join settlement_cycle y on y.id = d.cycle_id where d.approved_by is not null
      union all
      select d.programme_id, s.party_id, -s.minor * micros_per_minor(y.currency)
        from partner_default d join default_share s on s.default_id = d.id join settlement_cycle y on y.id = d.cycle_id
       where d.approved_by is not null
      union all
      -- What the deposit of a leaving partner paid in its place.
      select y.programme_id, w.partner_id, w.minor * micros_per_minor(y.currency)
        from run_off_draw w join settlement_cycle y on y.id = w.cycle_id
      union all
      -- Its debtor owes a disputed line until it is decided.
      select s.programme_id, p.debtor_id, -s.micros
        from dispute s join final f on f.id = s.cycle_id join claim_pair p on p.cycle_id = s.cycle_id and p.pair = s.pair
       where s.state <> 'RESOLVED'
      union all
      -- A decided one is owed again, and billed as a line of the cycle it was posted in.
      select s.programme_id, w.owner, w.micros
        from dispute s
        join claim_pair p on p.cycle_id = s.cycle_id and p.pair = s.pair
       cross join lateral (values (p.debtor_id, -s.owed_micros), (p.creditor_id, s.owed_micros)) as w(owner, micros)
       where s.state = 'RESOLVED' and s.posted_cycle_id not in (select id from final)
    ) one
   where owner is not null group by programme_id, owner
)
select programme_id, owner, p.micros, e.micros as expected, 'CLEARING' as account
  from party p full join expected e using (programme_id, owner)
 where coalesce(p.micros, 0) <> coalesce(e.micros, 0)
 union all
select programme_id, null, s.micros, d.micros, 'DISPUTE_SUSPENSE'
  from (select programme_id, sum(micros) as micros from entry_side where kind = 'DISPUTE_SUSPENSE' group by programme_id) s
  full join (select s.programme_id, sum(s.micros) as micros from dispute s join final f on f.id = s.cycle_id
              where s.state <> 'RESOLVED' group by s.programme_id) d using (programme_id)
 where coalesce(s.micros, 0) <> coalesce(d.micros, 0)
