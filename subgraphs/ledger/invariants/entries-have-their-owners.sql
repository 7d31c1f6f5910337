-- Points move between the member's own accounts, the issuer of their lot, and the redeemer of the transaction.
select e.bucket, e.wallet, e.seq, e.n
  from entry e
  join journal_transaction t using (bucket, wallet, seq)
  left join lot l using (bucket, wallet, lot_seq)
 cross join lateral (values (e.debit_kind, e.debit_owner), (e.credit_kind, e.credit_owner)) as side(kind, owner)
 where side.owner is distinct from case
         when side.kind in ('AVAILABLE', 'HELD') then e.wallet
         when side.kind in ('ISSUED', 'EXPIRED') then l.issuer_id
         else t.partner_id
       end
