-- A voucher a member can see was announced exactly once, in the transaction that showed it.
select v.programme_id, v.id as voucher_id, count(e.id) as announcements
  from voucher v
  left join outbox e on e.type = 'rewards.voucher.issued.v1' and e.aggregate_id = v.id
 where v.issued_at is not null
 group by v.programme_id, v.id
having count(e.id) <> 1
