import type { IdPrefix, MemberId } from '../../../../kernel/values/id';
import { walletKeyOf, type WalletKey } from './wallet';

const SEQ_DIGITS = 12;

/**
 * An id within a wallet: prefix, the wallet's 32 hexadecimal digits and, unless it names the member, a number of that
 * wallet in 12 more. Whoever holds such an id knows which wallet to lock, so no directory of transactions, lots and holds
 * is needed; ids of one member sort by their number.
 */
export function memberScopedId(prefix: IdPrefix, walletUuid: string, number?: bigint): string {
  const hex = walletUuid.replaceAll('-', '');
  return number === undefined ? `${prefix}_${hex}` : `${prefix}_${hex}${number.toString(16).padStart(SEQ_DIGITS, '0')}`;
}

/** Reads an id within a wallet; null when it is none of this prefix. */
export function parseScopedId(
  prefix: IdPrefix,
  text: string,
): { memberId: MemberId; key: WalletKey; number: bigint } | null {
  const match = /^([a-z]+)_([0-9a-f]{32})([0-9a-f]{12})$/.exec(text);
  if (match === null || match[1] !== prefix) return null;
  const memberId = `mem_${match[2]}` as MemberId;
  return { memberId, key: walletKeyOf(memberId), number: BigInt(`0x${match[3]}`) };
}
