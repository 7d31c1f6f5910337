import type { Pool } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import type { Tx } from '../../../../kernel/db/transaction';
import { idFromUuid, uuidOf, type Id, type ProgrammeId } from '../../../../kernel/values/id';
import type { Bill, PairSums } from '../../core/settlement/billing';
import type { Party } from '../../core/settlement/directional-total';
import { uuidOrNull } from '../points/journal-rows';
import { arrayText } from '../points/wallet-request';

export const partyFrom = (uuid: string | null): Party => (uuid === null ? null : idFromUuid('ptr', uuid));
const cycleUuid = (id: string): string => uuidOf(id as Id<'cyc'>);

/** What a pair of a cycle is billed by. */
export interface PairToBill extends PairSums {
  readonly pair: number;
  readonly debtorId: Party;
  readonly creditorId: Party;
  /** Lines that bill something: those in suspense do not. */
  readonly lines: number;
  /** Lines in suspense. */
  readonly disputedLines: number;
  readonly suspenseMicros: bigint;
}

// Nobody is the operator: compared as a value, so that pairs are found by hashing and not one by one.
const ADD_CARRIED_PAIRS = sql`/* ledger.draft.addCarriedPairs */
with carried as (
  select c.id as cycle_id, d.pair, d.debtor_id, d.creditor_id
    from directional_total d
    join settlement_cycle before on before.id = d.cycle_id
    join settlement_cycle c on c.programme_id = before.programme_id and c.number = before.number + 1
   where c.id = $1 and d.carry_micros <> 0
)
insert into claim_pair as p (cycle_id, pair, debtor_id, creditor_id, lines, micros, remainders)
select n.cycle_id, coalesce((select max(pair) from claim_pair where cycle_id = $1), -1) + row_number() over (order by n.pair),
       n.debtor_id, n.creditor_id, 0, 0, 0
  from carried n
 where (coalesce(n.debtor_id, '00000000-0000-0000-0000-000000000000'), coalesce(n.creditor_id, '00000000-0000-0000-0000-000000000000'))
       not in (select coalesce(x.debtor_id, '00000000-0000-0000-0000-000000000000'),
                      coalesce(x.creditor_id, '00000000-0000-0000-0000-000000000000')
                 from claim_pair x where x.cycle_id = $1)`;
const LOAD_PAIRS = sql`/* ledger.draft.loadPairs */
with carried as materialized (
  select coalesce(d.debtor_id, '00000000-0000-0000-0000-000000000000') as debtor,
         coalesce(d.creditor_id, '00000000-0000-0000-0000-000000000000') as creditor, d.carry_micros
    from settlement_cycle y
    join settlement_cycle before on before.programme_id = y.programme_id and before.number = y.number - 1
    join directional_total d on d.cycle_id = before.id
   where y.id = $1 and d.carry_micros <> 0
)
select p.pair, p.debtor_id, p.creditor_id, p.lines - coalesce(s.lines, 0) as lines, coalesce(s.lines, 0) as disputed_lines,
       p.micros - coalesce(s.micros, 0) as micros, p.remainders - coalesce(s.remainders, 0) as remainders,
       coalesce(s.micros, 0) as suspense_micros, coalesce(d.carry_micros, 0) as carry_in_micros
  from claim_pair p
  left join carried d on d.debtor = coalesce(p.debtor_id, '00000000-0000-0000-0000-000000000000')
                     and d.creditor = coalesce(p.creditor_id, '00000000-0000-0000-0000-000000000000')
  left join (select pair, count(*)::integer as lines, sum(micros) as micros, sum(remainder) as remainders
               from dispute where cycle_id = $1 group by pair) s on s.pair = p.pair
 where p.cycle_id = $1 and ($2::smallint is null or p.pair = $2)
 order by p.debtor_id nulls last, p.creditor_id nulls last`;

/** Every pair of a cycle with a line or a carry, or one of them; sums are without what is in suspense. */
export async function loadPairsToBill(tx: Tx, cycleId: string, only: number | null = null): Promise<PairToBill[]> {
  if (only === null) await tx.query(ADD_CARRIED_PAIRS, [cycleUuid(cycleId)]);
  const rows = (await tx.query(LOAD_PAIRS, [cycleUuid(cycleId), only])) as Record<string, string | number | null>[];
  return rows.map((row) => ({
    pair: Number(row.pair),
    debtorId: partyFrom(row.debtor_id as string | null),
    creditorId: partyFrom(row.creditor_id as string | null),
    lines: Number(row.lines),
    disputedLines: Number(row.disputed_lines),
    exactMicros: BigInt(row.micros as string),
    remainders: BigInt(row.remainders as string),
    carryInMicros: BigInt(row.carry_in_micros as string),
    suspenseMicros: BigInt(row.suspense_micros as string),
  }));
}

/** A pair with its bill. */
export interface BilledPair extends PairToBill {
  readonly bill: Bill;
}

