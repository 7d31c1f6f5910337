-- A member can be found: each has an identity, and each identity was announced for the member it belongs to.
with announced as (
  select distinct programme_id, payload ->> 'memberId' as member_id, payload ->> 'blindIndex' as blind_index
    from outbox
   where type = 'members.identity.linked.v1'
)
select member.id as member_id, identity_link.id as identity_link_id
  from member
  left join identity_link on identity_link.member_id = member.id and identity_link.programme_id = member.programme_id
  left join announced
    on announced.programme_id = member.programme_id
   and announced.member_id = member.id
   and announced.blind_index = identity_link.blind_index
 where identity_link.id is null or announced.blind_index is null;
