import { sql } from '../../../../kernel/db/sql';
import type { Tx } from '../../../../kernel/db/transaction';
import { named, RollUp } from '../roll-up';
import { balancesThatAreNotTheirLots, claimsThatAreNotTheirPoints, pointsThatDoNotSumToZero } from './trial-sql';

/**
 * Claims rolled up as they post: each becomes a line of its pair, and the pair's sums grow by it. A pass takes what was committed
 * since the last one by the visibility of transactions, so nothing is passed over and nothing taken twice, however long a
 * posting took; it changes no row that a posting locks.
 */

const NOBODY = `'${'0'.repeat(32)}'::uuid`;

/** Transactions to roll up, of those given as `seen`: not those whose claims do not follow from their points. */
const FRESH = `wrong as materialized (
  ${claimsThatAreNotTheirPoints('seen')}
), fresh as materialized (
  select s.* from seen s
   where not exists (select from wrong w where w.bucket = s.bucket and w.wallet = s.wallet and w.seq = s.seq)
)`;

/** Numbers lines onto what their pairs have. `owed` is given; places are in posting order. */
const ADD_LINES = `pairs as (
  insert into claim_pair as p (cycle_id, pair, debtor_id, creditor_id, lines, micros, remainders)
  select g.cycle_id, coalesce(b.last, -1) + row_number() over (partition by g.cycle_id order by g.place), g.debtor_id, g.creditor_id,
         g.lines, g.micros, g.remainders
    from (select cycle_id, debtor_id, creditor_id, min(place) as place, count(*) as lines, sum(micros) as micros,
                 sum(remainder) as remainders
            from owed group by cycle_id, debtor_id, creditor_id) g
    left join (select cycle_id, max(pair) as last from claim_pair group by cycle_id) b on b.cycle_id = g.cycle_id
   order by g.cycle_id, g.place
  on conflict (cycle_id, debtor_id, creditor_id) do update
    set lines = p.lines + excluded.lines, micros = p.micros + excluded.micros, remainders = p.remainders + excluded.remainders
  returning cycle_id, pair, coalesce(debtor_id, ${NOBODY}) as debtor,
            coalesce(creditor_id, ${NOBODY}) as creditor, lines
), numbered as materialized (
  select o.*, p.pair, p.lines - count(*) over of_pair + row_number() over (of_pair order by o.place) as line_n
    from owed o
    join pairs p on p.cycle_id = o.cycle_id and p.debtor = coalesce(o.debtor_id, ${NOBODY})
                and p.creditor = coalesce(o.creditor_id, ${NOBODY})
  window of_pair as (partition by p.cycle_id, p.pair)
), parts as (
  insert into claim_part as p (cycle_id, pair, kind, contract_version, lines, micros, points)
  select cycle_id, pair, kind, contract_version, count(*), sum(micros), sum(points)
    from numbered group by cycle_id, pair, kind, contract_version order by cycle_id, pair, kind, contract_version
  on conflict (cycle_id, pair, kind, contract_version) do update
    set lines = p.lines + excluded.lines, micros = p.micros + excluded.micros, points = p.points + excluded.points
), lines as (
  insert into claim_line (cycle_id, pair, n, bucket, wallet, seq, claim_n, kind, micros, lot_seq, remainder, tie, dispute_id)
  select n.cycle_id, n.pair, n.line_n, n.bucket, n.wallet, n.seq, n.n, n.kind, n.micros, n.lot_seq, n.remainder,
         -- As many as there were before this pass, and its place among those of this pass.
         coalesce((select r.lines from claim_remainder r
                    where r.cycle_id = n.cycle_id and r.pair = n.pair and r.remainder = n.remainder), 0)
           + row_number() over (partition by n.cycle_id, n.pair, n.remainder order by n.place), n.dispute_id
    from numbered n
   order by n.cycle_id, n.pair, n.line_n
), remainders as (
  insert into claim_remainder as r (cycle_id, pair, remainder, lines)
  select cycle_id, pair, remainder, count(*) from numbered group by cycle_id, pair, remainder order by cycle_id, pair, remainder
  on conflict (cycle_id, pair, remainder) do update set lines = r.lines + excluded.lines
)`;

const REMAINDER = (micros: string) =>
  `mod(mod(${micros}, micros_per_minor(y.currency)::bigint) + micros_per_minor(y.currency), micros_per_minor(y.currency))::integer`;

