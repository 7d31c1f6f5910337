import type { CurrencyCode } from '../../../kernel/values/money';
import { microsPerMinor } from '../../../kernel/values/money';
import type { EarningRule } from './earning-rule';
import type { Programme } from './programme';
import type { InForce } from './purchase-rule';

/** What of a programme's rules decides how much of a purchase comes back as points. */
export interface RebateRules {
  readonly programme: Pick<Programme, 'faceValueMicros' | 'currency' | 'tiers'>;
  /** Every version of the base rates, and every rule in force at some time, of all partners. */
  readonly earningRules: readonly EarningRule[];
  readonly rules: readonly InForce[];
}

/** The part of the rules that a change is judged by: one partner, a window and, where it is for some only, for whom. */
export interface JudgedPart {
  readonly partnerId: EarningRule['partnerId'];
  readonly from: Date;
  readonly until: Date | null;
  /** Empty: everywhere, everybody. */
  readonly channels: readonly string[];
  readonly branches: readonly string[];
  readonly tiers: readonly string[];
  readonly segments: readonly string[];
}

/** The most a purchase may bring back. */
export interface Rebate {
  /** What points are worth of what was paid, in basis points; null: a bonus asks for no minimum, so there is no most. */
  readonly bps: number | null;
  /** The same without bonuses that ask for no minimum. */
  readonly boundedBps: number;
  /** What these give together. */
  readonly unboundedPoints: bigint;
  /** Codes of the rules `boundedBps` comes from besides the base rate and the tier. */
  readonly codes: readonly string[];
}

/** The most a purchase may bring back in a part of the rules, and what a change does to it there. */
export interface JudgedRebate extends Rebate {
  /** Whether the change makes it more anywhere. */
  readonly isRaised: boolean;
  /** The most of where it makes `boundedBps` more; null: nowhere. */
  readonly boundedRise: Rebate | null;
}

/** Points for a minor unit times this are whole enough: a hundred-millionth of a basis point is lost at most. */
const SCALE = 10n ** 18n;
const CHANNELS = ['TILL', 'ONLINE', 'APP'];

/**
 * The highest rebate any purchase can get at a partner in a part of its rules, and whether a change raises it there: at each instant a rule
 * begins, on each channel, for members of no segment and of each, the best base rate or rate, the best tier, and of all others what stacks.
 * Conditions, goods and sign-up windows are taken to be met, so it is never too low. What rounding up adds is not counted.
 *
 * @returns the worst of what is raised; where nothing is, the worst there is
 */
export function judgeRebate(
  part: JudgedPart,
  { after, before }: { after: RebateRules; before: RebateRules },
): JudgedRebate {
  const starts = [...after.rules, ...after.earningRules]
    .filter(({ partnerId, validFrom }) => partnerId === part.partnerId && isIn(validFrom, part))
    .map(({ validFrom }) => validFrom);
  const ownOf = (book: RebateRules): RebateRules => ({
    ...book,
    rules: book.rules.filter((rule) => rule.partnerId === part.partnerId && mayMeet(rule, part)),
  });
  const [ownAfter, ownBefore] = [ownOf(after), ownOf(before)];
  const found = pointsOf(part, { starts, rules: ownAfter.rules }).map((point) => ({
    rebate: rebateAt(point, ownAfter),
    was: rebateAt(point, ownBefore),
  }));
  const isBoundedRaised = ({ rebate, was }: (typeof found)[number]) => rebate.boundedBps > was.boundedBps;
  const raised = found.filter((one) => isBoundedRaised(one) || one.rebate.unboundedPoints > one.was.unboundedPoints);
  const boundedRaised = found.filter(isBoundedRaised);
  return {
    ...worstOf(raised.length > 0 ? raised : found),
    isRaised: raised.length > 0,
    boundedRise: boundedRaised.length > 0 ? worstOf(boundedRaised) : null,
  };
}

/** The worst of several in each respect: what bonuses without a minimum give at one point hides nothing of another. */
function worstOf(found: readonly { readonly rebate: Rebate }[]): Rebate {
  return found
    .map(({ rebate }) => rebate)
    .reduce((worst, one) => ({
      ...(one.boundedBps > worst.boundedBps ? one : worst),
      bps: worst.bps === null || one.bps === null ? null : Math.max(worst.bps, one.bps),
      unboundedPoints: larger(worst.unboundedPoints, one.unboundedPoints),
    }));
}

/** Who buys where and when. */
interface Point {
  readonly part: JudgedPart;
  readonly at: Date;
  readonly channel: string;
  /** The one segment the member is in; null: in none. */
  readonly segment: string | null;
}

function pointsOf(
  part: JudgedPart,
  { starts, rules }: { starts: readonly Date[]; rules: readonly InForce[] },
): Point[] {
  const instants = [...new Set([part.from, ...starts].map((at) => at.getTime()))].map((ms) => new Date(ms));
  const channels = part.channels.length > 0 ? part.channels : CHANNELS;
  return instants.flatMap((at) => {
    const named = rules.filter((rule) => inForce(rule, at)).flatMap(({ terms }) => terms?.segments ?? []);
    const segments = part.segments.length > 0 ? part.segments : [null, ...new Set(named)];
    return channels.flatMap((channel) => segments.map((segment) => ({ part, at, channel, segment })));
  });
}

function rebateAt({ part, at, channel, segment }: Point, book: RebateRules): Rebate {
  const isFor = ({ terms }: InForce) =>
    (terms?.segments ?? []).length === 0 || (segment !== null && terms?.segments?.includes(segment) === true);
  const rules = book.rules.filter(
    (rule) => inForce(rule, at) && includes(rule.terms?.channels, channel) && isFor(rule),
  );
  const bases = book.earningRules.filter(({ partnerId }) => partnerId === part.partnerId);
  return rebateOf({ base: baseAt(bases, at), rules, part }, book);
}

