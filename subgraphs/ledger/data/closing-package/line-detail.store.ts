import type { Pool } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import { idFromUuid, uuidOf, type Id, type ProgrammeId } from '../../../../kernel/values/id';
import type { LineDetail } from '../../core/closing-package/line-detail';
import type { LotTerms, Party } from '../../core/points/lot';

const LINES = sql`/* ledger.lineDetail.load */
select l.pair, l.n, d.debtor_id, d.creditor_id, l.kind, l.micros, l.billed_minor, l.is_disputed, l.dispute_id, l.wallet, l.seq, l.lot_seq,
       c.points, c.contract_version, t.kind as event_kind, t.occurred_at, t.recorded_at, o.issuer_id, k.settlement_model,
       k.contract_version as lot_contract_version, k.issuance_micros, k.reserve_micros, k.fee_micros, k.prefund_bps, k.breakage_share_bps,
       k.funding, case when t.kind = 'REVERSAL' then e.debit_owner when e.credit_kind in ('REDEEMED', 'ARREARS') then e.credit_owner end
         as redeemer_id, s.spent, s.reversed, e.amount
  from settlement_cycle y
  join directional_total d on d.cycle_id = y.id
  join statement_line l on l.cycle_id = d.cycle_id and l.pair = d.pair
  join claim c on c.bucket = l.bucket and c.wallet = l.wallet and c.seq = l.seq and c.n = l.claim_n
  join entry e on e.bucket = c.bucket and e.wallet = c.wallet and e.seq = c.seq and e.n = c.entry_n
  join journal_transaction t on t.bucket = l.bucket and t.wallet = l.wallet and t.seq = l.seq
  join lot o on o.bucket = l.bucket and o.wallet = l.wallet and o.lot_seq = l.lot_seq
  join lot_terms k on k.id = o.terms_id
  left join lateral (
    -- What the redemption took of the lot, and what came back of it up to and with this reversal.
    select (select sum(x.amount) from entry x where x.bucket = r.bucket and x.wallet = r.wallet and x.seq = r.redemption_seq
               and x.lot_seq = l.lot_seq and x.credit_kind = 'REDEEMED') as spent,
           (select sum(x.amount) from redemption_reversal q
              join entry x on x.bucket = q.bucket and x.wallet = q.wallet and x.seq = q.seq and x.lot_seq = l.lot_seq
               and x.debit_kind = 'REDEEMED'
             where q.bucket = r.bucket and q.wallet = r.wallet and q.redemption_seq = r.redemption_seq and q.seq <= r.seq) as reversed
      from redemption_reversal r where r.bucket = l.bucket and r.wallet = l.wallet and r.seq = l.seq
  ) s on t.kind = 'REVERSAL'
 where y.programme_id = $1 and y.id = $2 and l.pair = $3 and l.n > $4 order by l.n limit $5`;

interface Row {
  pair: number;
  n: number;
  debtor_id: string | null;
  creditor_id: string | null;
  kind: string;
  micros: string;
  billed_minor: string;
  is_disputed: boolean;
  dispute_id: string | null;
  wallet: string;
  seq: string;
  lot_seq: string;
  points: string;
  contract_version: number;
  event_kind: string;
  occurred_at: Date;
  recorded_at: Date;
  issuer_id: string | null;
  settlement_model: LotTerms['settlementModel'];
  lot_contract_version: number;
  issuance_micros: string;
  reserve_micros: string;
  fee_micros: string;
  prefund_bps: number;
  breakage_share_bps: number;
  funding: readonly { readonly party: string | null; readonly bps: number }[];
  redeemer_id: string | null;
  spent: string | null;
  reversed: string | null;
  amount: string;
}

const partyFrom = (uuid: string | null): Party => (uuid === null ? null : idFromUuid('ptr', uuid));

/** A page of the lines of a pair, each with all it follows from. */
export async function loadLineDetails(
  pool: Pool,
  programmeId: ProgrammeId,
  at: { readonly cycleId: string; readonly pair: number; readonly afterN: number; readonly limit: number },
): Promise<LineDetail[]> {
  const { rows } = await pool.query<Row>(LINES, [
    uuidOf(programmeId),
    uuidOf(at.cycleId as Id<'cyc'>),
    at.pair,
    at.afterN,
    at.limit,
  ]);
  return rows.map((row) => ({
    cycleId: at.cycleId,
    pair: row.pair,
    n: row.n,
    debtorId: partyFrom(row.debtor_id),
    creditorId: partyFrom(row.creditor_id),
    kind: row.kind,
    micros: BigInt(row.micros),
    billedMinor: BigInt(row.billed_minor),
    isDisputed: row.is_disputed,
    outcomeOf: row.dispute_id === null ? null : idFromUuid('dsp', row.dispute_id),
    wallet: row.wallet,
    seq: BigInt(row.seq),
    eventKind: row.event_kind,
    occurredAt: row.occurred_at,
    recordedAt: row.recorded_at,
    lotSeq: BigInt(row.lot_seq),
    issuerId: partyFrom(row.issuer_id),
    terms: termsFrom(row),
    points: BigInt(row.points),
    contractVersion: row.contract_version,
    redeemerId: partyFrom(row.redeemer_id),
    spent: spentOf(row),
  }));
}

function termsFrom(row: Row): LotTerms {
  return {
    settlementModel: row.settlement_model,
    contractVersion: row.lot_contract_version,
    issuanceMicros: BigInt(row.issuance_micros),
    reserveMicros: BigInt(row.reserve_micros),
    feeMicros: BigInt(row.fee_micros),
    prefundBps: row.prefund_bps,
    breakageShareBps: row.breakage_share_bps,
    funding: row.funding.map(({ party, bps }) => ({ partyId: partyFrom(party), bps })),
  };
}

function spentOf({ spent, reversed, amount }: Row): LineDetail['spent'] {
  if (spent === null || reversed === null) return null;
  const after = BigInt(spent) - BigInt(reversed);
  return { before: after + BigInt(amount), after };
}
