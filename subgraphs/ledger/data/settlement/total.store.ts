import type { Pool } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import type { Tx } from '../../../../kernel/db/transaction';
import { idFromUuid, uuidOf, type Id, type PartnerId, type ProgrammeId } from '../../../../kernel/values/id';
import type { DirectionalTotal, Party } from '../../core/settlement/directional-total';
import type { NetPosition } from '../../core/settlement/netting';
import { uuidOrNull } from '../points/journal-rows';

/** One claim of a cycle, with its place in the journal. */
export interface CycleClaim {
  readonly debtorId: Party;
  readonly creditorId: Party;
  readonly kind: string;
  readonly micros: bigint;
  readonly bucket: number;
  readonly wallet: string;
  readonly seq: string;
  readonly n: number;
  readonly lotSeq: string;
}

const partyFrom = (uuid: string | null): Party => (uuid === null ? null : idFromUuid('ptr', uuid));

const LOAD_CLAIMS = sql`/* ledger.draft.loadClaims */
select c.debtor_id, c.creditor_id, c.kind, c.micros, c.bucket, c.wallet, c.seq, c.n, c.lot_seq
  from claim c
  join journal_transaction t on t.bucket = c.bucket and t.wallet = c.wallet and t.seq = c.seq
 where c.cycle_id = $1
 order by c.debtor_id nulls last, c.creditor_id nulls last, t.recorded_at, c.bucket, c.wallet, c.seq, c.n`;

/** All claims of a cycle, pair by pair, each pair in posting order. */
export async function loadCycleClaims(tx: Tx, cycleId: string): Promise<CycleClaim[]> {
  const rows = (await tx.query(LOAD_CLAIMS, [uuidOf(cycleId as Id<'cyc'>)])) as {
    debtor_id: string | null;
    creditor_id: string | null;
    kind: string;
    micros: string;
    bucket: number;
    wallet: string;
    seq: string;
    n: number;
    lot_seq: string;
  }[];
  return rows.map(({ debtor_id, creditor_id, micros, lot_seq, ...row }) => ({
    ...row,
    debtorId: partyFrom(debtor_id),
    creditorId: partyFrom(creditor_id),
    micros: BigInt(micros),
    lotSeq: lot_seq,
  }));
}

const LOAD_CARRIES = sql`/* ledger.draft.loadCarries */
select d.debtor_id, d.creditor_id, d.carry_micros
  from directional_total d
  join settlement_cycle p on p.id = d.cycle_id
  join settlement_cycle c on c.programme_id = p.programme_id and c.number = p.number + 1
 where c.id = $1 and d.carry_micros <> 0
 order by d.pair`;

/** What rounding left over in the cycle before. */
export async function loadCarriesInto(
  tx: Tx,
  cycleId: string,
): Promise<{ debtorId: Party; creditorId: Party; carryMicros: bigint }[]> {
  const rows = (await tx.query(LOAD_CARRIES, [uuidOf(cycleId as Id<'cyc'>)])) as {
    debtor_id: string | null;
    creditor_id: string | null;
    carry_micros: string;
  }[];
  return rows.map((row) => ({
    debtorId: partyFrom(row.debtor_id),
    creditorId: partyFrom(row.creditor_id),
    carryMicros: BigInt(row.carry_micros),
  }));
}

/** One pair of a cycle, drawn up. */
export interface PairStatement {
  readonly pair: number;
  readonly debtorId: Party;
  readonly creditorId: Party;
  readonly total: DirectionalTotal;
  readonly claims: readonly CycleClaim[];
}

const SAVE_TOTALS = sql`/* ledger.draft.saveTotals */
insert into directional_total (cycle_id, pair, debtor_id, creditor_id, exact_micros, carry_in_micros, billed_minor, carry_micros)
select $1, pair, debtor_id, creditor_id, exact_micros, carry_in_micros, billed_minor, carry_micros
  from json_to_recordset($2::json) as r(pair smallint, debtor_id uuid, creditor_id uuid, exact_micros bigint,
       carry_in_micros bigint, billed_minor bigint, carry_micros bigint)`;
const SAVE_LINES = sql`/* ledger.draft.saveLines */
insert into statement_line (cycle_id, pair, n, bucket, wallet, seq, claim_n, kind, micros, billed_minor, lot_seq)
select $1, pair, n, bucket, wallet, seq, claim_n, kind, micros, billed_minor, lot_seq
  from json_to_recordset($2::json) as r(pair smallint, n integer, bucket smallint, wallet uuid, seq bigint, claim_n smallint,
       kind text, micros bigint, billed_minor bigint, lot_seq bigint)`;
const LINES_AT_ONCE = 5_000;

