import type { Pool } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import { idFromUuid, uuidOf, type ProgrammeId } from '../../../../kernel/values/id';
import type { Month, VintageFlow } from '../../core/reports/vintage';
import type { Party } from '../../core/settlement/directional-total';

// Reads the whole journal of a programme, so it must hash and not look up. Joined on the bucket as well, which follows from the wallet,
// a thousandth of the rows is expected, and a quarter of a million rows are looked up one by one: twice the time.
const LOAD_FLOWS = sql`/* ledger.vintageFlows.load */
select l.issuer_id, to_char(l.earned_at at time zone $2, 'YYYY-MM') as vintage, to_char(t.recorded_at at time zone $2, 'YYYY-MM') as month,
       coalesce(sum(e.amount) filter (where e.debit_kind = 'ISSUED'), 0)::text as issued,
       coalesce(sum(case when e.debit_kind in ('REDEEMED', 'ARREARS') then -e.amount else e.amount end)
         filter (where e.credit_kind in ('REDEEMED', 'ARREARS') or e.debit_kind in ('REDEEMED', 'ARREARS')), 0)::text as redeemed,
       coalesce(sum(e.amount) filter (where e.credit_kind = 'CLAWED_BACK'), 0)::text as clawed_back,
       coalesce(sum(case when e.debit_kind = 'EXPIRED' then -e.amount else e.amount end)
         filter (where e.credit_kind = 'EXPIRED' or e.debit_kind = 'EXPIRED'), 0)::text as expired,
       coalesce(sum(case when e.debit_kind = 'ISSUED' then e.amount else -e.amount end * m.reserve_micros)
         filter (where e.debit_kind = 'ISSUED' or e.credit_kind = 'CLAWED_BACK'), 0)::text as allocated
  from journal_transaction t
  join entry e on e.wallet = t.wallet and e.seq = t.seq
  join lot l on l.wallet = e.wallet and l.lot_seq = e.lot_seq
  join lot_terms m on m.id = l.terms_id
 where t.programme_id = $1 and t.recorded_at < $3 and ($4::uuid is null or l.issuer_id = $4)
   and (e.debit_kind in ('ISSUED', 'REDEEMED', 'EXPIRED') or e.credit_kind in ('REDEEMED', 'EXPIRED', 'ARREARS', 'CLAWED_BACK'))
 group by 1, 2, 3
 order by 1 nulls first, 2, 3`;

/** Whose points, and what was recorded before an instant. */
export interface VintageScope {
  readonly programmeId: ProgrammeId;
  readonly timeZone: string;
  readonly before: Date;
  /** All issuers when null. */
  readonly issuerId: Party;
}

const partyFrom = (uuid: string | null): Party => (uuid === null ? null : idFromUuid('ptr', uuid));
const valuesOf = ({ programmeId, timeZone, before, issuerId }: VintageScope) => [
  ...[uuidOf(programmeId), timeZone, before, issuerId === null ? null : uuidOf(issuerId)],
];

/** What happened to points, by issuer, month of earning and month of recording: as many rows as those are, however long the book. */
export async function loadVintageFlows(pool: Pool, scope: VintageScope): Promise<VintageFlow[]> {
  const { rows } = await pool.query<Record<string, string> & { issuer_id: string | null }>(LOAD_FLOWS, valuesOf(scope));
  return rows.map((row) => ({
    issuerId: partyFrom(row.issuer_id),
    vintage: row.vintage ?? '',
    month: row.month ?? '',
    issued: BigInt(row.issued ?? 0),
    redeemed: BigInt(row.redeemed ?? 0),
    clawedBack: BigInt(row.clawed_back ?? 0),
    expired: BigInt(row.expired ?? 0),
    allocatedMicros: BigInt(row.allocated ?? 0),
  }));
}

const LOAD_MEMBERS = sql`/* ledger.vintageMembers.load */
select l.issuer_id, to_char(l.earned_at at time zone $2, 'YYYY-MM') as vintage, count(distinct l.wallet)::text as members
  from lot l join journal_transaction t on t.wallet = l.wallet and t.seq = l.seq
 where t.programme_id = $1 and t.recorded_at < $3 and ($4::uuid is null or l.issuer_id = $4)
 group by grouping sets ((1, 2), (1))`;

/** How many members hold or held points of an issuer, by month of earning; of all months together under a null. */
export interface VintageMembers {
  readonly issuerId: Party;
  readonly vintage: Month | null;
  readonly members: bigint;
}

export async function loadVintageMembers(pool: Pool, scope: VintageScope): Promise<VintageMembers[]> {
  const { rows } = await pool.query<{ issuer_id: string | null; vintage: string | null; members: string }>(
    LOAD_MEMBERS,
    valuesOf(scope),
  );
  return rows.map(({ issuer_id, vintage, members }) => ({
    issuerId: partyFrom(issuer_id),
    vintage,
    members: BigInt(members),
  }));
}
