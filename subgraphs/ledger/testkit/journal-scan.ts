import type { Pool } from 'pg';
import { uuidOf, type ProgrammeId } from '../../../kernel/values/id';

const FLOWS = `/* ledger.journalScan.flows */
select l.issuer_id, to_char(l.earned_at at time zone $2, 'YYYY-MM') as vintage, to_char(t.recorded_at at time zone $2, 'YYYY-MM') as month,
       coalesce(sum(e.amount) filter (where e.debit_kind = 'ISSUED'), 0)::text as issued,
       coalesce(sum(case when e.debit_kind in ('REDEEMED', 'ARREARS') then -e.amount else e.amount end)
         filter (where e.credit_kind in ('REDEEMED', 'ARREARS') or e.debit_kind in ('REDEEMED', 'ARREARS')), 0)::text as redeemed,
       coalesce(sum(e.amount) filter (where e.credit_kind = 'CLAWED_BACK'), 0)::text as clawed_back,
       coalesce(sum(case when e.debit_kind = 'EXPIRED' then -e.amount else e.amount end)
         filter (where e.credit_kind = 'EXPIRED' or e.debit_kind = 'EXPIRED'), 0)::text as expired,
       coalesce(sum(case when e.debit_kind = 'ISSUED' then e.amount else -e.amount end * m.reserve_micros)
         filter (where e.debit_kind = 'ISSUED' or e.credit_kind = 'CLAWED_BACK'), 0)::text as allocated_micros
  from journal_transaction t
  join entry e on e.wallet = t.wallet and e.seq = t.seq
  join lot l on l.wallet = e.wallet and l.lot_seq = e.lot_seq
  join lot_terms m on m.id = l.terms_id
 where t.programme_id = $1 and t.recorded_at < $3
   and (e.debit_kind in ('ISSUED', 'REDEEMED', 'EXPIRED') or e.credit_kind in ('REDEEMED', 'EXPIRED', 'ARREARS', 'CLAWED_BACK'))
 group by 1, 2, 3
 order by 1 nulls first, 2, 3`;
const MEMBERS = `/* ledger.journalScan.members */
select l.issuer_id, to_char(l.earned_at at time zone $2, 'YYYY-MM') as vintage, count(distinct l.wallet)::text as members
  from lot l join journal_transaction t on t.wallet = l.wallet and t.seq = l.seq
 where t.programme_id = $1 and t.recorded_at < $3
 group by grouping sets ((1, 2), (1))
 order by 1 nulls first, 2 nulls first`;

/** Rows as PostgreSQL answers them. */
export type ScannedRow = Readonly<Record<string, string | null>>;

/**
 * What happened to points by issuer, month of earning and month of recording, and how many members each issuer and vintage has, by
 * reading the whole journal up to an instant: what reports must agree with, at the price they must not have.
 */
export async function scanJournal(
  pool: Pool,
  { programmeId, timeZone, before }: { programmeId: ProgrammeId; timeZone: string; before: Date },
): Promise<{ flows: ScannedRow[]; members: ScannedRow[] }> {
  const values = [uuidOf(programmeId), timeZone, before];
  const [flows, members] = await Promise.all([
    pool.query<ScannedRow>(FLOWS, values),
    pool.query<ScannedRow>(MEMBERS, values),
  ]);
  return { flows: flows.rows, members: members.rows };
}