/** Writes the totals of a cycle and the lines behind them. */
export async function saveStatements(tx: Tx, cycleId: string, statements: readonly PairStatement[]): Promise<void> {
  const cycle = uuidOf(cycleId as Id<'cyc'>);
  const totals = statements.map(({ pair, debtorId, creditorId, total }) => ({
    pair,
    debtor_id: uuidOrNull(debtorId),
    creditor_id: uuidOrNull(creditorId),
    exact_micros: `${total.exactMicros}`,
    carry_in_micros: `${total.carryInMicros}`,
    billed_minor: `${total.billedMinor}`,
    carry_micros: `${total.carryMicros}`,
  }));
  await tx.query(SAVE_TOTALS, [cycle, JSON.stringify(totals)]);
  const lines = statements.flatMap(({ pair, claims, total }) =>
    claims.map(({ bucket, wallet, seq, n, kind, micros, lotSeq }, index) => ({
      ...{ pair, n: index + 1, bucket, wallet, seq, claim_n: n, kind, micros: `${micros}`, lot_seq: lotSeq },
      billed_minor: `${total.lineMinors[index] ?? 0n}`,
    })),
  );
  for (let from = 0; from < lines.length; from += LINES_AT_ONCE) {
    await tx.query(SAVE_LINES, [cycle, JSON.stringify(lines.slice(from, from + LINES_AT_ONCE))]);
  }
}

/** A total as it stands on a statement. */
export interface StoredTotal {
  readonly cycleId: string;
  readonly pair: number;
  readonly debtorId: Party;
  readonly creditorId: Party;
  readonly exactMicros: bigint;
  readonly carryInMicros: bigint;
  readonly billedMinor: bigint;
  readonly carryMicros: bigint;
  readonly currency: string;
}

const LOAD_TOTALS = sql`/* ledger.settlementCycle.loadTotals */
select d.cycle_id, d.pair, d.debtor_id, d.creditor_id, d.exact_micros, d.carry_in_micros, d.billed_minor, d.carry_micros, c.currency
  from directional_total d join settlement_cycle c on c.id = d.cycle_id
 where c.programme_id = $1 and d.cycle_id = any($2::uuid[]) order by d.cycle_id, d.pair`;

/** Totals of a programme's cycles, by pair; empty before DRAFT. */
export async function loadTotals(
  run: (text: string, values: unknown[]) => Promise<unknown>,
  programmeId: ProgrammeId,
  cycleIds: readonly string[],
): Promise<StoredTotal[]> {
  const cycles = cycleIds.map((id) => uuidOf(id as Id<'cyc'>));
  const rows = (await run(LOAD_TOTALS, [uuidOf(programmeId), cycles])) as Record<string, string | number | null>[];
  return rows.map((row) => ({
    cycleId: idFromUuid('cyc', String(row.cycle_id)),
    pair: Number(row.pair),
    debtorId: partyFrom(row.debtor_id as string | null),
    creditorId: partyFrom(row.creditor_id as string | null),
    exactMicros: BigInt(row.exact_micros as string),
    carryInMicros: BigInt(row.carry_in_micros as string),
    billedMinor: BigInt(row.billed_minor as string),
    carryMicros: BigInt(row.carry_micros as string),
    currency: String(row.currency),
  }));
}

/** One line of a statement. */
export interface StoredLine {
  readonly cycleId: string;
  readonly pair: number;
  readonly n: number;
  readonly kind: string;
  readonly micros: bigint;
  readonly billedMinor: bigint;
  readonly currency: string;
  readonly wallet: string;
  readonly seq: bigint;
  readonly lotSeq: bigint;
}

const LOAD_LINES = sql`/* ledger.directionalTotal.loadLines */
select l.pair, l.n, l.kind, l.micros, l.billed_minor, l.wallet, l.seq, l.lot_seq
  from statement_line l join settlement_cycle c on c.id = l.cycle_id
 where c.programme_id = $1 and l.cycle_id = $2 and l.pair = $3 and l.n > $4
 order by l.n limit $5`;

/** A page of the lines behind one total. */
export async function loadLines(
  pool: Pool,
  programmeId: ProgrammeId,
  { total, afterN, limit }: { total: StoredTotal; afterN: number; limit: number },
): Promise<StoredLine[]> {
  const { rows } = await pool.query<Record<string, string>>(LOAD_LINES, [
    uuidOf(programmeId),
    uuidOf(total.cycleId as Id<'cyc'>),
    total.pair,
    afterN,
    limit,
  ]);
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
  }));
}

const SAVE_NETS = sql`/* ledger.net.save */
insert into net_position (cycle_id, party_id, net_minor)
select $1, party_id, net_minor from json_to_recordset($2::json) as r(party_id uuid, net_minor bigint)`;

export async function saveNets(tx: Tx, cycleId: string, nets: readonly NetPosition[]): Promise<void> {
  const rows = nets.map(({ partyId, netMinor }) => ({ party_id: uuidOrNull(partyId), net_minor: `${netMinor}` }));
  await tx.query(SAVE_NETS, [uuidOf(cycleId as Id<'cyc'>), JSON.stringify(rows)]);
}

const LOAD_NETS = sql`/* ledger.settlementCycle.loadNets */
select n.cycle_id, n.party_id, n.net_minor
  from net_position n join settlement_cycle c on c.id = n.cycle_id
 where c.programme_id = $1 and n.cycle_id = any($2::uuid[]) order by n.cycle_id, n.party_id nulls last`;