// The cut of a pair: where, going down its remainders, as many lines are passed as are raised. Down its key, and no further than that.
const SAVE_TOTALS = sql`/* ledger.draft.saveTotals */
with billed as (
  select r.*
    from unnest($2::smallint[], $3::uuid[], $4::uuid[], $5::integer[], $6::integer[], $7::bigint[], $8::bigint[], $9::bigint[],
                $10::bigint[], $11::bigint[], $12::integer[])
      as r(pair, debtor_id, creditor_id, lines, disputed, exact_micros, suspense_micros, carry_in_micros, billed_minor, carry_micros,
           raised)
)
insert into directional_total as t (cycle_id, pair, debtor_id, creditor_id, lines, exact_micros, suspense_micros, carry_in_micros,
  billed_minor, carry_micros, cut_remainder, cut_tie)
select $1, b.pair, b.debtor_id, b.creditor_id, b.lines, b.exact_micros, b.suspense_micros, b.carry_in_micros, b.billed_minor,
       b.carry_micros, c.remainder, coalesce(c.tie, 0)
  from billed b
  left join lateral (
    select x.remainder, b.raised - (x.reached - x.lines) as tie
      from (select r.remainder, r.lines, sum(r.lines) over (order by r.remainder desc) as reached
              from (select r.remainder,
                           case when b.disputed = 0 then r.lines
                                else r.lines - (select count(*)::integer from dispute d
                                                 where d.cycle_id = $1 and d.pair = r.pair and d.remainder = r.remainder)
                            end as lines
                      from claim_remainder r where r.cycle_id = $1 and r.pair = b.pair) r) x
     where x.reached >= b.raised order by x.remainder desc limit 1
  ) c on b.raised > 0
on conflict (cycle_id, pair) do update
  set lines = excluded.lines, exact_micros = excluded.exact_micros, suspense_micros = excluded.suspense_micros,
      billed_minor = excluded.billed_minor, carry_micros = excluded.carry_micros, cut_remainder = excluded.cut_remainder,
      cut_tie = excluded.cut_tie`;

/** Writes totals of a cycle, or writes them anew. */
export async function saveTotals(tx: Tx, cycleId: string, pairs: readonly BilledPair[]): Promise<void> {
  const all = (cell: (pair: BilledPair) => string | number | bigint | null) =>
    arrayText(pairs.map((pair) => cell(pair)?.toString() ?? 'NULL'));
  await tx.query(SAVE_TOTALS, [
    cycleUuid(cycleId),
    all(({ pair }) => pair),
    all(({ debtorId }) => uuidOrNull(debtorId)),
    all(({ creditorId }) => uuidOrNull(creditorId)),
    all(({ lines }) => lines),
    all(({ disputedLines }) => disputedLines),
    all(({ exactMicros }) => exactMicros),
    all(({ suspenseMicros }) => suspenseMicros),
    all(({ carryInMicros }) => carryInMicros),
    all(({ bill }) => bill.billedMinor),
    all(({ bill }) => bill.carryMicros),
    all(({ bill }) => bill.raisedLines),
  ]);
}

const LOAD_CUT = sql`/* ledger.disputeLine.loadCut */
select cut_remainder, cut_tie from directional_total where cycle_id = $1 and pair = $2 and cut_remainder is not null`;

/** Where the raised lines of a pair end; null when none is raised. */
export async function loadCut(
  tx: Tx,
  cycleId: string,
  pair: number,
): Promise<{ remainder: bigint; tie: bigint } | null> {
  const [row] = (await tx.query(LOAD_CUT, [cycleUuid(cycleId), pair])) as { cut_remainder: number; cut_tie: number }[];
  return row === undefined ? null : { remainder: BigInt(row.cut_remainder), tie: BigInt(row.cut_tie) };
}

const MOVE_CUT = sql`/* ledger.disputeLine.moveCut */
update directional_total set cut_tie = $3 where cycle_id = $1 and pair = $2`;

export async function moveCut(tx: Tx, cycleId: string, pair: number, tie: bigint): Promise<void> {
  await tx.query(MOVE_CUT, [cycleUuid(cycleId), pair, tie.toString()]);
}

/** A total as it stands on a statement. */
export interface StoredTotal {
  readonly cycleId: string;
  readonly pair: number;
  readonly debtorId: Party;
  readonly creditorId: Party;
  /** Without what is in suspense. */
  readonly exactMicros: bigint;
  readonly suspenseMicros: bigint;
  readonly carryInMicros: bigint;
  readonly billedMinor: bigint;
  readonly carryMicros: bigint;
  readonly currency: string;
}

const LOAD_TOTALS = sql`/* ledger.settlementCycle.loadTotals */
select d.cycle_id, d.pair, d.debtor_id, d.creditor_id, d.exact_micros, d.suspense_micros, d.carry_in_micros, d.billed_minor,
       d.carry_micros, c.currency
  from directional_total d join settlement_cycle c on c.id = d.cycle_id
 where c.programme_id = $1 and d.cycle_id = any($2::uuid[])
 order by d.cycle_id, d.debtor_id nulls last, d.creditor_id nulls last`;

