import type { PartnerId } from '../../../../kernel/values/id';
import { divideFloor, divideHalfEven } from '../../../../kernel/values/rounding';
import type { FundingShare } from '../points/lot';

/** How a fraction of a point ends: with the issuer, with the even neighbour, or with the member. */
export type Rounding = 'DOWN' | 'HALF_EVEN' | 'UP';

/**
 * What a rule gives for what it covers. `RATE` stands in the place of the base rate; `EXTRA_RATE` and `BONUS` come on top of
 * it; `MULTIPLIER` multiplies what base rate, rates and tier give, extras and bonuses excepted: 20,000 basis points double.
 */
export type Effect =
  | { readonly kind: 'RATE' | 'EXTRA_RATE'; readonly points: bigint; readonly perAmountMinor: bigint }
  | { readonly kind: 'BONUS'; readonly points: bigint }
  | { readonly kind: 'MULTIPLIER'; readonly bps: number };

/** Purposes that budgets are kept for. */
export type BudgetPurpose = 'ENROLMENT' | 'EARNING' | 'PERSONAL_OFFERS' | 'LIFECYCLE';

/**
 * How far a campaign has come. `TEASER`: shown, and earns nothing; `SOFT`: earns for members of its segments; `IN_STORE`: earns
 * at tills; `FULL`: earns wherever its terms say.
 */
export type CampaignPhase = 'TEASER' | 'SOFT' | 'IN_STORE' | 'FULL';

/** What makes a rule a campaign's: its points are lots of their own, paid by its funders, out of its budget. */
export interface CampaignTerms {
  readonly id: string;
  readonly phase: CampaignPhase;
  readonly purpose: BudgetPurpose;
  /** The most points it may give in all; null: no limit of its own. */
  readonly budgetPoints: bigint | null;
  readonly funding: readonly FundingShare[];
}

/**
 * One version of a rule of a partner. Empty lists ask for nothing. It is in force from `from` until before `until`.
 */
export interface PurchaseRule {
  readonly id: string;
  readonly partnerId: PartnerId;
  readonly name: string;
  readonly from: Date;
  readonly until: Date | null;
  readonly channels: readonly string[];
  readonly branches: readonly string[];
  /** With `skus`: what of a receipt it covers; a line is covered that is in either list. */
  readonly categories: readonly string[];
  readonly skus: readonly string[];
  readonly tiers: readonly string[];
  /** The member is in one of them. */
  readonly segments: readonly string[];
  /** Through this day after the day of enrolment, by the programme's calendar. */
  readonly signUpDays: number | null;
  /** In minor units of the programme's currency, of what it covers. */
  readonly minAmountMinor: bigint;
  readonly capPoints: bigint | null;
  readonly rounding: Rounding;
  /** Higher first. */
  readonly priority: number;
  /** Of the rules of one group only the best for the member counts; null: it counts beside all others. */
  readonly group: string | null;
  /** In CEL; see kernel/conditions. */
  readonly condition: string | null;
  readonly effect: Effect;
  readonly campaign: CampaignTerms | null;
}

/** A partner's budget for a purpose, in points, anew each period. */
export interface PurposeBudget {
  readonly partnerId: PartnerId;
  readonly purpose: BudgetPurpose;
  readonly points: bigint;
  readonly period: 'DAY' | 'MONTH' | 'YEAR' | 'EVER';
}

/** Whether a rule looks at the lines of a receipt one by one. */
export function looksAtLines({ categories, skus }: PurchaseRule): boolean {
  return categories.length > 0 || skus.length > 0;
}

/** Divides as a rule says. */
export function divideRounded(dividend: bigint, divisor: bigint, rounding: Rounding): bigint {
  switch (rounding) {
    case 'DOWN':
      return divideFloor(dividend, divisor);
    case 'HALF_EVEN':
      return divideHalfEven(dividend, divisor);
    case 'UP':
      return -divideFloor(-dividend, divisor);
  }
}

/** The order in which rules are looked at: by priority, then by id, so that nothing depends on how they were listed. */
export function compareRules(a: PurchaseRule, b: PurchaseRule): number {
  return b.priority - a.priority || (a.id < b.id ? -1 : 1);
}
