import { programmeOf, type Principal } from '../../../kernel/context/principal';
import type { Voucher, VoucherId } from '../core/voucher';
import { vouchersByIds, vouchersOfMember } from '../data/voucher.store';
import { maySeeVoucher } from './authorise';
import type { RewardsParts } from './parts';

/** The vouchers of these ids that the reader may see; the others are absent, as if they did not exist. */
export async function findVouchers(
  parts: RewardsParts,
  principal: Principal,
  ids: readonly VoucherId[],
): Promise<Voucher[]> {
  const programmeId = programmeOf(principal);
  if (programmeId === null) return [];
  const vouchers = await vouchersByIds(parts.database, programmeId, ids);
  return vouchers.filter((voucher) => maySeeVoucher(principal, voucher));
}

/** A page of the reading member's vouchers, newest first; nothing for anybody else. */
export async function listOwnVouchers(
  parts: RewardsParts,
  principal: Principal,
  page: { before: string | null; limit: number },
): Promise<Voucher[]> {
  if (principal.kind !== 'member') return [];
  return vouchersOfMember(parts.database, principal.programmeId, principal.memberId, page);
}
