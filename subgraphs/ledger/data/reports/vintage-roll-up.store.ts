import { notRolledUp, RollUp } from '../roll-up';

/**
 * What happened to points, by issuer, month of earning (vintage) and month of recording, rolled up behind the postings. An entry,
 * its lot and that lot's terms never change, nor does a programme's time zone, so what was added once stays right.
 */

/** Months are those of the programme's calendar. A rule book is long: it is opened once, not for each transaction. */
const ZONES = `zones as materialized (
  select programme_id, book #>> '{programme,timeZone}' as time_zone from rule_book
)`;
const seenOf = (which: string): string => `seen as materialized (
  select t.bucket, t.wallet, t.seq, t.programme_id, z.time_zone,
         to_char(t.recorded_at at time zone z.time_zone, 'YYYY-MM') as month
    from journal_transaction t join zones z on z.programme_id = t.programme_id ${which}
)`;

/**
 * What transactions given as `seen` add. Points that fill arrears count as redeemed; a member counts where its first lot of the
 * vintage, and of the issuer, was recorded: the first by its own lots before, all of which were committed before it. Mostly the
 * issuer's last lot before answers both.
 */
const MOVED = `touched as materialized (
  select s.programme_id, s.time_zone, s.month, s.bucket, s.wallet, e.lot_seq, l.issuer_id, l.terms_id, l.seq = s.seq as is_new,
         to_char(l.earned_at at time zone s.time_zone, 'YYYY-MM') as vintage, e.debit_kind, e.credit_kind, e.amount
    from seen s
   cross join lateral (
     select lot_seq, debit_kind, credit_kind, amount from entry o
      where o.bucket = s.bucket and o.wallet = s.wallet and o.seq = s.seq offset 0) e
   cross join lateral (
     select issuer_id, seq, earned_at, terms_id from lot o
      where o.bucket = s.bucket and o.wallet = s.wallet and o.lot_seq = e.lot_seq limit 1) l
   where e.debit_kind in ('ISSUED', 'REDEEMED', 'EXPIRED') or e.credit_kind in ('REDEEMED', 'EXPIRED', 'ARREARS', 'CLAWED_BACK')
      or l.seq = s.seq
), points as (
  select programme_id, issuer_id, vintage, month, terms_id,
         sum(case when debit_kind = 'ISSUED' then amount else 0 end) as issued,
         sum(case when debit_kind in ('REDEEMED', 'ARREARS') then -amount when credit_kind in ('REDEEMED', 'ARREARS') then amount
                  else 0 end) as redeemed,
         sum(case when credit_kind = 'CLAWED_BACK' then amount else 0 end) as clawed_back,
         sum(case when debit_kind = 'EXPIRED' then -amount when credit_kind = 'EXPIRED' then amount else 0 end) as expired
    from touched group by programme_id, issuer_id, vintage, month, terms_id
), begun as (
  select n.programme_id, n.issuer_id, n.vintage, n.month, count(*) as members,
         count(*) filter (where i.vintage is null) as members_of_issuer
    from (select distinct programme_id, time_zone, month, bucket, wallet, lot_seq, issuer_id, vintage from touched where is_new) n
    left join lateral (
      select to_char(p.earned_at at time zone n.time_zone, 'YYYY-MM') as vintage from lot p
       where p.bucket = n.bucket and p.wallet = n.wallet and p.lot_seq < n.lot_seq and p.issuer_id is not distinct from n.issuer_id
       order by p.lot_seq desc limit 1) i on true
    left join lateral (
      select 1 as one from lot p
       where i.vintage <> n.vintage and p.bucket = n.bucket and p.wallet = n.wallet and p.lot_seq < n.lot_seq
         and p.issuer_id is not distinct from n.issuer_id and to_char(p.earned_at at time zone n.time_zone, 'YYYY-MM') = n.vintage
       limit 1) v on true
   where i.vintage is distinct from n.vintage and v.one is null
   group by n.programme_id, n.issuer_id, n.vintage, n.month
), moved as (
  select programme_id, issuer_id, vintage, month, sum(issued) as issued, sum(redeemed) as redeemed, sum(clawed_back) as clawed_back,
         sum(expired) as expired, sum(allocated_micros) as allocated_micros, sum(members) as members,
         sum(members_of_issuer) as members_of_issuer
    from (
      select p.programme_id, p.issuer_id, p.vintage, p.month, p.issued, p.redeemed, p.clawed_back, p.expired,
             (p.issued - p.clawed_back) * m.reserve_micros as allocated_micros, 0 as members, 0 as members_of_issuer
        from points p join lot_terms m on m.id = p.terms_id
      union all
      select programme_id, issuer_id, vintage, month, 0, 0, 0, 0, 0, members, members_of_issuer from begun
    ) one
   group by programme_id, issuer_id, vintage, month
)`;

