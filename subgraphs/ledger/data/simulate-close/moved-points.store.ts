import type { Pool } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import { idFromUuid, uuidOf, type Id, type ProgrammeId } from '../../../../kernel/values/id';
import { points } from '../../../../kernel/values/points';
import type { AccountKind } from '../../core/points/account';
import type { LotTerms, Party } from '../../core/points/lot';
import type { MovedPoints } from '../../core/simulate-close/simulation';

/** What moved, when, and where the page goes on. */
export interface MovedRow extends Omit<MovedPoints, 'perPoint'> {
  readonly occurredAt: Date;
  readonly place: readonly [bucket: number, wallet: string, seq: string, n: number];
}

const MOVED = sql`/* ledger.simulateClose.moved */
select e.bucket, e.wallet, e.seq, e.n, e.debit_kind, e.credit_kind, e.amount, e.lot_seq, t.occurred_at, l.issuer_id, l.earned_at,
       case when e.debit_kind = 'REDEEMED' then e.debit_owner when e.credit_kind in ('REDEEMED', 'ARREARS') then e.credit_owner end
         as redeemer_id,
       k.settlement_model, k.contract_version, k.issuance_micros, k.reserve_micros, k.fee_micros, k.prefund_bps, k.breakage_share_bps,
       k.funding, o.kind in ('GOODWILL', 'ADJUSTMENT') as is_goodwill
  from journal_transaction t
  join entry e on e.bucket = t.bucket and e.wallet = t.wallet and e.seq = t.seq
  join lot l on l.bucket = e.bucket and l.wallet = e.wallet and l.lot_seq = e.lot_seq
  join lot_terms k on k.id = l.terms_id
  cross join lateral (
    -- A lot that was given on is what it was when it was issued.
    with recursive back as (
      select l.wallet, l.seq, l.parent_wallet, l.parent_lot_seq
      union all
      select p.wallet, p.seq, p.parent_wallet, p.parent_lot_seq
        from back b join lot p on p.wallet = b.parent_wallet and p.lot_seq = b.parent_lot_seq
         and p.bucket = (select w.bucket from wallet w where w.programme_id = t.programme_id and w.wallet = b.parent_wallet)
    )
    select i.kind from back b
      join wallet w on w.programme_id = t.programme_id and w.wallet = b.wallet
      join journal_transaction i on i.bucket = w.bucket and i.wallet = b.wallet and i.seq = b.seq
     where b.parent_wallet is null
  ) o
 where t.programme_id = $1 and t.cycle_id = $2 and t.kind <> 'OPENING'
   and (e.credit_kind in ('REDEEMED', 'ARREARS', 'EXPIRED', 'CLAWED_BACK') or e.debit_kind in ('REDEEMED', 'EXPIRED', 'ISSUED', 'PENDING'))
   and (e.bucket, e.wallet, e.seq, e.n) > ($3::smallint, $4::uuid, $5::bigint, $6::smallint)
 order by e.bucket, e.wallet, e.seq, e.n limit $7`;

interface Row {
  bucket: number;
  wallet: string;
  seq: string;
  n: number;
  debit_kind: AccountKind;
  credit_kind: AccountKind;
  amount: string;
  lot_seq: string;
  occurred_at: Date;
  issuer_id: string | null;
  earned_at: Date;
  redeemer_id: string | null;
  settlement_model: LotTerms['settlementModel'];
  contract_version: number;
  issuance_micros: string;
  reserve_micros: string;
  fee_micros: string;
  prefund_bps: number;
  breakage_share_bps: number;
  funding: readonly { readonly party: string | null; readonly bps: number }[];
  is_goodwill: boolean;
}

const partyFrom = (uuid: string | null): Party => (uuid === null ? null : idFromUuid('ptr', uuid));
const START: MovedRow['place'] = [-1, '00000000-0000-0000-0000-000000000000', '0', 0];

/** A page of what moved in a cycle at somebody's cost. */
export async function loadMovedPoints(
  pool: Pool,
  programmeId: ProgrammeId,
  { cycleId, after, limit }: { cycleId: Id<'cyc'>; after: MovedRow['place'] | null; limit: number },
): Promise<MovedRow[]> {
  const { rows } = await pool.query<Row>(MOVED, [uuidOf(programmeId), uuidOf(cycleId), ...(after ?? START), limit]);
  return rows.map((row) => ({
    debit: row.debit_kind,
    credit: row.credit_kind,
    amount: points(BigInt(row.amount)),
    redeemerId: partyFrom(row.redeemer_id),
    isGoodwill: row.is_goodwill,
    occurredAt: row.occurred_at,
    place: [row.bucket, row.wallet, row.seq, row.n],
    lot: {
      lotSeq: BigInt(row.lot_seq),
      issuerId: partyFrom(row.issuer_id),
      earnedAt: row.earned_at,
      expiresAt: null,
      terms: {
        settlementModel: row.settlement_model,
        contractVersion: row.contract_version,
        issuanceMicros: BigInt(row.issuance_micros),
        reserveMicros: BigInt(row.reserve_micros),
        feeMicros: BigInt(row.fee_micros),
        prefundBps: row.prefund_bps,
        breakageShareBps: row.breakage_share_bps,
        funding: row.funding.map(({ party, bps }) => ({ partyId: partyFrom(party), bps })),
      },
    },
  }));
}
