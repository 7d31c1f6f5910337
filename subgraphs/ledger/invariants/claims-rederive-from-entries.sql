-- Every claim follows from entries, the terms of their lots and the redeemer's price, and nothing that follows is missing. What is
-- spent and reversed is taken together: bit by bit a reversal undoes exactly what was owed. For points taken over from before the hub
-- nobody owes what their issuance cost. A part of a lot costs what the whole for what was left before comes to, less the whole for what is
-- left after: here each part is reckoned alone, and each entry of a prefund or a shared fee may be up to two micro-units off. (Parts posted
-- before that rule were rounded alone.)
with moved as (
  -- What each transaction did to each lot, by what is owed for it.
  select e.bucket, e.wallet, coalesce(r.redemption_seq, e.seq) as seq,
         -- The fee of points bought out was paid by the terms of the lot they continue.
         case when x.family = 'FEE' and l.parent_wallet = l.wallet then l.parent_lot_seq else e.lot_seq end as lot_seq,
         x.family, x.party as creditor_id,
         sum(x.sign * e.amount)::numeric as points, count(*) as parts
    from entry e
    left join redemption_reversal r using (bucket, wallet, seq)
    left join lot l using (bucket, wallet, lot_seq)
    join journal_transaction t on t.bucket = e.bucket and t.wallet = e.wallet and t.seq = e.seq
   cross join lateral (
     select 'SPENT', 1, e.credit_owner where e.credit_kind = 'REDEEMED'
     union all select 'SPENT', -1, e.debit_owner where e.debit_kind = 'REDEEMED'
     union all select 'OFFSET', 1, e.credit_owner where e.credit_kind = 'ARREARS'
     union all select 'FEE', 1, null
                where e.credit_kind = 'AVAILABLE' and e.debit_kind in ('ISSUED', 'PENDING') and t.kind <> 'OPENING'
     union all select 'FEE', -1, null where e.credit_kind = 'CLAWED_BACK' and e.debit_kind in ('AVAILABLE', 'ARREARS')
     union all select 'PAID', 1, null
                where e.credit_kind = 'AVAILABLE' and e.debit_kind in ('ISSUED', 'PENDING') and t.kind <> 'OPENING'
     union all select 'PAID', -1, null where e.credit_kind = 'CLAWED_BACK' and e.debit_kind = 'AVAILABLE'
     union all select 'EXPIRED', 1, null where e.credit_kind = 'EXPIRED'
     union all select 'EXPIRED', -1, null where e.debit_kind = 'EXPIRED'
   ) as x(family, sign, party)
   group by 1, 2, 3, 4, 5, 6
), claimed as (
  select c.bucket, c.wallet, coalesce(r.redemption_seq, c.seq) as seq, c.lot_seq,
         case
           when c.kind in ('REDEMPTION', 'REDEMPTION_REVERSAL', 'ARREARS_OFFSET') then 'SPENT'
           when c.kind in ('PROGRAMME_FEE', 'PROGRAMME_FEE_CREDIT') then 'FEE'
           when c.kind in ('ISSUANCE_FUNDING', 'ISSUANCE_REFUND') then 'PAID'
           else c.kind
         end as family,
         c.debtor_id, c.creditor_id, sum(c.micros) as micros
    from claim c left join redemption_reversal r using (bucket, wallet, seq)
   where c.kind <> 'BUY_OUT'
   group by 1, 2, 3, 4, 5, 6, 7
), priced as (
  -- The price of what is spent: of the version its claims name, or the one in force then where nobody owed anything.
  select m.*, sign(m.points) as side, abs(m.points) as size, l.issuer_id, k.settlement_model, k.funding, k.fee_micros,
         k.issuance_micros, k.reserve_micros, k.prefund_bps, k.breakage_share_bps, coalesce(p.price, k.reserve_micros) as price
    from moved m
    join journal_transaction t using (bucket, wallet, seq)
    join lot l using (bucket, wallet, lot_seq)
    join lot_terms k on k.id = l.terms_id
    left join lateral (
      select r."reimbursementMicros" as price
        from rule_book b, jsonb_to_recordset(b.book -> 'contracts')
             as r("partnerId" text, version integer, "validFrom" timestamptz, "reimbursementMicros" numeric)
       where b.programme_id = t.programme_id and substr(r."partnerId", 5)::uuid = m.creditor_id and r."validFrom" <= t.occurred_at
       order by r."validFrom" desc, r.version desc limit 1
    ) p on m.family in ('SPENT', 'OFFSET')
   where m.points <> 0
), shared as (
  -- What the funders of a lot owe by their shares: largest remainders get the micro-units left over, earlier parties first.
  select bucket, wallet, seq, lot_seq, family, creditor_id, party as debtor_id,
         side * (base + (row_number() over part <= whole - sum(base) over (partition by bucket, wallet, seq, lot_seq, family, creditor_id))::int)
           as micros
    from (
      select q.*, f.party, f.place, div(whole * f.bps, 10000) as base, mod(whole * f.bps, 10000) as remainder
        from (select p.*, size * case family when 'FEE' then fee_micros else price end as whole from priced p) q,
             rows from (jsonb_to_recordset(q.funding) as (party uuid, bps numeric)) with ordinality as f(party, bps, place)
       where (family = 'FEE' and settlement_model <> 'AT_ISSUANCE')
          or (family in ('SPENT', 'OFFSET') and settlement_model = 'AT_REDEMPTION')
    ) s
  window part as (partition by bucket, wallet, seq, lot_seq, family, creditor_id order by remainder desc, place)
), rounded as (
  -- By how much the claims of a transaction may be off what its points alone come to.
  select m.bucket, m.wallet, m.seq, m.lot_seq, f.family, 2 * sum(m.parts) as slack
    from moved m
    join lot l using (bucket, wallet, lot_seq)
    join lot_terms k on k.id = l.terms_id
   cross join lateral (
     select 'FEE' where m.family = 'FEE' and k.settlement_model <> 'AT_ISSUANCE' and jsonb_array_length(k.funding) > 1
     union all select 'PAID' where m.family <> 'FEE' and k.settlement_model = 'HYBRID'
     union all select 'BREAKAGE_SHARE' where m.family = 'EXPIRED' and m.points < 0 and k.settlement_model = 'AT_ISSUANCE'
   ) as f(family)
   group by 1, 2, 3, 4, 5
), prefunded as (
  -- Of what HYBRID points are worth at a price, the part paid in advance; a half goes to it.
  select p.*, div(size * reserve_micros * prefund_bps * 2 + 10000, 20000) as in_advance,
         div(size * price * prefund_bps * 2 + 10000, 20000) as paid_out
    from priced p where settlement_model = 'HYBRID'
), due as (
  select bucket, wallet, seq, lot_seq, case family when 'OFFSET' then 'SPENT' else family end as family, debtor_id, creditor_id, micros
    from shared
  union all
  select bucket, wallet, seq, lot_seq, 'SPENT', null, creditor_id, side * size * price
    from priced where settlement_model = 'AT_ISSUANCE' and family in ('SPENT', 'OFFSET')
  union all
  select bucket, wallet, seq, lot_seq, 'PAID', issuer_id, null, side * size * issuance_micros
    from priced where settlement_model = 'AT_ISSUANCE' and family = 'PAID'
  union all
  select bucket, wallet, seq, lot_seq, 'BREAKAGE_SHARE', null, issuer_id, side * div(size * reserve_micros * breakage_share_bps * 2 + 10000, 20000)
    from priced where settlement_model = 'AT_ISSUANCE' and family = 'EXPIRED'
  union all
  select bucket, wallet, seq, lot_seq, 'SPENT', null, creditor_id, side * paid_out from prefunded where family in ('SPENT', 'OFFSET')
  union all
  select bucket, wallet, seq, lot_seq, 'SPENT', issuer_id, creditor_id, side * (size * price - paid_out)
    from prefunded where family in ('SPENT', 'OFFSET')
  union all
  select bucket, wallet, seq, lot_seq, 'PAID', issuer_id, null,
         side * case family when 'PAID' then in_advance when 'EXPIRED' then -in_advance else paid_out - in_advance end
    from prefunded where family in ('PAID', 'EXPIRED', 'SPENT', 'OFFSET')
)
select bucket, wallet, seq, lot_seq, family, debtor, creditor, d.micros as due, c.micros as claimed
  from (
    select bucket, wallet, seq, lot_seq, family, coalesce(debtor_id::text, 'hub') as debtor,
           coalesce(creditor_id::text, 'hub') as creditor, sum(micros) as micros
      from due where debtor_id is distinct from creditor_id
     group by 1, 2, 3, 4, 5, 6, 7 having sum(micros) <> 0
  ) d
  full join (
    select bucket, wallet, seq, lot_seq, family, coalesce(debtor_id::text, 'hub') as debtor,
           coalesce(creditor_id::text, 'hub') as creditor, micros
      from claimed where micros <> 0
  ) c using (bucket, wallet, seq, lot_seq, family, debtor, creditor)
  left join rounded r using (bucket, wallet, seq, lot_seq, family)
 where abs(coalesce(d.micros, 0) - coalesce(c.micros, 0)) > coalesce(r.slack, 0)
