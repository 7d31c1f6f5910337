import type { MemberId, PartnerId, ProgrammeId } from '../../../../kernel/values/id';
import { points, type Points } from '../../../../kernel/values/points';
import type { Reckoned } from '../rules/explanation';
import type { Lot, LotPart, OpenLot, Party, PastLot, PendingLot } from './lot';

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

export type HoldState = 'OPEN' | 'CAPTURED' | 'RELEASED' | 'TIMED_OUT';

/** Points set aside for an unfinished redemption; named by the version of the wallet that made it. */
export interface Hold {
  readonly seq: bigint;
  readonly partnerId: PartnerId;
  readonly points: Points;
  readonly captured: Points;
  readonly state: HoldState;
  readonly expiresAt: Date;
  readonly lots: readonly LotPart[];
}

/** Points a member owes to one party. */
export interface Arrears {
  readonly creditorId: Party;
  readonly points: Points;
  /** The version that opened them: older arrears are filled first. */
  readonly openedSeq: bigint;
}

/** A redemption made before, for a rule that undoes it. */
export interface PastRedemption {
  readonly seq: bigint;
  readonly partnerId: PartnerId;
  readonly points: Points;
  /** In the order taken. */
  readonly draws: readonly LotPart[];
  readonly occurredAt: Date;
  /** The version of the redeemer's contract whose price was owed; null when nothing was. */
  readonly contractVersion: number | null;
  /** Points of it that came back since. */
  readonly reversed: Points;
}

/** A purchase recorded before, for a rule that takes it back. */
export interface PastPurchase {
  readonly seq: bigint;
  readonly partnerId: PartnerId;
  readonly externalRef: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly occurredAt: Date;
  readonly ruleId: string | null;
  readonly earned: Points;
  readonly returnedMinor: bigint;
  readonly clawedBack: Points;
  /** What rules gave then; null where the base rate alone was looked at. */
  readonly explanation: Reckoned | null;
}

/** Where a member stands on the ladder, and when that is looked at again. */
export interface TierStanding {
  readonly code: string | null;
  readonly since: Date | null;
  /** The first instant at which the rung may be lost; null: never. */
  readonly until: Date | null;
  /** When qualifying points began to be counted as they stand. */
  readonly countedSince: Date | null;
  /** The next notice or review; null: none. */
  readonly dueAt: Date | null;
}

/** An action that was rewarded before. */
export interface Award {
  readonly partnerId: PartnerId;
  readonly action: string;
  readonly occasion: string;
  readonly occurredAt: Date;
}

/** Facts of the past that a command named, read under the lock. */
export interface Past {
  readonly lots: ReadonlyMap<bigint, PastLot>;
  readonly holds: ReadonlyMap<bigint, Hold>;
  readonly redemptions: ReadonlyMap<bigint, PastRedemption>;
  readonly purchases: ReadonlyMap<bigint, PastPurchase>;
  readonly awards: readonly Award[];
  /** Qualifying points that came before an instant and were not taken back since; null when nobody asked, or nothing came. */
  readonly qualifyingBefore: bigint | null;
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
  readonly tier: TierStanding;
  /** Set when its book was found not to add up: nothing is posted until an operator looked. */
  readonly isFrozen: boolean;
  /** Hash of the newest journal transaction, which the next one is chained to. */
  readonly chain: string | null;
  /** Lots with spendable points, in draw order; empty when the command did not ask for them. */
  readonly lots: readonly OpenLot[];
  /** Lots with pending points, oldest first; empty when the command did not ask for them. */
  readonly pendingLots: readonly PendingLot[];
  /** Points on hold by lot; known where the spendable lots are. */
  readonly heldByLot: ReadonlyMap<bigint, Points>;
  /** Whom the member owes, oldest first. */
  readonly owed: readonly Arrears[];
  readonly past: Past;
}

/** Nothing on hold. */
export const NONE_HELD: Wallet['heldByLot'] = new Map();

/** A wallet's past when nothing of it was asked for. */
export const NO_PAST: Past = {
  lots: new Map(),
  holds: new Map(),
  redemptions: new Map(),
  purchases: new Map(),
  awards: [],
  qualifyingBefore: null,
};

/** Points of a lot that are neither spent nor gone otherwise: those spendable, and those on hold. */
export function outstandingOf({ lots, heldByLot }: Wallet, lotSeq: bigint): bigint {
  const open = lots.find((lot) => lot.lotSeq === lotSeq)?.remaining ?? 0n;
  return open + (heldByLot.get(lotSeq) ?? 0n);
}

/** The lot a buy-out continued by this one, or itself: under whose terms its points came and their fee was paid. */
export function originOf({ past }: Wallet, lot: PastLot): PastLot {
  return (lot.continues === null ? undefined : past.lots.get(lot.continues)) ?? lot;
}

/** A lot as it stands while points of it are spendable: its expiry may be later now than when points of it were set aside. */
export function standingLot(wallet: Wallet, lot: Lot): Lot {
  return wallet.lots.find(({ lotSeq }) => lotSeq === lot.lotSeq) ?? lot;
}

/** A member's wallet before anything was posted to it. */
export function emptyWallet(key: WalletKey, memberId: MemberId, programmeId: ProgrammeId): Wallet {
  const none = points(0n);
  return {
    key,
    programmeId,
    memberId,
    seq: 0n,
    lotCount: 0n,
    balances: { available: none, pending: none, held: none, arrears: none, qualifying: none },
    tier: { code: null, since: null, until: null, countedSince: null, dueAt: null },
    isFrozen: false,
    chain: null,
    lots: [],
    pendingLots: [],
    heldByLot: NONE_HELD,
    owed: [],
    past: NO_PAST,
  };
}