function baseAt(bases: readonly EarningRule[], at: Date): bigint {
  const begun = bases.filter(({ validFrom }) => validFrom <= at);
  const latest = begun.reduce<EarningRule | null>((a, b) => (a === null || b.version > a.version ? b : a), null);
  return latest === null ? 0n : (latest.points * SCALE) / latest.perAmountMinor;
}

/** What one rule adds to what stands, in points for a minor unit; null: a bonus without a minimum. */
function addedBy({ terms }: InForce, standing: bigint): bigint | null {
  if (terms === null) return 0n;
  const { kind, points, perAmountMinor, bps } = terms.effect;
  switch (kind) {
    case 'RATE':
    case 'EXTRA_RATE':
      return ((points ?? 0n) * SCALE) / (perAmountMinor ?? 1n);
    case 'MULTIPLIER':
      return (standing * BigInt((bps ?? 10_000) - 10_000)) / 10_000n;
    case 'BONUS': {
      const minimum = terms.minAmountMinor ?? 0n;
      if ((points ?? 0n) === 0n) return 0n;
      return minimum === 0n ? null : ((points ?? 0n) * SCALE) / minimum;
    }
  }
}

function rebateOf(
  { base, rules, part }: { base: bigint; rules: readonly InForce[]; part: JudgedPart },
  { programme }: RebateRules,
): Rebate {
  const kindOf = (rule: InForce) => rule.terms?.effect.kind;
  const rates = rules.filter((rule) => kindOf(rule) === 'RATE');
  const best = rates.reduce((highest, rule) => larger(highest, addedBy(rule, 0n) ?? 0n), base);
  const tiers = programme.tiers.filter(({ code }) => part.tiers.length === 0 || part.tiers.includes(code));
  const tierBps = tiers.reduce((highest, { multiplierBps }) => Math.max(highest, multiplierBps ?? 10_000), 10_000);
  const standing = (best * BigInt(tierBps)) / 10_000n;
  const stacked = bestOfGroups(
    rules.filter((rule) => kindOf(rule) !== 'RATE'),
    standing,
  );
  let multiplied = standing;
  for (const rule of stacked) if (kindOf(rule) === 'MULTIPLIER') multiplied += addedBy(rule, multiplied) ?? 0n;
  const others = stacked.filter((rule) => kindOf(rule) !== 'MULTIPLIER');
  const all = others.reduce((sum, rule) => sum + (addedBy(rule, 0n) ?? 0n), multiplied);
  const unbounded = others.filter((rule) => addedBy(rule, 0n) === null);
  const boundedBps = bpsOf(all, programme);
  return {
    bps: unbounded.length > 0 ? null : boundedBps,
    boundedBps,
    unboundedPoints: unbounded.reduce((sum, { terms }) => sum + (terms?.effect.points ?? 0n), 0n),
    codes: [...new Set([...rates, ...stacked].map(({ code }) => code))],
  };
}

/**
 * Of each group the one of each sort that adds most: the best multiplier, the best extra or bonus with a minimum, and the best bonus
 * without. Only one of them counts for a purchase, but which one depends on the purchase, and on what it misses.
 */
function bestOfGroups(rules: readonly InForce[], standing: bigint): InForce[] {
  const best = new Map<string, InForce>();
  for (const rule of rules) {
    const group = rule.terms?.group ?? null;
    const name = group === null ? `alone ${rule.id}` : `${sortOf(rule)} ${group}`;
    const before = best.get(name);
    if (before === undefined || mostOf(rule, standing) > mostOf(before, standing)) best.set(name, rule);
  }
  return [...best.values()];
}

function sortOf(rule: InForce): 'multiplier' | 'bounded' | 'unbounded' {
  if (rule.terms?.effect.kind === 'MULTIPLIER') return 'multiplier';
  return addedBy(rule, 0n) === null ? 'unbounded' : 'bounded';
}

/** By what rules of one sort compare: what they add, or the points of a bonus without a minimum. */
function mostOf(rule: InForce, standing: bigint): bigint {
  return addedBy(rule, standing) ?? rule.terms?.effect.points ?? 0n;
}

/** Value of points for a minor unit, of that unit; rounded up, so that a limit is not passed by a fraction. */
function bpsOf(pointsScaled: bigint, { faceValueMicros, currency }: RebateRules['programme']): number {
  const unit = SCALE * microsPerMinor(currency as CurrencyCode);
  return Number((pointsScaled * faceValueMicros * 10_000n + unit - 1n) / unit);
}

const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);

const includes = (list: readonly string[] | null | undefined, one: string): boolean =>
  list === null || list === undefined || list.length === 0 || list.includes(one);

const isIn = (at: Date, { from, until }: JudgedPart): boolean => at >= from && (until === null || at < until);

const inForce = ({ validFrom, until }: InForce, at: Date): boolean => validFrom <= at && (until === null || at < until);

/** Whether a rule that earns may count beside the part that is judged: not for other branches or tiers only. */
function mayMeet({ terms }: InForce, { branches, tiers }: JudgedPart): boolean {
  if (terms === null || terms.campaign?.phase === 'TEASER') return false;
  return overlap(terms.branches, branches) && overlap(terms.tiers, tiers);
}

const overlap = (list: readonly string[] | null | undefined, other: readonly string[]): boolean =>
  other.length === 0 || (list ?? []).length === 0 || other.some((one) => list?.includes(one));
