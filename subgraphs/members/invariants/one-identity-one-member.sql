-- An identity belongs to one member of a programme.
select programme_id, blind_index, array_agg(member_id order by member_id) as members
  from identity_link
 group by programme_id, blind_index
having count(distinct member_id) > 1;
