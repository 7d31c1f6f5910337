-- A claim is settled in the cycle its transaction was posted in, and that cycle is of its programme and was open then.
select t.bucket, t.wallet, t.seq, t.cycle_id, c.cycle_id as claim_cycle_id
  from journal_transaction t
  left join claim c using (bucket, wallet, seq)
  left join settlement_cycle y on y.id = t.cycle_id
 where (c.cycle_id is not null and c.cycle_id <> t.cycle_id)
    or y.programme_id is distinct from t.programme_id
    or t.recorded_at > y.cut_off_at
