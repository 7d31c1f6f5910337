-- Versions of a contract or rule are 1, 2, 3 … and begin in that order: history was neither removed nor rewritten.
with numbered as (
  select 'contract' as kind, id, partner_id, version, valid_from,
         row_number() over (partition by partner_id order by valid_from) as place
    from contract
  union all
  select 'earning_rule', id, partner_id, version, valid_from,
         row_number() over (partition by partner_id, kind order by valid_from)
    from earning_rule
  union all
  select 'action_rule', id, partner_id, version, valid_from,
         row_number() over (partition by partner_id, action order by valid_from)
    from action_rule
  union all
  select 'settlement_details', coalesce(partner_id, programme_id), coalesce(partner_id, programme_id), version, valid_from,
         row_number() over (partition by programme_id, partner_id order by valid_from)
    from settlement_details
)
select kind, id, partner_id, version, valid_from
  from numbered
 where version <> place;
