import type { Refusal } from '../../../kernel/errors/refusal';
import type { CurrencyCode } from '../../../kernel/values/money';
import type { PartnerId, ProgrammeId } from '../../../kernel/values/id';
import type { Points } from '../../../kernel/values/points';
import type { Experiment } from './experiments/experiment';
import type { ConversionRate } from './rules/conversion';
import type { PurchaseRule, PurposeBudget } from './rules/purchase-rule';
import { refuse } from './refusals';

/**
 * How a lot's points are paid for. `AT_REDEMPTION`: its funders pay the redeemer when points are spent. `AT_ISSUANCE`: its
 * issuer pays the hub's fund when points become available, and the fund pays redeemers. `HYBRID`: a part of the
 * reimbursement is paid in advance, the rest when points are spent.
 */
export type SettlementModel = 'AT_REDEMPTION' | 'AT_ISSUANCE' | 'HYBRID';

/** A stretch of the calendar in the programme's time zone; `EVER` never begins anew. */
export type Period = 'DAY' | 'MONTH' | 'YEAR' | 'EVER';

export interface Contract {
  readonly partnerId: PartnerId;
  readonly version: number;
  readonly validFrom: Date;
  readonly settlementModel: SettlementModel;
  /** r: micro-units the redeemer is paid per point. */
  readonly reimbursementMicros: bigint;
  /** I: micro-units the issuer pays per point at issuance; 0 unless AT_ISSUANCE. */
  readonly issuanceMicros: bigint;
  /** f: micro-units the issuer owes the operator per released point. */
  readonly feeMicros: bigint;
  /** h: the part of the reimbursement paid in advance, in basis points; 0 unless HYBRID. */
  readonly prefundBps: number;
  /** b: the issuer's part of what its expired points had paid for, in basis points. */
  readonly breakageShareBps: number;
  /** Points stay pending until the issuer's payment is confirmed. */
  readonly releaseOnFunding: boolean;
  /** The most points it may issue in a period; null: no such cap. */
  readonly issuanceCap: { readonly points: Points; readonly period: Period } | null;
  /** The exposure in micro-units above which its points stop being issued; null: no such cap. */
  readonly netDebitCapMicros: bigint | null;
  /** The part of that cap at which an alert is announced, in basis points. */
  readonly netDebitAlertBps: number;
}

/** `points` for every whole `perAmountMinor` minor units; the fraction is dropped. */
export interface EarningRule {
  readonly id: string;
  readonly partnerId: PartnerId;
  readonly validFrom: Date;
  readonly points: bigint;
  readonly perAmountMinor: bigint;
  /** Days points wait before they can be spent; 0: none. */
  readonly pendingDays: number;
}

/** Points for something a member did that is no purchase. */
export interface ActionRule {
  readonly id: string;
  readonly partnerId: PartnerId;
  readonly validFrom: Date;
  /** The partner's name for it, such as `social.connected`. */
  readonly action: string;
  readonly points: Points;
  /** How often it is rewarded in a period; null: always. */
  readonly limit: { readonly count: number; readonly period: Period } | null;
  /** The attribute that tells one occasion from another, such as `network`; null: all are one. */
  readonly distinctBy: string | null;
  /** In CEL, over the action's attributes, the member and the time; absent: always. */
  readonly condition?: string | null;
  /** Only members who stand on one of these tiers; absent or empty: all. */
  readonly tiers?: readonly string[];
  /** What members of a tier get instead of `points`. */
  readonly tierPoints?: readonly { readonly tier: string; readonly points: Points }[];
  /** Through this day after the day of enrolment, by the programme's calendar; absent: always. */
  readonly signUpDays?: number | null;
}

/** How qualifying points are counted, and how long a rung is kept. */
export interface TierPolicy {
  /** `LIFETIME` never reviews; else a rung reached is kept to the end of the next period. */
  readonly period: 'LIFETIME' | 'CALENDAR_YEAR' | 'ROLLING_YEAR';
  /** Days after the end of a period in which points still count to keep the rung. */
  readonly graceDays: number;
  /** Days before a review at which a member who would drop is told. */
  readonly noticeDays: number;
}

/** When points cease. */
export interface ExpiryPolicy {
  /**
   * `FIXED`: so many days after they were earned. `ROLLING`: so many days after the member's last activity.
   * `END_OF_PERIOD`: so many days after they were earned, then to the end of that period.
   */
  readonly kind: 'FIXED' | 'ROLLING' | 'END_OF_PERIOD';
  /** The period points live to the end of; meaningful for `END_OF_PERIOD` only. */
  readonly period: 'MONTH' | 'QUARTER' | 'YEAR';
  /** Days before the expiry at which members are warned, most first. */
  readonly warningDays: readonly number[];
}

/** A place of a partner that purchases name. */
export interface BookBranch {
  readonly code: string;
  /** The channels it sells by. */
  readonly channels: readonly string[];
  readonly opensAt: Date;
  /** The first instant at which nothing is sold there any more; null while it is open. */
  readonly closedAt: Date | null;
}

export interface BookPartner {
  readonly id: PartnerId;
  readonly code: string;
  readonly canIssue: boolean;
  readonly canRedeem: boolean;
  readonly status: 'ACTIVE' | 'SUSPENDED' | 'LEAVING' | 'LEFT';
  /** Since when its points run off; null while it is not leaving. */
  readonly leavingSince?: Date | null;
  /** Absent or empty: it has declared none. */
  readonly branches?: readonly BookBranch[];
}

