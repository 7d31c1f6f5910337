/**
 * Checks over postings, as subqueries over a relation of rows of the journal: what is found keeps a
 * cycle from being drawn up. Each answers programme, bucket, wallet and seq of what is wrong. What belongs to a transaction is looked
 * up by its key, one at a time: a few are asked about among millions, and the planner, who cannot count them, would read all.
 */

/**
 * What a redeemer is owed for points of a lot is their price, less the part it would owe itself: its own share of a lot paid for at
 * redemption, and what is not prefunded of its own hybrid lot. Each part is rounded by less than a micro-unit.
 */
export function claimsThatAreNotTheirPoints(transactions: string): string {
  return `/* ledger.trial.wrongClaims */
  with spent as materialized (
    select t.programme_id, e.bucket, e.wallet, e.seq, e.n, e.lot_seq, e.credit_owner, e.amount
      from ${transactions} t
     cross join lateral (
        select o.* from entry o where o.bucket = t.bucket and o.wallet = t.wallet and o.seq = t.seq offset 0
     ) e
     where t.kind in ('REDEEM', 'CAPTURE', 'DONATION') and e.credit_kind = 'REDEEMED'
  ), share as materialized (
    select id, (share ->> 'party')::uuid as party_id, (share ->> 'bps')::integer as bps
      from lot_terms cross join lateral jsonb_array_elements(funding) as share
  ), price as materialized (
    select b.programme_id, substr(r."partnerId", 5)::uuid as partner_id, r.version, r."reimbursementMicros" as micros
      from rule_book b, jsonb_to_recordset(b.book -> 'contracts')
           as r("partnerId" text, version integer, "reimbursementMicros" numeric)
  )
  select distinct s.programme_id, s.bucket, s.wallet, s.seq
    from spent s
   -- One lookup by key each: whatever the planner thinks of how many there are.
   cross join lateral (
      select l.terms_id, l.issuer_id from lot l where l.bucket = s.bucket and l.wallet = s.wallet and l.lot_seq = s.lot_seq limit 1
   ) l
    join lot_terms m on m.id = l.terms_id
    left join share f on f.id = l.terms_id and f.party_id = s.credit_owner
   cross join lateral (
      select sum(c.micros) as micros, min(c.contract_version) as version, max(c.contract_version) as other_version
        from claim c
       where c.bucket = s.bucket and c.wallet = s.wallet and c.seq = s.seq and c.entry_n = s.n and c.creditor_id = s.credit_owner
         and c.kind = 'REDEMPTION'
   ) c
    left join price p on p.programme_id = s.programme_id and p.partner_id = s.credit_owner and p.version = c.version
   cross join lateral (
      select case m.settlement_model
               when 'AT_REDEMPTION' then coalesce(f.bps, 0)
               when 'HYBRID' then case when l.issuer_id = s.credit_owner then 10000 - m.prefund_bps else 0 end
               else 0
             end as bps
   ) own
   where case
           when own.bps = 10000 then c.micros is not null
           -- What comes to less than a micro-unit has no claim: nothing was ever paid for a point, or too little of it in advance.
           when c.micros is null then not exists (
             select from price z where z.programme_id = s.programme_id and z.partner_id = s.credit_owner
                                   and s.amount * z.micros * (10000 - own.bps) < 10000)
           else c.version <> c.other_version or p.micros is null
                or abs(c.micros * 10000 - s.amount * p.micros * (10000 - own.bps)) >= 10000
         end`;
}

/** What a wallet shows as available is what is left of its lots. */
export function balancesThatAreNotTheirLots(transactions: string): string {
  return `/* ledger.trial.wrongBalances */ select w.programme_id, w.bucket, w.wallet, w.seq
    from (select distinct bucket, wallet from ${transactions}) t
   cross join lateral (
      select a.programme_id, a.bucket, a.wallet, a.seq, a.available
        from wallet a where a.bucket = t.bucket and a.wallet = t.wallet limit 1
   ) w
    left join lateral (
      select sum(o.remaining) as remaining from open_lot o where o.bucket = w.bucket and o.wallet = w.wallet
    ) o on true
   where w.available <> coalesce(o.remaining, 0)`;
}

/**
 * Points sum to zero: what a transaction left on the accounts of its member is what the one before left, changed by its entries
 * (each has two ends), and the last one's is what the wallet shows.
 */
export function pointsThatDoNotSumToZero(transactions: string): string {
  return `/* ledger.trial.wrongPoints */ select t.programme_id, t.bucket, t.wallet, t.seq
    from ${transactions} t
    left join lateral (
      select j.available_after, j.pending_after, j.held_after, j.arrears_after
        from journal_transaction j where j.bucket = t.bucket and j.wallet = t.wallet and j.seq = t.seq - 1 limit 1
   ) b on true
   cross join lateral (
      select coalesce(sum(e.amount * ((e.credit_kind = 'AVAILABLE')::int - (e.debit_kind = 'AVAILABLE')::int)), 0) as available,
             coalesce(sum(e.amount * ((e.credit_kind = 'PENDING')::int - (e.debit_kind = 'PENDING')::int)), 0) as pending,
             coalesce(sum(e.amount * ((e.credit_kind = 'HELD')::int - (e.debit_kind = 'HELD')::int)), 0) as held,
             coalesce(sum(e.amount * ((e.debit_kind = 'ARREARS')::int - (e.credit_kind = 'ARREARS')::int)), 0) as arrears
        from entry e where e.bucket = t.bucket and e.wallet = t.wallet and e.seq = t.seq
   ) m
    left join (
      select a.*
        from (select distinct bucket, wallet from ${transactions}) d
       cross join lateral (
          select o.bucket, o.wallet, o.seq, o.available, o.pending, o.held, o.arrears
            from wallet o where o.bucket = d.bucket and o.wallet = d.wallet limit 1
       ) a
   ) w on w.bucket = t.bucket and w.wallet = t.wallet and w.seq = t.seq
   where (t.available_after, t.pending_after, t.held_after, t.arrears_after)
         <> (coalesce(b.available_after, 0) + m.available, coalesce(b.pending_after, 0) + m.pending,
             coalesce(b.held_after, 0) + m.held, coalesce(b.arrears_after, 0) + m.arrears)
      or (w.available, w.pending, w.held, w.arrears) <> (t.available_after, t.pending_after, t.held_after, t.arrears_after)`;
}
