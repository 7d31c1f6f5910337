-- A member's facts were announced once for each version, and what was announced last is what the tables say.
with announced as (
  select programme_id, aggregate_id as member_id, count(*) as times, max((payload ->> 'version')::bigint) as version
    from outbox
   where type = 'members.member_facts.changed.v1'
   group by programme_id, aggregate_id
),
last_segments as (
  select distinct on (aggregate_id) aggregate_id as member_id, payload -> 'segments' as segments, payload -> 'consented' as consented
    from outbox
   where type = 'members.member_facts.changed.v1'
   order by aggregate_id, (payload ->> 'version')::bigint desc
)
select facts.programme_id, facts.member_id, facts.version, announced.times, announced.version as announced_version
  from member_fact_version as facts
  left join announced on announced.member_id = facts.member_id and announced.programme_id = facts.programme_id
  left join last_segments on last_segments.member_id = facts.member_id
 where announced.times is distinct from facts.version
    or announced.version is distinct from facts.version
    or (last_segments.consented)::boolean is distinct from facts.consented
    or jsonb_array_length(last_segments.segments)
       is distinct from (select count(*)::int from segment_member where segment_member.member_id = facts.member_id);
