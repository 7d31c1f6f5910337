-- The directory of documents names every purchase and every redemption once, and nothing else.
select bucket, wallet, seq, j.kind as posted, d.kind as listed, d.external_ref
  from (
    select bucket, wallet, seq, programme_id, partner_id, external_ref,
           case kind when 'EARN' then 'PURCHASE' else 'REDEMPTION' end as kind
      from journal_transaction where kind in ('EARN', 'REDEEM', 'CAPTURE')
  ) j
  full join document d using (bucket, wallet, seq)
 where (j.programme_id, j.partner_id, j.external_ref, j.kind)
       is distinct from (d.programme_id, d.partner_id, d.external_ref, d.kind)
