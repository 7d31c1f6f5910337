-- Points move between the member's own accounts, the issuer and the funders of their lot, and the redeemer of the transaction. Arrears of
-- points paid for in advance are owed to their issuer, and were owed to their funders before.
select e.bucket, e.wallet, e.seq, e.n
  from entry e
  join journal_transaction t using (bucket, wallet, seq)
  left join lot l using (bucket, wallet, lot_seq)
  left join lot_terms k on k.id = l.terms_id
 cross join lateral (values (e.debit_kind, e.debit_owner, true), (e.credit_kind, e.credit_owner, false)) as side(kind, owner, is_debit)
 where case
         when side.kind = 'ARREARS' and side.is_debit
           then (k.settlement_model = 'AT_REDEMPTION' or side.owner is distinct from l.issuer_id)
                and not exists (select from jsonb_to_recordset(k.funding) as f(party uuid) where f.party is not distinct from side.owner)
         -- Whoever is owed: owed-points-equal-entries knows.
         when side.kind = 'ARREARS' then false
         else side.owner is distinct from case
           when side.kind in ('AVAILABLE', 'PENDING', 'HELD') then e.wallet
           when side.kind in ('ISSUED', 'EXPIRED', 'CLAWED_BACK') then l.issuer_id
           when side.kind = 'REDEEMED' then t.partner_id
         end
       end
