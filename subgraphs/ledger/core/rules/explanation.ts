import { splitByLargestRemainder } from '../../../../kernel/values/rounding';
import { divideRounded, type Effect, type Rounding } from './purchase-rule';

/** Why a rule that might have applied did not. */
export type PassedReason =
  | 'TEASER'
  | 'CHANNEL'
  | 'BRANCH'
  | 'TIER'
  | 'SEGMENT'
  | 'SIGN_UP_WINDOW'
  | 'NOTHING_COVERED'
  | 'BELOW_MINIMUM'
  | 'CONDITION_FALSE'
  | 'FACTS_NOT_TOLD'
  | 'CONDITION_FAILED'
  | 'FUNDER'
  | 'BUDGET_SPENT'
  | 'HELD_OUT'
  | 'OUTDONE';

/** Where points of a rule that fired come from: the partner's base rate, the member's tier, a rule, a campaign. */
export type FiredSource = 'BASE' | 'TIER' | 'RULE' | 'CAMPAIGN';

/** A rule that fired, with all that is needed to say again what it gives for less of the same purchase. */
export interface FiredRule {
  readonly source: FiredSource;
  /** The rule's id; the tier's code. */
  readonly ruleId: string;
  readonly campaignId: string | null;
  readonly effect: Effect;
  /** What of the purchase it covers, in minor units of the programme's currency. */
  readonly coveredMinor: bigint;
  readonly minAmountMinor: bigint;
  readonly capPoints: bigint | null;
  readonly rounding: Rounding;
}

/** A rule that did not fire. */
export interface PassedRule {
  readonly ruleId: string;
  readonly campaignId: string | null;
  readonly reason: PassedReason;
}

/** How a purchase in another currency came to the programme's. */
export interface Conversion {
  /** In minor units of the programme's currency. */
  readonly amountMinor: bigint;
  /** Units of the programme's currency for one of the purchase's, as a decimal. */
  readonly rate: string;
  readonly source: string;
  /** The day the rate is of; an ISO date. */
  readonly day: string;
}

/** What rules gave for a purchase, and all it is reckoned from. */
export interface Reckoned {
  /** What earned, in minor units of the programme's currency. */
  readonly amountMinor: bigint;
  readonly conversion: Conversion | null;
  /** In the order they were reckoned. */
  readonly fired: readonly FiredRule[];
}

/** What rules gave for a purchase, and why. */
export interface Explanation extends Reckoned {
  /** The first hundred of them, by priority; the same outcome has the very same list. */
  readonly passed: readonly PassedRule[];
}

/**
 * What each rule that fired adds when only so much of the purchase is kept; with all of it kept, what the purchase earned.
 *
 * First rates, each on its part of the amount, the parts of the kept amount by largest remainder; then the tier and the
 * multipliers in their order, each on what stands before it, in proportion to what it covers; extras and bonuses on their own.
 * A rate whose minimum is not reached gives what the base rate gives. Each rounds once, as its rule says.
 *
 * @returns in the order of `fired`; never negative
 */
export function reckon({ fired, amountMinor }: Pick<Reckoned, 'fired' | 'amountMinor'>, keptMinor: bigint): bigint[] {
  if (keptMinor <= 0n || amountMinor <= 0n) return fired.map(() => 0n);
  const covered = keptParts(fired, { amountMinor, keptMinor });
  const base = fired.find(({ source }) => source === 'BASE');
  let multiplied = 0n;
  return fired.map((rule, n) => {
    const part = covered[n] ?? 0n;
    const added = addedBy(rule, part, { base, multiplied, keptMinor });
    if (rule.effect.kind === 'RATE' || rule.effect.kind === 'MULTIPLIER') multiplied += added;
    return added;
  });
}

function keptParts(
  fired: readonly FiredRule[],
  { amountMinor, keptMinor }: { amountMinor: bigint; keptMinor: bigint },
): bigint[] {
  if (keptMinor === amountMinor) return fired.map(({ coveredMinor }) => coveredMinor);
  const weights = fired.map(({ effect, coveredMinor }) => (effect.kind === 'RATE' ? coveredMinor : 0n));
  const rates = weights.some((weight) => weight > 0n) ? splitByLargestRemainder(keptMinor, weights) : weights;
  return fired.map(({ effect, coveredMinor }, n) =>
    effect.kind === 'RATE' ? (rates[n] ?? 0n) : (coveredMinor * keptMinor) / amountMinor,
  );
}

function addedBy(
  { effect, minAmountMinor, capPoints, rounding }: FiredRule,
  part: bigint,
  { base, multiplied, keptMinor }: { base: FiredRule | undefined; multiplied: bigint; keptMinor: bigint },
): bigint {
  const capped = (points: bigint) => (capPoints !== null && points > capPoints ? capPoints : points);
  if (part < minAmountMinor) {
    if (effect.kind !== 'RATE' || base?.effect.kind !== 'RATE') return 0n;
    return divideRounded(part * base.effect.points, base.effect.perAmountMinor, base.rounding);
  }
  switch (effect.kind) {
    case 'RATE':
    case 'EXTRA_RATE':
      return capped(divideRounded(part * effect.points, effect.perAmountMinor, rounding));
    case 'BONUS':
      return part > 0n ? capped(effect.points) : 0n;
    case 'MULTIPLIER': {
      const more = BigInt(effect.bps) - 10_000n;
      return capped(divideRounded(multiplied * more * part, 10_000n * keptMinor, rounding));
    }
  }
}

/** What of a kept amount goes to each lot a purchase made: the partner's own first, then each campaign's, in the order they fired. */
export function pointsByLot(explanation: Reckoned, keptMinor: bigint): bigint[] {
  const added = reckon(explanation, keptMinor);
  const isOwn = explanation.fired.map(({ source }) => source !== 'CAMPAIGN');
  const own = added.reduce((sum, points, n) => (isOwn[n] === true ? sum + points : sum), 0n);
  return [own, ...added.filter((_, n) => isOwn[n] !== true)];
}
