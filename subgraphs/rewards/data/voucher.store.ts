import { In, IsNull, Not } from 'typeorm';
import type { Database } from '../../../kernel/db/database';
import { sql } from '../../../kernel/db/sql';
import type { Tx } from '../../../kernel/db/transaction';
import type { MemberId, ProgrammeId } from '../../../kernel/values/id';
import type { OrderId } from '../core/order';
import type { Voucher, VoucherId } from '../core/voucher';
import { VoucherRow } from './voucher.row';

const INSERT_HIDDEN = sql`/* rewards.fulfilOrder.insertVoucher */
insert into voucher (id, programme_id, order_id, reward_id, member_id, partner_id, code, state, expires_at, issued_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, null)
on conflict (code) do nothing
returning id`;

/** Writes a voucher that nobody sees yet; false when its code is taken, and then nothing is written. */
export async function insertHiddenVoucher(tx: Tx, voucher: Omit<Voucher, 'issuedAt'>): Promise<boolean> {
  const written = await tx.query<unknown[]>(INSERT_HIDDEN, [
    voucher.id,
    voucher.programmeId,
    voucher.orderId,
    voucher.rewardId,
    voucher.memberId,
    voucher.partnerId,
    voucher.code,
    voucher.state,
    voucher.expiresAt,
  ]);
  return written.length === 1;
}

const SHOW = sql`/* rewards.fulfilOrder.showVouchers */
update voucher set issued_at = $3 where programme_id = $1 and order_id = $2 and issued_at is null`;

/** Shows an order's vouchers to those they belong to. */
export async function showVouchers(tx: Tx, programmeId: ProgrammeId, orderId: OrderId, issuedAt: Date): Promise<void> {
  await tx.query(SHOW, [programmeId, orderId, issuedAt]);
}

const DELETE_HIDDEN = sql`/* rewards.fulfilOrder.deleteHiddenVouchers */
delete from voucher where programme_id = $1 and order_id = $2 and issued_at is null`;

/** Removes an order's vouchers that nobody has seen. */
export async function deleteHiddenVouchers(tx: Tx, programmeId: ProgrammeId, orderId: OrderId): Promise<void> {
  await tx.query(DELETE_HIDDEN, [programmeId, orderId]);
}

/** An order's vouchers in the order made, the hidden ones too. */
export function vouchersOfOrder(from: Database | Tx, programmeId: ProgrammeId, orderId: OrderId): Promise<Voucher[]> {
  const reading = 'pool' in from ? from.dataSource.manager : from;
  return reading.find(VoucherRow, {
    where: { programmeId, orderId },
    order: { id: 'ASC' },
    comment: 'rewards.voucher.ofOrder',
  });
}

/** These vouchers as far as they are issued, in no order. */
export function vouchersByIds(
  database: Database,
  programmeId: ProgrammeId,
  ids: readonly VoucherId[],
): Promise<Voucher[]> {
  return database.dataSource.manager.find(VoucherRow, {
    where: { programmeId, id: In([...ids]), issuedAt: Not(IsNull()) },
    comment: 'rewards.voucher.byIds',
  });
}

/** A member's issued vouchers, newest first, from before an id on. */
export function vouchersOfMember(
  database: Database,
  programmeId: ProgrammeId,
  memberId: MemberId,
  page: { before: string | null; limit: number },
): Promise<Voucher[]> {
  return database.dataSource.manager
    .createQueryBuilder(VoucherRow, 'voucher')
    .comment('rewards.voucher.ofMember')
    .where('voucher.programmeId = :programmeId and voucher.memberId = :memberId', { programmeId, memberId })
    .andWhere('voucher.issuedAt is not null')
    .andWhere('voucher.id < :before', { before: page.before ?? '~' })
    .orderBy('voucher.id', 'DESC')
    .limit(page.limit)
    .getMany();
}
