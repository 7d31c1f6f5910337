import type { Pool } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import type { Tx } from '../../../../kernel/db/transaction';
import { uuidOf, type MemberId, type PartnerId, type ProgrammeId } from '../../../../kernel/values/id';
import type { WrongReceipts } from '../../core/receipts/wrong-receipts';

/** A member at a partner. */
export interface Claimant {
  readonly programmeId: ProgrammeId;
  readonly memberId: MemberId;
  readonly partnerId: PartnerId;
}

const keyOf = ({ programmeId, memberId, partnerId }: Claimant) => [programmeId, memberId, partnerId].map(uuidOf);

// A row of nothing wrong is made where none is, and one that is there is written as it was: either way it is locked.
const LOCK = sql`/* ledger.wrongReceipts.lock */
insert into wrong_receipts as w (programme_id, member_id, partner_id, count)
values ($1, $2, $3, 0)
on conflict (programme_id, member_id, partner_id) do update set count = w.count
returning count, locked_until`;

/** Locks what a member's claims at a partner have come to, so that claims made at once are looked at one after another. */
export async function lockWrongReceipts(tx: Tx, claimant: Claimant): Promise<WrongReceipts> {
  const [row] = (await tx.query(LOCK, keyOf(claimant))) as { count: number; locked_until: Date | null }[];
  if (row === undefined) throw new Error('lockWrongReceipts: no row came back');
  return { count: row.count, lockedUntil: row.locked_until };
}

const SET = sql`/* ledger.wrongReceipts.set */
update wrong_receipts set count = $4, locked_until = $5
 where programme_id = $1 and member_id = $2 and partner_id = $3`;

export async function setWrongReceipts(tx: Tx, claimant: Claimant, wrong: WrongReceipts): Promise<void> {
  await tx.query(SET, [...keyOf(claimant), wrong.count, wrong.lockedUntil]);
}

const FORGET = `/* ledger.wrongReceipts.forget */
delete from wrong_receipts where programme_id = $1 and member_id = $2 and partner_id = $3`;

/** Begins anew: the member claimed a receipt. */
export async function forgetWrongReceipts(pool: Pool, claimant: Claimant): Promise<void> {
  await pool.query(FORGET, keyOf(claimant));
}
