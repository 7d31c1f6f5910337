-- A captured order has as many visible vouchers as pieces were paid for, and no other order has a visible one.
select o.programme_id, o.id as order_id, o.state, o.quantity, count(v.id) as visible_vouchers
  from reward_order o
  left join voucher v on v.programme_id = o.programme_id and v.order_id = o.id and v.issued_at is not null
 group by o.programme_id, o.id, o.state, o.quantity
having count(v.id) <> case when o.state = 'CAPTURED' then o.quantity else 0 end
