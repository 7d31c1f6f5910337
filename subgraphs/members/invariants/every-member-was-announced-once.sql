-- Every member has exactly one enrolment event, and every enrolment event has its member.
with announced as (
  select programme_id, payload ->> 'memberId' as id, count(*) as times
    from outbox
   where type = 'members.member.enrolled.v1'
   group by programme_id, payload ->> 'memberId'
)
select coalesce(member.id, announced.id) as member_id, coalesce(announced.times, 0) as times
  from member
  full join announced on announced.id = member.id and announced.programme_id = member.programme_id
 where member.id is null or announced.times is distinct from 1;
