-- What is rolled up of vintages is what the journal says of them: points and money by issuer, month of earning and month of recording, and
-- members counted where their first points of the vintage, and of the issuer, were recorded. Postings that no pass has seen yet are not in it.
with seen as (
  select case when s.system_id = c.system_identifier::text then s.snapshot else '1:1:'::pg_snapshot end as snapshot
    from vintage_roll_up_state s, pg_control_system() c
), zone as (
  select programme_id, book #>> '{programme,timeZone}' as name from rule_book
), flow as (
  select t.programme_id, l.issuer_id, to_char(l.earned_at at time zone z.name, 'YYYY-MM') as vintage,
         to_char(t.recorded_at at time zone z.name, 'YYYY-MM') as month, e.debit_kind, e.credit_kind, e.amount, m.reserve_micros
    from journal_transaction t
    join zone z on z.programme_id = t.programme_id
    join seen on pg_visible_in_snapshot(t.xid, seen.snapshot)
    join entry e on e.wallet = t.wallet and e.seq = t.seq
    join lot l on l.wallet = e.wallet and l.lot_seq = e.lot_seq
    join lot_terms m on m.id = l.terms_id
), held as (
  select t.programme_id, l.issuer_id, to_char(l.earned_at at time zone z.name, 'YYYY-MM') as vintage,
         to_char(t.recorded_at at time zone z.name, 'YYYY-MM') as month, l.wallet, l.lot_seq
    from lot l
    join journal_transaction t on t.wallet = l.wallet and t.seq = l.seq
    join zone z on z.programme_id = t.programme_id
    join seen on pg_visible_in_snapshot(t.xid, seen.snapshot)
), first as (
  select programme_id, issuer_id, vintage, month,
         row_number() over (partition by wallet, issuer_id, vintage order by lot_seq) = 1 as of_vintage,
         row_number() over (partition by wallet, issuer_id order by lot_seq) = 1 as of_issuer
    from held
), journal as (
  select programme_id, issuer_id, vintage, month, sum(issued) as issued, sum(redeemed) as redeemed, sum(clawed_back) as clawed_back,
         sum(expired) as expired, sum(allocated) as allocated_micros, sum(members) as members, sum(members_of_issuer) as members_of_issuer
    from (
      select programme_id, issuer_id, vintage, month, amount * (debit_kind = 'ISSUED')::integer as issued,
             amount * ((credit_kind in ('REDEEMED', 'ARREARS'))::integer - (debit_kind in ('REDEEMED', 'ARREARS'))::integer) as redeemed,
             amount * (credit_kind = 'CLAWED_BACK')::integer as clawed_back,
             amount * ((credit_kind = 'EXPIRED')::integer - (debit_kind = 'EXPIRED')::integer) as expired,
             amount::numeric * reserve_micros * ((debit_kind = 'ISSUED')::integer - (credit_kind = 'CLAWED_BACK')::integer) as allocated,
             0 as members, 0 as members_of_issuer
        from flow
      union all
      select programme_id, issuer_id, vintage, month, 0, 0, 0, 0, 0, of_vintage::integer, of_issuer::integer from first
    ) one
   group by programme_id, issuer_id, vintage, month
)
select programme_id, issuer_id, vintage, month, 'rolled up is not the journal' as wrong
  from (
    select programme_id, issuer_id, vintage, month, issued, redeemed, clawed_back, expired, allocated_micros, members, members_of_issuer
      from journal
    union all
    select programme_id, issuer_id, vintage, month, -issued, -redeemed, -clawed_back, -expired, -allocated_micros, -members,
           -members_of_issuer
      from vintage_flow
  ) compared
 group by programme_id, issuer_id, vintage, month
having (sum(issued), sum(redeemed), sum(clawed_back), sum(expired), sum(allocated_micros), sum(members), sum(members_of_issuer))
       is distinct from (0, 0, 0, 0, 0, 0, 0)