/** Lots paid for at issuance exist only where a contract says so: nowhere else are entries looked at for their reserve. */
const FUNDS = `prepaying as materialized (
  select programme_id from rule_book where book -> 'contracts' @> '[{"settlementModel": "AT_ISSUANCE"}]'
), funding as materialized (
  select f.bucket, f.wallet, f.seq, f.programme_id from fresh f where f.programme_id in (select programme_id from prepaying)
), funds as (
  insert into point_fund as p (programme_id, issuer_id, fund_micros, reserve_micros)
  select programme_id, issuer_id, sum(fund), sum(reserve)
    from (
      select f.programme_id, c.hub_owner as issuer_id, case when c.creditor_id is null then c.micros else -c.micros end as fund,
             0::numeric as reserve
        from funding f
       cross join lateral (
         select hub_owner, creditor_id, micros from claim o
          where o.bucket = f.bucket and o.wallet = f.wallet and o.seq = f.seq and o.hub_account = 'POINT_FUND' offset 0) c
      union all
      select f.programme_id, s.owner, s.micros, 0
        from funding f
       cross join lateral (
         select debit_kind, debit_owner, credit_kind, credit_owner, micros from money_entry o
          where o.bucket = f.bucket and o.wallet = f.wallet and o.seq = f.seq offset 0) m
       cross join lateral (
         values (m.credit_kind, m.credit_owner, m.micros), (m.debit_kind, m.debit_owner, -m.micros)) as s(kind, owner, micros)
       where s.kind = 'POINT_FUND'
      union all
      select f.programme_id, l.issuer_id, 0,
             e.amount * k.reserve_micros::numeric
               * ((e.credit_kind in ('AVAILABLE', 'HELD'))::int - (e.debit_kind in ('AVAILABLE', 'HELD'))::int)
        from funding f
       cross join lateral (
         select lot_seq, debit_kind, credit_kind, amount from entry o
          where o.bucket = f.bucket and o.wallet = f.wallet and o.seq = f.seq offset 0) e
       cross join lateral (
         select issuer_id, terms_id from lot o
          where o.bucket = f.bucket and o.wallet = f.wallet and o.lot_seq = e.lot_seq limit 1) l
        join lot_terms k on k.id = l.terms_id and k.settlement_model = 'AT_ISSUANCE'
    ) one
   group by programme_id, issuer_id having sum(fund) <> 0 or sum(reserve) <> 0
   order by programme_id, issuer_id
  on conflict (programme_id, issuer_id) do update
    set fund_micros = p.fund_micros + excluded.fund_micros, reserve_micros = p.reserve_micros + excluded.reserve_micros
)`;

const OWED = `owed as materialized (
  select c.cycle_id, c.debtor_id, c.creditor_id, c.bucket, c.wallet, c.seq, c.n, c.kind, c.micros, c.lot_seq, c.points,
         c.contract_version, null::uuid as dispute_id, ${REMAINDER('c.micros')} as remainder,
         row_number() over (order by f.recorded_at, f.written_at, c.wallet, c.seq, c.n) as place
    from fresh f
   cross join lateral (
      select o.* from claim o where o.bucket = f.bucket and o.wallet = f.wallet and o.seq = f.seq offset 0
   ) c
    join settlement_cycle y on y.id = c.cycle_id and y.state in ('OPEN', 'CUT_OFF')
)`;

const PASS = `/* ledger.rollUp.pass */
with seen as materialized (
  select t.bucket, t.wallet, t.seq, t.programme_id, t.cycle_id, t.kind, t.recorded_at, t.written_at, t.available_after,
         t.pending_after, t.held_after, t.arrears_after
    from journal_transaction t
   where (t.xid::text)::bigint >= $2::bigint and (t.xid::text)::bigint < $4::bigint
     and not pg_visible_in_snapshot(t.xid, $1::pg_snapshot) and pg_visible_in_snapshot(t.xid, $3::pg_snapshot)
), ${FRESH}, ${OWED}, ${ADD_LINES}, ${FUNDS}, activity as (
  insert into cycle_activity as a (cycle_id, transactions, latest_recorded_at)
  select cycle_id, count(*), max(recorded_at) from seen group by cycle_id order by cycle_id
  on conflict (cycle_id) do update
    set transactions = a.transactions + excluded.transactions,
        latest_recorded_at = greatest(a.latest_recorded_at, excluded.latest_recorded_at)
), found as (
  insert into trial_finding (programme_id, what, bucket, wallet, seq)
  select programme_id, 'CLAIM', bucket, wallet, seq from wrong
  union
  select programme_id, 'BALANCE', bucket, wallet, seq from (${balancesThatAreNotTheirLots('seen')}) b
  union
  select programme_id, 'POINTS', bucket, wallet, seq from (${pointsThatDoNotSumToZero('seen')}) p
  on conflict do nothing
), state as (
  update roll_up_state s set snapshot = $3::pg_snapshot, system_id = c.system_identifier::text from pg_control_system() c
)
select count(*)::integer as transactions from seen`;

