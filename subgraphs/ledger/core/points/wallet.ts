import type { MemberId, PartnerId, ProgrammeId } from '../../../../kernel/values/id';
import type { Points } from '../../../../kernel/values/points';

/**
 * Where a wallet's rows live: its bucket (the last byte of the member's UUID) and the UUID. Everything on the hot path
 * is keyed by it, and wallets are locked in its order.
 */
export interface WalletKey {
  readonly bucket: number;
  readonly wallet: string;
}

/** The wallet of a member: one per member and programme, named by the member's UUID. */
export function walletKeyOf(memberId: MemberId): WalletKey {
  const hex = memberId.slice(4);
  const wallet = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  return { bucket: Number.parseInt(hex.slice(30), 16), wallet };
}

/** Orders wallets as they are locked. */
export function compareWalletKeys(a: WalletKey, b: WalletKey): number {
  return a.bucket - b.bucket || (a.wallet < b.wallet ? -1 : a.wallet > b.wallet ? 1 : 0);
}

/** The four places a member's points can sit, and what counts towards a tier. */
export interface Balances {
  readonly available: Points;
  readonly pending: Points;
  readonly held: Points;
  readonly arrears: Points;
  readonly qualifying: Points;
}

/** A lot's spendable part. */
export interface OpenLot {
  readonly lotSeq: bigint;
  readonly issuerId: PartnerId;
  readonly remaining: Points;
  readonly earnedAt: Date;
  /** The first instant at which it cannot be spent; null: never expires. */
  readonly expiresAt: Date | null;
}

export type HoldState = 'OPEN' | 'CAPTURED' | 'RELEASED' | 'TIMED_OUT';

/** Points of one lot set aside by a hold. */
export interface HeldLot {
  readonly lotSeq: bigint;
  readonly issuerId: PartnerId;
  readonly points: Points;
  readonly earnedAt: Date;
  readonly expiresAt: Date | null;
}

/** Points set aside for an unfinished redemption; named by the version of the wallet that made it. */
export interface Hold {
  readonly seq: bigint;
  readonly partnerId: PartnerId;
  readonly points: Points;
  readonly captured: Points;
  readonly state: HoldState;
  readonly expiresAt: Date;
  readonly lots: readonly HeldLot[];
}

/** A member's points as they stand under the lock. */
export interface Wallet {
  readonly key: WalletKey;
  readonly programmeId: ProgrammeId;
  readonly memberId: MemberId;
  /** Gap-free, one more with every journal transaction: version, order, and the name of transactions in one. */
  readonly seq: bigint;
  /** How many lots it ever had; the next lot is one more. */
  readonly lotCount: bigint;
  readonly balances: Balances;
  readonly tierCode: string | null;
  readonly tierSince: Date | null;
  /** Lots with spendable points, in draw order. */
  readonly lots: readonly OpenLot[];
  /** Holds this batch may touch, by their seq. */
  readonly holds: ReadonlyMap<bigint, Hold>;
}
