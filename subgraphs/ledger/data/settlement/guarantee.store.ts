import type { Pool } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import type { Tx } from '../../../../kernel/db/transaction';
import { idFromUuid, uuidOf, type Id, type PartnerId, type ProgrammeId } from '../../../../kernel/values/id';
import type { Party } from '../../core/settlement/directional-total';
import type { GuaranteeDirection, GuaranteeFund, GuaranteePayment } from '../../core/settlement/guarantee';
import { queryRows } from './query-rows';
import { partyFrom } from './total.store';

/** What a guarantee holds, in minor units. */
export interface HeldGuarantee {
  readonly fund: GuaranteeFund;
  /** Whose deposit; null for the default fund. */
  readonly partnerId: Party;
  readonly heldMinor: bigint;
}

const LOCK = sql`/* ledger.guarantee.lock */
select fund, held_minor from guarantee
 where programme_id = $1 and (fund = 'DEFAULT_FUND' or partner_id = $2) order by fund for update`;

/** A partner's deposit and the default fund, locked in this order until the transaction ends. */
export async function lockGuarantees(
  tx: Tx,
  programmeId: ProgrammeId,
  partnerId: PartnerId,
): Promise<{ depositMinor: bigint; fundMinor: bigint }> {
  const rows = (await tx.query(LOCK, [uuidOf(programmeId), uuidOf(partnerId)])) as {
    fund: string;
    held_minor: string;
  }[];
  const held = (fund: GuaranteeFund) => BigInt(rows.find((row) => row.fund === fund)?.held_minor ?? 0);
  return { depositMinor: held('DEPOSIT'), fundMinor: held('DEFAULT_FUND') };
}

const OPEN = sql`/* ledger.guarantee.open */
insert into guarantee (programme_id, fund, partner_id, held_minor) values ($1, $2, $3, 0)
on conflict (programme_id, fund, partner_id) do nothing`;
const CHANGE = sql`/* ledger.guarantee.change */
update guarantee set held_minor = held_minor + $4::bigint
 where programme_id = $1 and fund = $2 and partner_id is not distinct from $3 returning held_minor`;

/** Changes what a guarantee holds; the table refuses what would leave less than nothing. */
export async function moveGuarantee(
  tx: Tx,
  programmeId: ProgrammeId,
  { fund, partnerId, minor }: { fund: GuaranteeFund; partnerId: PartnerId; minor: bigint },
): Promise<void> {
  if (minor === 0n) return;
  const whose = [uuidOf(programmeId), fund, fund === 'DEPOSIT' ? uuidOf(partnerId) : null];
  await tx.query(OPEN, whose);
  await tx.query(CHANGE, [...whose, `${minor}`]);
}

const LIST = sql`/* ledger.guarantee.list */
select fund, partner_id, held_minor from guarantee where programme_id = $1 order by fund, partner_id`;

/** What a programme holds against its partners. */
export async function listGuarantees(pool: Pool, programmeId: ProgrammeId): Promise<HeldGuarantee[]> {
  const { rows } = await pool.query<{ fund: GuaranteeFund; partner_id: string | null; held_minor: string }>(LIST, [
    uuidOf(programmeId),
  ]);
  return rows.map((row) => ({
    ...{ fund: row.fund, partnerId: partyFrom(row.partner_id), heldMinor: BigInt(row.held_minor) },
  }));
}

/** A payment as it was proposed. */
export interface StoredGuaranteePayment extends GuaranteePayment {
  readonly id: Id<'gpm'>;
  readonly bankRef: string;
  readonly reason: string;
  readonly contentHash: string;
  readonly proposedBy: string;
  readonly approvedBy: string | null;
}

const INSERT = sql`/* ledger.guaranteePayment.insert */
insert into guarantee_payment (id, programme_id, fund, partner_id, direction, amount_minor, bank_ref, reason, content_hash,
  proposed_by, proposed_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (programme_id, bank_ref) do nothing returning id`;

/** Keeps a proposal; false when a movement of this reference was recorded before. */
export async function insertGuaranteePayment(
  tx: Tx,
  programmeId: ProgrammeId,
  one: Omit<StoredGuaranteePayment, 'approvedBy'> & { proposedAt: Date },
): Promise<boolean> {
  const { id, fund, partnerId, direction, amountMinor, bankRef, reason, contentHash, proposedBy, proposedAt } = one;
  const what = [uuidOf(id), uuidOf(programmeId), fund, uuidOf(partnerId), direction, `${amountMinor}`];
  const rows = await tx.query(INSERT, [...what, bankRef, reason, contentHash, proposedBy, proposedAt]);
  return (rows as unknown[]).length === 1;
}

const LOCK_PAYMENT = sql`/* ledger.guaranteePayment.lock */
select fund, partner_id, direction, amount_minor, bank_ref, reason, content_hash, proposed_by, approved_by
  from guarantee_payment where programme_id = $1 and id = $2 for update`;

/** A programme's payment, locked until the transaction ends; null when it has none of this id. */
export async function lockGuaranteePayment(
  tx: Tx,
  programmeId: ProgrammeId,
  id: Id<'gpm'>,
): Promise<StoredGuaranteePayment | null> {
  const [row] = await queryRows<{
    fund: GuaranteeFund;
    partner_id: string;
    direction: GuaranteeDirection;
    amount_minor: string;
    bank_ref: string;
    reason: string;
    content_hash: string;
    proposed_by: string;
    approved_by: string | null;
  }>(tx, LOCK_PAYMENT, [uuidOf(programmeId), uuidOf(id)]);
  if (row === undefined) return null;
  return {
    ...{ id, fund: row.fund, partnerId: idFromUuid('ptr', row.partner_id), direction: row.direction },
    ...{ amountMinor: BigInt(row.amount_minor), bankRef: row.bank_ref, reason: row.reason },
    ...{ contentHash: row.content_hash, proposedBy: row.proposed_by, approvedBy: row.approved_by },
  };
}

const APPROVE = sql`/* ledger.guaranteePayment.approve */
update guarantee_payment set approved_by = $2, approved_at = $3 where id = $1`;

export async function approvePayment(tx: Tx, id: Id<'gpm'>, by: string, at: Date): Promise<void> {
  await tx.query(APPROVE, [uuidOf(id), by, at]);
}