/** Claims as lines of their pairs. */
export const CLAIMS_ROLLED_UP = new RollUp({ name: 'rollUp', state: 'roll_up_state', pass: PASS });

const HEALED = named(`/* ledger.rollUp.healed */
with seen as materialized (
  select t.bucket, t.wallet, t.seq, t.programme_id, t.cycle_id, t.kind, t.recorded_at, t.written_at
    from trial_finding f join journal_transaction t using (bucket, wallet, seq)
   where f.programme_id = $1 and f.what = 'CLAIM'
), ${FRESH}, ${OWED}, ${ADD_LINES}, ${FUNDS}, forgotten as (
  delete from trial_finding t using fresh f
   where t.what = 'CLAIM' and t.bucket = f.bucket and t.wallet = f.wallet and t.seq = f.seq
)
select wallet, seq from wrong order by wallet, seq limit 20`);

/**
 * Rolls up what a pass passed over because its claims did not follow from its points, and now do.
 *
 * @returns what still does not, at most twenty
 */
export async function rollUpHealed(tx: Tx, programmeUuid: string): Promise<{ wallet: string; seq: string }[]> {
  await CLAIMS_ROLLED_UP.lock(tx);
  return (await tx.query(HEALED, [programmeUuid])) as { wallet: string; seq: string }[];
}

const ADD_OUTCOME = named(`/* ledger.resolveDispute.addLine */
with owed as materialized (
  select y.id as cycle_id, p.debtor_id, p.creditor_id, l.bucket, l.wallet, l.seq, l.claim_n as n, l.kind, d.owed_micros as micros,
         l.lot_seq, 0::bigint as points, c.contract_version, d.id as dispute_id, ${REMAINDER('d.owed_micros')} as remainder,
         1::bigint as place
    from dispute d
    join claim_line l on l.cycle_id = d.cycle_id and l.pair = d.pair and l.n = d.n
    join claim_pair p on p.cycle_id = d.cycle_id and p.pair = d.pair
    join claim c on c.bucket = l.bucket and c.wallet = l.wallet and c.seq = l.seq and c.n = l.claim_n
    join settlement_cycle y on y.id = $2
   where d.id = $1 and d.owed_micros <> 0
), ${ADD_LINES}
select count(*) from owed`);

/** Makes what a dispute left owed a line of an open cycle; none for nothing. */
export async function addOutcomeLine(tx: Tx, disputeUuid: string, cycleUuid: string): Promise<void> {
  await CLAIMS_ROLLED_UP.lock(tx);
  await tx.query(ADD_OUTCOME, [disputeUuid, cycleUuid]);
}

const LATEST = sql`/* ledger.cutOff.latestRecorded */
select greatest(
  (select latest_recorded_at from cycle_activity where cycle_id = $1),
  (select max(t.recorded_at)
     from journal_transaction t
    where t.cycle_id = $1 and (t.xid::text)::bigint >= $2::bigint
      and not pg_visible_in_snapshot(t.xid, $3::pg_snapshot))) as latest`;
const SEEN = sql`/* ledger.cutOff.rolledUpTo */
select b.seen::text as seen, pg_snapshot_xmin(b.seen)::text as from_xid
  from (select case when s.system_id = c.system_identifier::text then s.snapshot else '1:1:'::pg_snapshot end as seen
          from roll_up_state s, pg_control_system() c) b`;

/** When a cycle's last posting was recorded, by what is rolled up and what is not yet; null when it has none. */
export async function latestRecordedAt(tx: Tx, cycleUuid: string): Promise<Date | null> {
  const [state] = (await tx.query(SEEN)) as { seen: string; from_xid: string }[];
  const rows = (await tx.query(LATEST, [cycleUuid, state?.from_xid ?? '1', state?.seen ?? '1:1:'])) as {
    latest: Date | null;
  }[];
  return rows[0]?.latest ?? null;
}
