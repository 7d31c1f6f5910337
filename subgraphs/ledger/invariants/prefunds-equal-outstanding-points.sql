-- For points paid for in part in advance the issuer's prefund holds that part of the reserve price of every point outstanding. A gift makes
-- two lots of one, each rounded by itself from then on, and so were all parts that were posted before they were reckoned from what is
-- left of their lot: each entry by which points of a lot went or came back may be a micro-unit off.
select programme_id, issuer, f.prefund, o.due, o.slack
  from (
    select programme_id, coalesce(owner::text, 'hub') as issuer, sum(micros) as prefund
      from (
        select t.programme_id, c.hub_account as account, c.hub_owner as owner,
               case when c.creditor_id is null then c.micros else -c.micros end as micros
          from claim c join journal_transaction t using (bucket, wallet, seq)
        union all
        select programme_id, credit_kind, credit_owner, micros from money_entry
        union all
        select programme_id, debit_kind, debit_owner, -micros from money_entry
      ) one
     where account = 'PREFUND'
     group by 1, 2
  ) f
  full join (
    select w.programme_id, coalesce(l.issuer_id::text, 'hub') as issuer,
           sum(div(e.points * k.reserve_micros * k.prefund_bps * 2 + 10000, 20000)) as due, sum(e.parts) as slack
      from lot l
      join lot_terms k on k.id = l.terms_id and k.settlement_model = 'HYBRID'
      join wallet w using (bucket, wallet)
      join (
        select bucket, wallet, lot_seq,
               sum(amount * ((credit_kind in ('AVAILABLE', 'HELD'))::int - (debit_kind in ('AVAILABLE', 'HELD'))::int))::numeric as points,
               count(*) filter (where debit_kind in ('AVAILABLE', 'HELD') and credit_kind not in ('AVAILABLE', 'HELD')
                                   or debit_kind in ('REDEEMED', 'EXPIRED')) as parts
          from entry group by bucket, wallet, lot_seq
      ) e using (bucket, wallet, lot_seq)
     group by 1, 2
  ) o using (programme_id, issuer)
 where abs(coalesce(f.prefund, 0) - coalesce(o.due, 0)) > coalesce(o.slack, 0)
