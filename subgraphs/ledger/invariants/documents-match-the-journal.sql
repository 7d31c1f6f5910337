-- The directory of documents names every purchase, redemption, return, action and accrual that has one, once, and nothing else.
-- Goodwill that the ledger posted by itself stands for a purchase its partner did not answer for.
select bucket, wallet, seq, j.kind as posted, d.kind as listed, d.external_ref
  from (
    select t.bucket, t.wallet, t.seq, t.programme_id, t.partner_id, t.external_ref,
           case
             when p.seq is not null or (t.kind = 'GOODWILL' and t.caller = 'ledger') then 'PURCHASE'
             when a.seq is not null then 'ACTION'
             when r.seq is not null then 'RETURN'
             when t.kind in ('REDEEM', 'CAPTURE') then 'REDEMPTION'
             else 'ACCRUAL'
           end as kind
      from journal_transaction t
      left join purchase p using (bucket, wallet, seq)
      left join award a using (bucket, wallet, seq)
      left join purchase_return r using (bucket, wallet, seq)
     where t.external_ref is not null and t.partner_id is not null and t.kind not in ('DONATION', 'ADJUSTMENT')
  ) j
  full join document d using (bucket, wallet, seq)
 where (j.programme_id, j.partner_id, j.external_ref, j.kind)
       is distinct from (d.programme_id, d.partner_id, d.external_ref, d.kind)
