-- What is left of a reward is what was offered less the pieces of orders that are not cancelled.
select r.programme_id, r.id as reward_id, r.stock_offered, r.stock_left, coalesce(sum(o.quantity), 0) as ordered
  from reward r
  left join reward_order o on o.programme_id = r.programme_id and o.reward_id = r.id and o.state <> 'CANCELLED'
 where r.stock_offered is not null
 group by r.programme_id, r.id, r.stock_offered, r.stock_left
having r.stock_left <> r.stock_offered - coalesce(sum(o.quantity), 0)
