-- A claim is its points at the price it names: the redeemer's contract version, or the fee on the lot; in the programme's
-- currency, and never under a contract that was not in force yet.
select c.bucket, c.wallet, c.seq, c.n, c.micros, k.price, l.fee_micros
  from claim c
  join journal_transaction t using (bucket, wallet, seq)
  join settlement_cycle y on y.id = t.cycle_id
  left join lot l using (bucket, wallet, lot_seq)
  left join (
    select b.programme_id, substr(r."partnerId", 5)::uuid as partner_id, r.version, r."validFrom" as valid_from,
           r."reimbursementMicros" as price
      from rule_book b, jsonb_to_recordset(b.book -> 'contracts')
           as r("partnerId" text, version integer, "validFrom" timestamptz, "reimbursementMicros" bigint)
  ) k on k.programme_id = t.programme_id and k.partner_id = c.creditor_id and k.version = c.contract_version
 where c.currency <> y.currency
    or c.micros is distinct from c.points * case c.kind when 'PROGRAMME_FEE' then l.fee_micros else k.price end
    or (c.kind = 'REDEMPTION' and k.valid_from > t.occurred_at)
