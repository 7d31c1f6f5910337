-- For points paid at issuance the issuer's fund holds the reserve price of every point outstanding, and its margin account the
-- rest of what was paid for them. Of points bought out the operator contributed the part agreed never to be spent: less than the reserve
-- was paid for them, and there is no rest.
select programme_id, issuer, f.fund, o.reserve, f.margin, o.margin as margin_due
  from (
    select programme_id, coalesce(owner::text, 'hub') as issuer,
           sum(micros) filter (where account = 'POINT_FUND') as fund, sum(micros) filter (where account = 'DEFERRED_MARGIN') as margin
      from (
        select t.programme_id, c.hub_account as account, c.hub_owner as owner,
               case when c.creditor_id is null then c.micros else -c.micros end as micros
          from claim c join journal_transaction t using (bucket, wallet, seq)
        union all
        select programme_id, credit_kind, credit_owner, micros from money_entry
        union all
        select programme_id, debit_kind, debit_owner, -micros from money_entry
      ) one
     where account in ('POINT_FUND', 'DEFERRED_MARGIN')
     group by 1, 2
  ) f
  full join (
    select w.programme_id, coalesce(l.issuer_id::text, 'hub') as issuer, sum(e.points * k.reserve_micros) as reserve,
           sum(e.points * greatest(k.issuance_micros - k.reserve_micros, 0)) as margin
      from lot l
      join lot_terms k on k.id = l.terms_id and k.settlement_model = 'AT_ISSUANCE'
      join wallet w using (bucket, wallet)
      join (
        select bucket, wallet, lot_seq, sum(amount * ((credit_kind in ('AVAILABLE', 'HELD'))::int
                                                      - (debit_kind in ('AVAILABLE', 'HELD'))::int)) as points
          from entry group by bucket, wallet, lot_seq
      ) e using (bucket, wallet, lot_seq)
     group by 1, 2
  ) o using (programme_id, issuer)
 where (coalesce(f.fund, 0) <> coalesce(o.reserve, 0) or coalesce(f.margin, 0) <> coalesce(o.margin, 0))
