import type { PoolClient } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import { idFromUuid, uuidOf, type Id, type ProgrammeId } from '../../../../kernel/values/id';
import { points } from '../../../../kernel/values/points';
import type { AccountKind } from '../../core/points/account';
import type { LotTerms, Party } from '../../core/points/lot';
import type { MovedPoints } from '../../core/simulate-close/simulation';

/** What moved, and the instant whose price it has. */
export interface MovedRow extends Omit<MovedPoints, 'perPoint'> {
  /** When it happened; of points that came back, when they were redeemed. */
  readonly pricedAt: Date;
}

const CLAIMED = sql`/* ledger.simulateClose.claimed */
select debtor_id, creditor_id, sum(micros)::text as micros from claim where cycle_id = $1 group by debtor_id, creditor_id`;

/** What was claimed in a cycle, by pair, in exact micro-units. */
export async function loadClaimed(
  client: PoolClient,
  cycleId: Id<'cyc'>,
): Promise<{ debtorId: Party; creditorId: Party; micros: bigint }[]> {
  const { rows } = await client.query<{ debtor_id: string | null; creditor_id: string | null; micros: string }>(
    CLAIMED,
    [uuidOf(cycleId)],
  );
  return rows.map(({ debtor_id, creditor_id, micros }) => ({
    ...{ debtorId: partyFrom(debtor_id), creditorId: partyFrom(creditor_id), micros: BigInt(micros) },
  }));
}

const OPEN_MOVED = sql`/* ledger.simulateClose.openMoved */
declare moved no scroll cursor for
select l.debit_kind, e.credit_kind, e.amount, l.lot_seq, coalesce(r.occurred_at, t.occurred_at) as priced_at, l.issuer_id, l.earned_at,
       case when e.debit_kind = 'REDEEMED' then e.debit_owner when e.credit_kind in ('REDEEMED', 'ARREARS') then e.credit_owner end
         as redeemer_id,
       k.settlement_model, k.contract_version, k.issuance_micros, k.reserve_micros, k.fee_micros, k.prefund_bps, k.breakage_share_bps,
       k.funding, o.kind in ('GOODWILL', 'ADJUSTMENT') or l.is_bought_out as keeps_terms
  from journal_transaction t
  join entry e on e.bucket = t.bucket and e.wallet = t.wallet and e.seq = t.seq
  join lot x on x.bucket = e.bucket and x.wallet = e.wallet and x.lot_seq = e.lot_seq
 cross join lateral (
    select e.debit_kind, x.lot_seq, x.wallet, x.seq, x.issuer_id, x.earned_at, x.terms_id, x.parent_wallet, x.parent_lot_seq,
           x.parent_wallet is not distinct from x.wallet as is_bought_out
    union all
    -- The fee of points bought out was paid by the terms of the lot they continue; of points spent nothing else comes back.
    select 'ARREARS', p.lot_seq, p.wallet, p.seq, p.issuer_id, p.earned_at, p.terms_id, p.parent_wallet, p.parent_lot_seq, false
      from lot p
     where e.credit_kind = 'CLAWED_BACK' and x.parent_wallet = x.wallet
       and p.bucket = x.bucket and p.wallet = x.wallet and p.lot_seq = x.parent_lot_seq
  ) l
  join lot_terms k on k.id = l.terms_id
  left join lateral (
    select w.occurred_at from redemption_reversal v
      join journal_transaction w on w.bucket = v.bucket and w.wallet = v.wallet and w.seq = v.redemption_seq
     where t.kind = 'REVERSAL' and v.bucket = t.bucket and v.wallet = t.wallet and v.seq = t.seq limit 1
  ) r on true
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
   and (e.credit_kind in ('REDEEMED', 'ARREARS', 'EXPIRED', 'CLAWED_BACK')
     or e.debit_kind in ('REDEEMED', 'EXPIRED', 'ISSUED', 'PENDING'))`;
const FETCH_MOVED = sql`/* ledger.simulateClose.fetchMoved */ fetch 5000 from moved`;

interface Row {
  debit_kind: AccountKind;
  credit_kind: AccountKind;
  amount: string;
  lot_seq: string;
  priced_at: Date;
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
  keeps_terms: boolean;
}

const partyFrom = (uuid: string | null): Party => (uuid === null ? null : idFromUuid('ptr', uuid));
/** What moved in a cycle at somebody's cost, some at a time, within the client's transaction. */
export async function* movedPoints(
  client: PoolClient,
  programmeId: ProgrammeId,
  cycleId: Id<'cyc'>,
): AsyncGenerator<MovedRow> {
  await client.query(OPEN_MOVED, [uuidOf(programmeId), uuidOf(cycleId)]);
  for (;;) {
    const { rows } = await client.query<Row>(FETCH_MOVED);
    if (rows.length === 0) return;
    for (const row of rows) yield movedFrom(row);
  }
}

function movedFrom(row: Row): MovedRow {
  return {
    debit: row.debit_kind,
    credit: row.credit_kind,
    amount: points(BigInt(row.amount)),
    redeemerId: partyFrom(row.redeemer_id),
    keepsTerms: row.keeps_terms,
    pricedAt: row.priced_at,
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
  };
}
