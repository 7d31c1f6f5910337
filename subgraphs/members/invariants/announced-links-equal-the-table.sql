-- What was last announced of a partner link is what the table says: readers know who may read and redeem.
with announced as (
  select distinct on (programme_id, payload ->> 'memberId', payload ->> 'partnerId')
         programme_id, payload ->> 'memberId' as member_id, payload ->> 'partnerId' as partner_id, payload ->> 'state' as state
    from outbox
   where type = 'members.partner_link.changed.v1'
   order by programme_id, payload ->> 'memberId', payload ->> 'partnerId', xid desc, seq desc
)
select coalesce(announced.member_id, partner_link.member_id) as member_id,
       coalesce(announced.partner_id, partner_link.partner_id) as partner_id,
       announced.state as announced_state, partner_link.state as held_state
  from announced
  full join partner_link
    on partner_link.programme_id = announced.programme_id
   and partner_link.member_id = announced.member_id
   and partner_link.partner_id = announced.partner_id
 where announced.state is distinct from partner_link.state;
