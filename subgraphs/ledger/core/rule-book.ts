import type { CurrencyCode } from '../../../kernel/values/money';
import type { PartnerId, ProgrammeId } from '../../../kernel/values/id';
import type { Points } from '../../../kernel/values/points';

/** How a lot's points are paid for. */
export type SettlementModel = 'AT_REDEMPTION';

export interface Contract {
  readonly partnerId: PartnerId;
  readonly version: number;
  readonly validFrom: Date;
  readonly settlementModel: SettlementModel;
  /** Micro-units the redeemer is paid per point. */
  readonly reimbursementMicros: bigint;
  /** Micro-units the issuer owes the operator per released point. */
  readonly feeMicros: bigint;
}

/** `points` for every whole `perAmountMinor` minor units; the fraction is dropped. */
export interface EarningRule {
  readonly id: string;
  readonly partnerId: PartnerId;
  readonly validFrom: Date;
  readonly points: bigint;
  readonly perAmountMinor: bigint;
}

export interface BookPartner {
  readonly id: PartnerId;
  readonly code: string;
  readonly canIssue: boolean;
  readonly canRedeem: boolean;
  readonly status: 'ACTIVE' | 'SUSPENDED' | 'LEFT';
}

/** One rung of the ladder. */
export interface Tier {
  readonly code: string;
  readonly name: string;
  /** Qualifying points from which a member stands on this rung. */
  readonly threshold: Points;
}

/**
 * What was agreed, as the ledger executes it: one whole version of the programme's rules, replaced at once and named by
 * every posting made under it.
 */
export interface RuleBook {
  readonly version: bigint;
  readonly programmeId: ProgrammeId;
  readonly programmeKey: string;
  readonly currency: CurrencyCode;
  readonly timeZone: string;
  readonly isSandbox: boolean;
  readonly singleApprover: boolean;
  readonly disputeWindowDays: number;
  /** Days a lot stays spendable after the day it was earned; null: for ever. */
  readonly pointsValidityDays: number | null;
  readonly opensAt: Date;
  readonly partners: readonly BookPartner[];
  readonly contracts: readonly Contract[];
  readonly earningRules: readonly EarningRule[];
  /** Ascending by threshold, the first at 0. */
  readonly tiers: readonly Tier[];
}

/** The partner of this id; undefined when the book does not know it. */
export function partnerIn(book: RuleBook, partnerId: PartnerId): BookPartner | undefined {
  return book.partners.find(({ id }) => id === partnerId);
}

/** The partner's contract in force at an instant: the latest version valid from then or before. */
export function contractAt(book: RuleBook, partnerId: PartnerId, at: Date): Contract | undefined {
  return latestOf(book.contracts, partnerId, at);
}

/** The partner's earning rule in force at an instant. */
export function earningRuleAt(book: RuleBook, partnerId: PartnerId, at: Date): EarningRule | undefined {
  return latestOf(book.earningRules, partnerId, at);
}

function latestOf<T extends { partnerId: PartnerId; validFrom: Date }>(
  versions: readonly T[],
  partnerId: PartnerId,
  at: Date,
): T | undefined {
  let latest: T | undefined;
  for (const version of versions) {
    if (version.partnerId !== partnerId || version.validFrom > at) continue;
    // A later entry of the same instant is the newer version: the book lists versions in order.
    if (latest === undefined || version.validFrom >= latest.validFrom) latest = version;
  }
  return latest;
}