/** Totals of a programme's cycles, by debtor and creditor, the operator last; empty before DRAFT. */
export async function loadTotals(
  run: (text: string, values: unknown[]) => Promise<unknown>,
  programmeId: ProgrammeId,
  cycleIds: readonly string[],
): Promise<StoredTotal[]> {
  const rows = (await run(LOAD_TOTALS, [uuidOf(programmeId), cycleIds.map(cycleUuid)])) as Record<
    string,
    string | number | null
  >[];
  return rows.map((row) => ({
    cycleId: idFromUuid('cyc', String(row.cycle_id)),
    pair: Number(row.pair),
    debtorId: partyFrom(row.debtor_id as string | null),
    creditorId: partyFrom(row.creditor_id as string | null),
    exactMicros: BigInt(row.exact_micros as string),
    suspenseMicros: BigInt(row.suspense_micros as string),
    carryInMicros: BigInt(row.carry_in_micros as string),
    billedMinor: BigInt(row.billed_minor as string),
    carryMicros: BigInt(row.carry_micros as string),
    currency: String(row.currency),
  }));
}

const HASH_FIGURES = sql`/* ledger.settlementStep.hashFigures */
select encode(sha256(convert_to(
  (select coalesce(string_agg(t::text, E'\\n' order by t.pair), '')
     from (select pair, debtor_id, creditor_id, exact_micros, suspense_micros, carry_in_micros, billed_minor, carry_micros
             from directional_total where cycle_id = $1) t)
  || E'\\n\\n' ||
  (select coalesce(string_agg(n::text, E'\\n' order by n.party_id nulls last), '')
     from (select party_id, net_minor, carry_in_minor, pay_minor, pay_currency, pay_amount_minor, rate, fx_difference_micros
             from net_position where cycle_id = $1) n), 'UTF8')), 'hex') as hash`;

/** A hash of every total and net of a cycle: made where they are, because there are thousands and tills wait for this process. */
export async function hashFigures(tx: Tx, cycleId: string): Promise<string> {
  const [row] = (await tx.query(HASH_FIGURES, [cycleUuid(cycleId)])) as { hash: string }[];
  return row?.hash ?? '';
}

/** One line of a statement. */
export interface StoredLine {
  readonly cycleId: string;
  readonly pair: number;
  readonly n: number;
  readonly kind: string;
  readonly micros: bigint;
  /** Its share of what is billed; nothing while it is in suspense. */
  readonly billedMinor: bigint;
  readonly currency: string;
  readonly wallet: string;
  readonly seq: bigint;
  readonly lotSeq: bigint;
  readonly isDisputed: boolean;
  /** The dispute of an earlier cycle whose outcome this line is. */
  readonly disputeId: Id<'dsp'> | null;
  /** The month its event happened in, by the programme's calendar, if that was before this cycle opened: it came late. */
  readonly originalPeriod: string | null;
}

const LOAD_LINES = sql`/* ledger.directionalTotal.loadLines */
select l.pair, l.n, l.kind, l.micros, l.billed_minor, l.wallet, l.seq, l.lot_seq, l.is_disputed, l.dispute_id,
       case when t.occurred_at < c.opens_at
            then to_char(t.occurred_at at time zone (b.book #>> '{programme,timeZone}'), 'YYYY-MM') end as original_period
  from (select * from statement_line where cycle_id = $2 and pair = $3 and n > $4 order by n limit $5) l
  join settlement_cycle c on c.id = l.cycle_id
  join rule_book b on b.programme_id = c.programme_id
  join journal_transaction t on t.bucket = l.bucket and t.wallet = l.wallet and t.seq = l.seq
 where c.programme_id = $1
 order by l.n`;

/** A page of the lines behind one total. */
export async function loadLines(
  pool: Pool,
  programmeId: ProgrammeId,
  { total, afterN, limit }: { total: StoredTotal; afterN: number; limit: number },
): Promise<StoredLine[]> {
  const { rows } = await pool.query<Record<string, string> & { is_disputed: boolean; original_period: string | null }>(
    LOAD_LINES,
    [uuidOf(programmeId), cycleUuid(total.cycleId), total.pair, afterN, limit],
  );
  return rows.map((row) => ({
    cycleId: total.cycleId,
    pair: total.pair,
    n: Number(row.n),
    kind: row.kind ?? '',
    micros: BigInt(row.micros ?? 0),
    billedMinor: BigInt(row.billed_minor ?? 0),
    currency: total.currency,
    wallet: row.wallet ?? '',
    seq: BigInt(row.seq ?? 0),
    lotSeq: BigInt(row.lot_seq ?? 0),
    isDisputed: row.is_disputed,
    disputeId: row.dispute_id == null ? null : idFromUuid('dsp', row.dispute_id),
    originalPeriod: row.original_period,
  }));
}
