-- A voucher names the member, the reward and the partner of the order it was issued for.
select v.programme_id, v.id as voucher_id, v.order_id
  from voucher v
  join reward_order o on o.programme_id = v.programme_id and o.id = v.order_id
 where (v.member_id, v.reward_id, v.partner_id) is distinct from (o.member_id, o.reward_id, o.partner_id)