/** One rung of the ladder. */
export interface Tier {
  readonly code: string;
  readonly name: string;
  /** Qualifying points from which a member stands on this rung. */
  readonly threshold: Points;
  /** What purchases earn on this rung, in basis points of what they earn otherwise; at least 10,000, which absent means. */
  readonly multiplierBps?: number;
  /** What its members have besides, each in the languages it was told in. */
  readonly benefits?: readonly { readonly texts: readonly { readonly language: string; readonly text: string }[] }[];
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
  /** What a point is worth to a member, in micro-units of the currency. */
  readonly faceValueMicros: bigint;
  /** Days a lot stays spendable after the day it was earned; null: for ever. */
  readonly pointsValidityDays: number | null;
  readonly expiry: ExpiryPolicy;
  /** Which lots pay first: by expiry, or in proportion to what is left of each issuer's. */
  readonly drawOrder: 'FIRST_TO_EXPIRE' | 'PRO_RATA_BY_ISSUER';
  /** Days a lot that expired meanwhile stays spendable after a reversal gave it back. */
  readonly reversalGraceDays: number;
  /** The most points a member may be in arrears with; null: no limit. */
  readonly arrearsLimitPoints: Points | null;
  /** Redemptions of more points need a step-up of the member; null: none does. */
  readonly stepUpAbovePoints: Points | null;
  /** Days a receipt of an unknown buyer can be claimed. */
  readonly receiptClaimDays: number;
  /** Days a partner has to answer a claim of missing points before it pays them as goodwill. */
  readonly missingPointsAnswerDays: number;
  readonly tierPolicy: TierPolicy;
  readonly opensAt: Date;
  readonly partners: readonly BookPartner[];
  readonly contracts: readonly Contract[];
  readonly earningRules: readonly EarningRule[];
  readonly actionRules: readonly ActionRule[];
  /** Rules beyond the base rate, campaigns' among them. */
  readonly purchaseRules: readonly PurchaseRule[];
  readonly purposeBudgets: readonly PurposeBudget[];
  readonly conversionRates: readonly ConversionRate[];
  /** What members of different arms meet differently. */
  readonly experiments: readonly Experiment[];
  /** Ascending by threshold, the first at 0. */
  readonly tiers: readonly Tier[];
  /** What members are told in when nothing else is known. */
  readonly defaultLanguage?: string;
  /** Which version of the terms this book goes by; absent: the first, of the founding. */
  readonly termsVersion?: number;
  /** Versions of the terms that take effect at some instant, ascending; absent: none. */
  readonly termsChanges?: readonly TermsChange[];
}

/** What of a programme's terms may change: a version of all of it, in force from its instant until the next one's. */
export interface TermsChange {
  readonly version: number;
  readonly takesEffectAt: Date;
  /** The rule book that announced it first. */
  readonly ruleBookVersion: bigint;
  readonly terms: Pick<
    RuleBook,
    'faceValueMicros' | 'pointsValidityDays' | 'expiry' | 'arrearsLimitPoints' | 'stepUpAbovePoints' | 'tiers'
  >;
}

/** The partner of this id; undefined when the book does not know it. */
export function partnerIn(book: RuleBook, partnerId: PartnerId): BookPartner | undefined {
  return book.partners.find(({ id }) => id === partnerId);
}

/** Whether a partner does business at present: PARTNERS_PARTNER_SUSPENDED or PARTNERS_PARTNER_LEAVING when it does not. */
export function whyNotActive({ status }: BookPartner): Refusal | null {
  if (status === 'ACTIVE') return null;
  if (status === 'SUSPENDED') return refuse('PARTNERS_PARTNER_SUSPENDED', 'This partner does no business at present.');
  return refuse('PARTNERS_PARTNER_LEAVING', 'This partner is leaving the coalition and does no more business.');
}

/**
 * Whether a partner has left, so that its books are closed: PARTNERS_PARTNER_LEAVING. While it leaves it still takes goods back,
 * and what it did is undone.
 */
export function whyClosed(book: RuleBook, partnerId: PartnerId | null): Refusal | null {
  const partner = partnerId === null ? undefined : partnerIn(book, partnerId);
  return partner?.status === 'LEFT' ? whyNotActive(partner) : null;
}

/** The partner's contract in force at an instant: the latest version valid from then or before. */
export function contractAt(book: RuleBook, partnerId: PartnerId, at: Date): Contract | undefined {
  return latestOf(book.contracts, partnerId, at);
}

/** The partner's earning rule in force at an instant. */
export function earningRuleAt(book: RuleBook, partnerId: PartnerId, at: Date): EarningRule | undefined {
  return latestOf(book.earningRules, partnerId, at);
}

/** The rule that rewards an action of a partner at an instant. */
export function actionRuleAt(
  { actionRules }: RuleBook,
  { partnerId, action }: { partnerId: PartnerId; action: string },
  at: Date,
): ActionRule | undefined {
  return latestOf(
    actionRules.filter((rule) => rule.action === action),
    partnerId,
    at,
  );
}

interface Dated {
  readonly partnerId: PartnerId;
  readonly validFrom: Date;
}

/** Versions by partner, made once for each list: a book never changes, and every posting asks it. */
const byPartner = new WeakMap<readonly Dated[], Map<PartnerId, Dated[]>>();

function latestOf<T extends Dated>(versions: readonly T[], partnerId: PartnerId, at: Date): T | undefined {
  let index = byPartner.get(versions);
  if (index === undefined) {
    index = new Map();
    for (const version of versions) index.set(version.partnerId, [...(index.get(version.partnerId) ?? []), version]);
    byPartner.set(versions, index);
  }
  let latest: Dated | undefined;
  for (const version of index.get(partnerId) ?? []) {
    if (version.validFrom > at) continue;
    // A later entry of the same instant is the newer version: the book lists versions in order.
    if (latest === undefined || version.validFrom >= latest.validFrom) latest = version;
  }
  return latest as T | undefined;
}
