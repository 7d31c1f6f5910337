-- Money paid beside points stands with a redemption, in the currency of its cycle.
select m.bucket, m.wallet, m.seq
  from redemption_money m
  left join journal_transaction t on t.bucket = m.bucket and t.wallet = m.wallet and t.seq = m.seq and t.kind in ('REDEEM', 'CAPTURE')
  left join settlement_cycle c on c.id = t.cycle_id
 where c.currency is distinct from m.currency