/** A net position and its cycle. */
export interface StoredNet extends NetPosition {
  readonly cycleId: string;
}

/** Net positions of a programme's cycles; empty before NETTED. */
export async function loadNets(
  pool: Pool,
  programmeId: ProgrammeId,
  cycleIds: readonly string[],
): Promise<StoredNet[]> {
  const { rows } = await pool.query<{ cycle_id: string; party_id: string | null; net_minor: string }>(LOAD_NETS, [
    uuidOf(programmeId),
    cycleIds.map((id) => uuidOf(id as Id<'cyc'>)),
  ]);
  return rows.map((row) => ({
    cycleId: idFromUuid('cyc', row.cycle_id),
    partyId: partyFrom(row.party_id),
    netMinor: BigInt(row.net_minor),
  }));
}

const TRIAL_BALANCES = sql`/* ledger.draft.trialBalances */
select w.wallet from wallet w
  left join (select bucket, wallet, sum(remaining) as remaining from open_lot where programme_id = $1 group by bucket, wallet) o
    on o.bucket = w.bucket and o.wallet = w.wallet
 where w.programme_id = $1 and w.available <> coalesce(o.remaining, 0)
 limit 20`;
// What a redeemer is owed for points of a lot is their price, less the part it would owe itself: its own share of a lot paid
// for at redemption, and what is not prefunded of its own hybrid lot. Each part is rounded by less than a micro-unit.
const TRIAL_CLAIMS = sql`/* ledger.draft.trialClaims */
select s.wallet, s.seq, s.n
  from (
    select e.bucket, e.wallet, e.seq, e.n, e.credit_owner, e.amount,
           case m.settlement_model
             when 'AT_REDEMPTION' then coalesce(f.bps, 0)
             when 'HYBRID' then case when l.issuer_id = e.credit_owner then 10000 - m.prefund_bps else 0 end
             else 0
           end as own_bps
      from journal_transaction t
      join entry e on e.bucket = t.bucket and e.wallet = t.wallet and e.seq = t.seq and e.credit_kind = 'REDEEMED'
      join lot l on l.bucket = e.bucket and l.wallet = e.wallet and l.lot_seq = e.lot_seq
      join lot_terms m on m.id = l.terms_id
      left join (
        select id, (share ->> 'party')::uuid as party_id, (share ->> 'bps')::integer as bps
          from lot_terms cross join lateral jsonb_array_elements(funding) as share
      ) f on f.id = l.terms_id and f.party_id = e.credit_owner
     where t.cycle_id = $1
  ) s
  left join (
    select bucket, wallet, seq, entry_n, creditor_id, sum(micros) as micros,
           min(contract_version) as version, max(contract_version) as other_version
      from claim where cycle_id = $1 and kind = 'REDEMPTION'
     group by bucket, wallet, seq, entry_n, creditor_id
  ) c on c.bucket = s.bucket and c.wallet = s.wallet and c.seq = s.seq and c.entry_n = s.n and c.creditor_id = s.credit_owner
  left join unnest($2::uuid[], $3::integer[], $4::bigint[]) as p(partner_id, version, micros)
    on p.partner_id = c.creditor_id and p.version = c.version
 where case
         when s.own_bps = 10000 then c.micros is not null
         when c.micros is null then s.credit_owner <> all ($5::uuid[])
         else c.version <> c.other_version or p.micros is null
              or abs(c.micros * 10000 - s.amount * p.micros * (10000 - s.own_bps)) >= 10000
       end
 limit 20`;

/** What a version of a partner's contract pays for a point. */
export interface AgreedPrice {
  readonly partnerId: PartnerId;
  readonly version: number;
  readonly reimbursementMicros: bigint;
}

const REFRESH_STATISTICS = sql`/* ledger.draft.refreshStatistics */
analyze wallet, journal_transaction, entry, lot, lot_terms, open_lot, claim, purchase`;

/** Rows that keep a cycle from being closed: balances that are not their lots, redemptions that are not their claims. */
export async function trialCheck(
  tx: Tx,
  at: { programme: string; cycleId: string; prices: readonly AgreedPrice[] },
): Promise<{ balances: number; claims: number }> {
  // A young book was planned for as if it were empty; the joins of a close need to know its size.
  await tx.query(REFRESH_STATISTICS);
  const balances = (await tx.query(TRIAL_BALANCES, [at.programme])) as unknown[];
  const claims = (await tx.query(TRIAL_CLAIMS, [
    uuidOf(at.cycleId as Id<'cyc'>),
    at.prices.map(({ partnerId }) => uuidOf(partnerId)),
    at.prices.map(({ version }) => version),
    at.prices.map(({ reimbursementMicros }) => reimbursementMicros.toString()),
    // Who was ever paid nothing for a point has redemptions without a claim.
    at.prices.filter(({ reimbursementMicros }) => reimbursementMicros === 0n).map(({ partnerId }) => uuidOf(partnerId)),
  ])) as unknown[];
  return { balances: balances.length, claims: claims.length };
}