const SUMS = 'issued, redeemed, clawed_back, expired, allocated_micros, members, members_of_issuer';

const PASS = `/* ledger.rollUpVintages.pass */
with ${ZONES}, ${seenOf(`where (t.xid::text)::bigint >= $2::bigint and (t.xid::text)::bigint < $4::bigint
     and not pg_visible_in_snapshot(t.xid, $1::pg_snapshot) and pg_visible_in_snapshot(t.xid, $3::pg_snapshot)`)}, ${MOVED}, kept as (
  insert into vintage_flow as f (programme_id, issuer_id, vintage, month, ${SUMS})
  select programme_id, issuer_id, vintage, month, ${SUMS} from moved order by programme_id, issuer_id, vintage, month
  on conflict (programme_id, issuer_id, vintage, month) do update
    set issued = f.issued + excluded.issued, redeemed = f.redeemed + excluded.redeemed,
        clawed_back = f.clawed_back + excluded.clawed_back, expired = f.expired + excluded.expired,
        allocated_micros = f.allocated_micros + excluded.allocated_micros, members = f.members + excluded.members,
        members_of_issuer = f.members_of_issuer + excluded.members_of_issuer
), state as (
  update vintage_roll_up_state s set snapshot = $3::pg_snapshot, system_id = c.system_identifier::text from pg_control_system() c
)
select count(*)::integer as transactions from seen`;

/** Points by vintage. */
export const VINTAGES_ROLLED_UP = new RollUp({
  name: 'rollUpVintages',
  state: 'vintage_roll_up_state',
  pass: PASS,
  forget: '/* ledger.rollUpVintages.forget */ delete from vintage_flow',
});

/**
 * Flows of a programme (`$1`) up to a month (`$2`), of an issuer (`$3`; all when null): what is rolled up, and what was posted since.
 * `$4` is where ids begin that may not be rolled up.
 */
export const LOAD_FLOWS = `/* ledger.vintageFlows.load */
with ${ZONES}, ${VINTAGES_ROLLED_UP.rolledUp},
${seenOf(`cross join rolled_up r where t.programme_id = $1 and ${notRolledUp('$4::bigint')}`)}, ${MOVED}
select issuer_id, vintage, month, sum(issued)::text as issued, sum(redeemed)::text as redeemed, sum(clawed_back)::text as clawed_back,
       sum(expired)::text as expired, sum(allocated_micros)::text as allocated_micros, sum(members)::text as members,
       sum(members_of_issuer)::text as members_of_issuer
  from (
    select issuer_id, vintage, month, ${SUMS} from vintage_flow f cross join rolled_up r
     where f.programme_id = $1 and r.seen::text <> '1:1:'
    union all
    select issuer_id, vintage, month, ${SUMS} from moved
  ) one
 where month <= $2 and ($3::uuid is null or issuer_id = $3)
 group by issuer_id, vintage, month
 order by issuer_id nulls first, vintage, month`;
