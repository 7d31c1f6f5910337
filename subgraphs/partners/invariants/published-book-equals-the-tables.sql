-- What was last published is what the tables say: every partner with its status, every contract and rule version.
with last_book as (
  select distinct on (programme_id) programme_id, payload
    from outbox
   where type = 'partners.rule_book.published.v1'
   order by programme_id, (payload ->> 'version')::bigint desc
),
published as (
  select programme_id, partner ->> 'id' as id, partner ->> 'status' as fact
    from last_book, jsonb_array_elements(payload -> 'partners') as partner
  union all
  select programme_id, contract ->> 'id', contract ->> 'reimbursementMicros'
    from last_book, jsonb_array_elements(payload -> 'contracts') as contract
  union all
  select programme_id, rule ->> 'id', (rule ->> 'points') || '/' || (rule ->> 'perAmountMinor')
    from last_book, jsonb_array_elements(payload -> 'earningRules') as rule
  union all
  select programme_id, rule ->> 'id', (rule ->> 'action') || '/' || (rule ->> 'points')
    from last_book, jsonb_array_elements(coalesce(payload -> 'actionRules', '[]')) as rule
),
held as (
  select programme_id, id, status as fact from partner
  union all
  select programme_id, id, reimbursement_micros::text from contract
  union all
  select programme_id, id, points || '/' || per_amount_minor from earning_rule
  union all
  select programme_id, id, action || '/' || points from action_rule
)
select coalesce(published.programme_id, held.programme_id) as programme_id, coalesce(published.id, held.id) as id,
       published.fact as published_fact, held.fact as held_fact
  from published
  full join held on held.id = published.id and held.programme_id = published.programme_id
 where published.fact is distinct from held.fact;
