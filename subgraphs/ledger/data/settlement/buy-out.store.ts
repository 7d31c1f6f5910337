import type { Pool } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import type { Tx } from '../../../../kernel/db/transaction';
import {
  idFromUuid,
  uuidOf,
  type Id,
  type MemberId,
  type PartnerId,
  type ProgrammeId,
} from '../../../../kernel/values/id';

/** A buy-out as it was proposed. */
export interface StoredBuyOut {
  readonly id: Id<'bto'>;
  readonly partnerId: PartnerId;
  readonly contractVersion: number;
  readonly breakageBps: number;
  readonly reason: string;
  readonly contentHash: string;
  readonly proposedBy: string;
  readonly approvedBy: string | null;
}

const INSERT = sql`/* ledger.buyOut.insert */
insert into buy_out (id, programme_id, partner_id, contract_version, breakage_bps, reason, content_hash, proposed_by, proposed_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`;

export async function insertBuyOut(
  tx: Tx,
  programmeId: ProgrammeId,
  one: Omit<StoredBuyOut, 'approvedBy'> & { proposedAt: Date },
): Promise<void> {
  const { id, partnerId, contractVersion, breakageBps, reason, contentHash, proposedBy, proposedAt } = one;
  const values = [uuidOf(id), uuidOf(programmeId), uuidOf(partnerId), contractVersion, breakageBps, reason];
  await tx.query(INSERT, [...values, contentHash, proposedBy, proposedAt]);
}

const LOCK = sql`/* ledger.buyOut.lock */
select id, partner_id, contract_version, breakage_bps, reason, content_hash, proposed_by, approved_by
  from buy_out where programme_id = $1 and id = $2 for update`;

/** A programme's buy-out, locked until the transaction ends; null when it has none of this id. */
export async function lockBuyOut(tx: Tx, programmeId: ProgrammeId, id: Id<'bto'>): Promise<StoredBuyOut | null> {
  const [row] = (await tx.query(LOCK, [uuidOf(programmeId), uuidOf(id)])) as {
    partner_id: string;
    contract_version: number;
    breakage_bps: number;
    reason: string;
    content_hash: string;
    proposed_by: string;
    approved_by: string | null;
  }[];
  if (row === undefined) return null;
  return {
    id,
    partnerId: idFromUuid('ptr', row.partner_id),
    contractVersion: row.contract_version,
    breakageBps: row.breakage_bps,
    reason: row.reason,
    contentHash: row.content_hash,
    proposedBy: row.proposed_by,
    approvedBy: row.approved_by,
  };
}

const APPROVE = sql`/* ledger.buyOut.approve */ update buy_out set approved_by = $2, approved_at = $3 where id = $1`;

export async function approveBuyOut(tx: Tx, id: Id<'bto'>, by: string, at: Date): Promise<void> {
  await tx.query(APPROVE, [uuidOf(id), by, at]);
}

const HOLDERS = sql`/* ledger.buyOut.holders */
select distinct o.wallet
  from open_lot o
  join lot_terms k on k.id = o.terms_id and k.settlement_model = 'AT_REDEMPTION'
                  and not exists (select from jsonb_array_elements(k.funding) f where (f ->> 'party')::uuid is distinct from $2)
 where o.programme_id = $1 and o.issuer_id = $2 and not (o.wallet = any($3::uuid[]))
 limit $4`;

/** Members who hold lots of an issuer that it alone pays for when they are spent; those named are passed over. */
export async function holdersToBuyOut(
  pool: Pool,
  of: { programmeId: ProgrammeId; partnerId: PartnerId; without: readonly MemberId[]; limit: number },
): Promise<MemberId[]> {
  const values = [uuidOf(of.programmeId), uuidOf(of.partnerId), of.without.map(uuidOf), of.limit];
  const { rows } = await pool.query<{ wallet: string }>(HOLDERS, values);
  return rows.map(({ wallet }) => idFromUuid('mem', wallet));
}
