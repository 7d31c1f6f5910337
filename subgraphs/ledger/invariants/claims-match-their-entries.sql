-- Every redeemed entry of another brand's lot has one claim of its issuer's, every lot with a fee has the operator's, and
-- there is no other claim. A redeemer that was ever reimbursed nothing may lack one.
select bucket, wallet, seq, n, x.debtor_id as owed_by, c.debtor_id as claimed_of
  from (
    select e.bucket, e.wallet, e.seq, e.n, 'REDEMPTION' as kind, l.issuer_id as debtor_id, e.credit_owner as creditor_id,
           e.lot_seq, e.amount as points
      from entry e join lot l using (bucket, wallet, lot_seq)
     where e.credit_kind = 'REDEEMED' and l.issuer_id <> e.credit_owner
    union all
    select e.bucket, e.wallet, e.seq, e.n, 'PROGRAMME_FEE', l.issuer_id, null, e.lot_seq, e.amount
      from entry e join lot l using (bucket, wallet, lot_seq)
     where e.debit_kind = 'ISSUED' and l.fee_micros > 0
  ) x
  full join claim c using (bucket, wallet, seq, n)
 where (x.kind, x.debtor_id, x.creditor_id, x.lot_seq, x.points)
       is distinct from (c.kind, c.debtor_id, c.creditor_id, c.lot_seq, c.points)
   and not (c.kind is null and exists (
         select from rule_book b, jsonb_to_recordset(b.book -> 'contracts') as k("partnerId" text, "reimbursementMicros" bigint)
          where substr(k."partnerId", 5)::uuid = x.creditor_id and k."reimbursementMicros" = 0))
