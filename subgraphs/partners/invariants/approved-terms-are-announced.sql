-- Approved terms are in every book since the one they name, in their own words; their versions have no gaps, each takes effect after the
-- one before, and somebody else approved them unless one person may.
with last_book as (
  select distinct on (programme_id) programme_id, payload
    from outbox
   where type = 'partners.rule_book.published.v1'
   order by programme_id, (payload ->> 'version')::bigint desc
),
announced as (
  select programme_id, change
    from last_book, jsonb_array_elements(coalesce(payload -> 'termsChanges', '[]')) as change
),
approved as (
  select terms_change.*,
         row_number() over (partition by programme_id order by version) + 1 as expected,
         lag(takes_effect_at) over (partition by programme_id order by version) as effect_before
    from terms_change
   where state = 'APPROVED'
)
select approved.id, approved.programme_id, approved.version, approved.proposed_by, approved.decided_by
  from approved
  join programme on programme.id = approved.programme_id
  left join announced
    on announced.programme_id = approved.programme_id and (announced.change ->> 'version')::int = approved.version
 where announced.change is null
    or announced.change -> 'terms' is distinct from approved.terms::jsonb
    or announced.change -> 'texts' is distinct from approved.texts::jsonb
    or (announced.change ->> 'ruleBookVersion')::bigint is distinct from approved.rule_book_version
    or (announced.change ->> 'takesEffectAt')::timestamptz is distinct from approved.takes_effect_at
    or approved.version <> approved.expected
    or approved.takes_effect_at <= approved.effect_before
    or (approved.proposed_by = approved.decided_by and not (programme.is_sandbox and programme.single_approver));
