import type { PartnerId } from '../../../../kernel/values/id';
import type { Points } from '../../../../kernel/values/points';
import type { SettlementModel } from '../rule-book';

/** A partner, or the operator of the programme when null. */
export type Party = PartnerId | null;

/** Which part of a lot one party pays for. */
export interface FundingShare {
  readonly partyId: Party;
  /** Basis points; the shares of a lot sum to 10,000. */
  readonly bps: number;
}

/** Terms copied on to a lot when it is issued; a later change of contract never touches them. Source: SETTLEMENT §1. */
export interface LotTerms {
  readonly settlementModel: SettlementModel;
  /** The issuer's contract; 0 for points the operator gives. */
  readonly contractVersion: number;
  /** I: what the issuer paid per point; 0 unless AT_ISSUANCE. Less than the reserve where points were bought out for less. */
  readonly issuanceMicros: bigint;
  /** The highest reimbursement of any redeemer at issuance: what the fund keeps per point. */
  readonly reserveMicros: bigint;
  /** f: programme fee per released point. */
  readonly feeMicros: bigint;
  /** h: the part of the reimbursement paid in advance, in basis points. */
  readonly prefundBps: number;
  /** b: the issuer's part of what its expired points had paid for, in basis points. */
  readonly breakageShareBps: number;
  /** In the order of party ids, the operator last. */
  readonly funding: readonly FundingShare[];
}

/**
 * Who pays for the points of a lot: its funders by their shares where points are paid for when they are spent; its issuer alone where
 * they are paid for in advance, wholly or in part (docs/adr/0039).
 */
export function payersOf({ issuerId, terms }: Pick<Lot, 'issuerId' | 'terms'>): readonly FundingShare[] {
  return terms.settlementModel === 'AT_REDEMPTION' ? terms.funding : [{ partyId: issuerId, bps: 10_000 }];
}

/** Points accrued together: one issuer, one accrual, one expiry. */
export interface Lot {
  /** The member's own number of it: 1, 2, 3 … */
  readonly lotSeq: bigint;
  readonly issuerId: Party;
  readonly earnedAt: Date;
  /** The first instant at which it cannot be spent; null: never expires. */
  readonly expiresAt: Date | null;
  readonly terms: LotTerms;
}

/** A lot's spendable part. */
export interface OpenLot extends Lot {
  readonly remaining: Points;
}

/** Points of a lot that cannot be spent yet. */
export interface PendingLot extends Lot {
  readonly remaining: Points;
  /** When they become available by themselves; null: only when told. */
  readonly releaseAt: Date | null;
}

/** A lot as it is issued: its whole quantity, at once spendable or pending. */
export interface IssuedLot extends Lot {
  readonly quantity: Points;
  readonly pending: { readonly releaseAt: Date | null } | null;
  /** Where the points of a transferred lot came from. */
  readonly parent: { readonly wallet: string; readonly lotSeq: bigint } | null;
}

/** A lot that was issued, spent or not. */
export interface PastLot extends Lot {
  readonly quantity: Points;
  /** The member's version that issued it. */
  readonly seq: bigint;
  /** Points of it taken back so far. */
  readonly clawedBack: Points;
  /** Points of it that expired, less those re-instated. */
  readonly expired: Points;
  /** When its points came and counted towards a tier; null: they never did, as goodwill, a correction or a gift. */
  readonly countedAt: Date | null;
  /** The lot of the same member whose points it continues under other terms, after a buy-out; null: none. */
  readonly continues: bigint | null;
}

/** The lot of the same wallet an issued one continues under other terms; null: none, or one of another member. */
export function continuedBy({ parent }: Pick<IssuedLot, 'parent'>, wallet: string): bigint | null {
  return parent?.wallet === wallet ? parent.lotSeq : null;
}

/** A part of one lot. */
export interface LotPart {
  readonly lot: Lot;
  readonly points: Points;
}
