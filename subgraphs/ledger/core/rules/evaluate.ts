import type { ConditionFacts } from '../../../../kernel/conditions/vocabulary';
import { splitByLargestRemainder } from '../../../../kernel/values/rounding';
import type { FundingShare, Party } from '../points/lot';
import type { EarningRule, Tier } from '../rule-book';
import {
  reckon,
  type Conversion,
  type Explanation,
  type FiredRule,
  type PassedReason,
  type PassedRule,
} from './explanation';
import { conditionFacts, enrolledDays, type Happened, type Person, type PurchaseLine } from './purchase-facts';
import { looksAtLines, type PurchaseRule } from './purchase-rule';
import type { Candidates, ReadyRule, Sifted } from './candidates';

/** Everything an evaluation looks at; nothing else of the world matters to it. */
export interface Evaluated {
  readonly happened: Happened;
  readonly person: Person;
  readonly candidates: Candidates;
  readonly base: EarningRule;
  readonly tiers: readonly Tier[];
  readonly timeZone: string;
  readonly conversion: Conversion | null;
  /** Ids of campaigns whose budget does not hold what they would give. */
  readonly spent: ReadonlySet<string>;
  /** Whether the member does without a campaign, being of an experiment's control. */
  readonly isHeldOut: (campaignId: string) => boolean;
  /** Whether a party can pay for a campaign's points now. */
  mayFund(party: Party): boolean;
}

/** What a campaign gives: a lot of its own. */
export interface CampaignPart {
  readonly rule: PurchaseRule;
  readonly points: bigint;
  readonly funding: readonly FundingShare[];
}

/** What a purchase earns: the partner's own points, then each campaign's, and why. */
export interface Evaluation {
  readonly ownPoints: bigint;
  readonly campaigns: readonly CampaignPart[];
  readonly explanation: Explanation;
  /** Conditions that failed, for the log. */
  readonly failures: readonly { readonly ruleId: string; readonly message: string }[];
}

/**
 * What the rules of a partner give for a purchase: a pure function of what it is told.
 *
 * Rates compete for each part of the receipt: the highest priority, then the best for the member; what none covers earns the base
 * rate. Multipliers, extras and bonuses stack, except that of one group only the one that adds most counts. A rule that cannot be
 * decided, because its condition fails, gives nothing; the rest of the purchase earns as if it were not there.
 */
export function evaluatePurchase(asked: Evaluated): Evaluation {
  const weighed = new Weighing(asked);
  const { amountMinor } = asked.happened;
  const { base } = asked;
  const eligible = weighed.eligible();
  const rates = weighed.ratesFor(eligible.filter(({ rule }) => rule.effect.kind === 'RATE'));
  const ownRate = firedBase(base, amountMinor - rates.reduce((sum, { coveredMinor }) => sum + coveredMinor, 0n));
  const standing = [ownRate, ...rates, ...firedTier(asked)];
  const stacked = weighed.bestOfGroups(
    eligible.filter(({ rule }) => rule.effect.kind !== 'RATE'),
    standing,
  );
  const fired = [...standing, ...stacked.map(firedOf)];
  const added = reckon({ fired, amountMinor }, amountMinor);
  const parts = stacked.map((one, n) => ({ rule: one.rule, points: added[standing.length + n] ?? 0n }));
  const campaigns = parts.flatMap(({ rule, points }): CampaignPart[] =>
    rule.campaign === null || points === 0n ? [] : [{ rule, points, funding: rule.campaign.funding }],
  );
  const all = added.reduce((sum, one) => sum + one, 0n);
  return {
    ownPoints: all - campaigns.reduce((sum, { points }) => sum + points, 0n),
    campaigns,
    explanation: {
      amountMinor,
      conversion: asked.conversion,
      fired,
      passed: weighed.passed(),
    },
    failures: weighed.failures,
  };
}

/** A rule that applies, and what of the purchase it covers. */
interface Eligible {
  readonly rule: PurchaseRule;
  /** Its place among the rules that are looked at. */
  readonly n: number;
  readonly coveredMinor: bigint;
}

const EXACT = { minAmountMinor: 0n, capPoints: null, rounding: 'DOWN' } as const;

function firedBase({ id, points, perAmountMinor }: EarningRule, coveredMinor: bigint): FiredRule {
  const effect = { kind: 'RATE', points, perAmountMinor } as const;
  return { source: 'BASE', ruleId: id, campaignId: null, effect, coveredMinor, ...EXACT };
}

function firedTier({ tiers, person, happened }: Evaluated): FiredRule[] {
  const tier = tiers.find(({ code }) => code === person.tier);
  const bps = tier?.multiplierBps ?? 10_000;
  if (tier === undefined || bps === 10_000) return [];
  const effect = { kind: 'MULTIPLIER', bps } as const;
  const { amountMinor: coveredMinor } = happened;
  return [{ source: 'TIER', ruleId: tier.code, campaignId: null, effect, coveredMinor, ...EXACT }];
}

function firedOf({ rule, coveredMinor }: Omit<Eligible, 'n'>): FiredRule {
  const { id, campaign, effect, minAmountMinor, capPoints, rounding } = rule;
  return {
    source: campaign === null ? 'RULE' : 'CAMPAIGN',
    ruleId: id,
    campaignId: campaign?.id ?? null,
    effect,
    coveredMinor,
    minAmountMinor,
    capPoints,
    rounding,
  };
}

/** One purchase being weighed: which rules are looked at, why each gave nothing, and its facts, made when first asked for. */
class Weighing {
  readonly failures: { ruleId: string; message: string }[] = [];
  private readonly sifted: Sifted;
  private readonly places: readonly number[];
  /** By the order they are looked at; null for what fires. */
  private readonly reasons: (PassedReason | null)[];
  private readonly pieces: readonly PurchaseLine[];
  private facts: ConditionFacts | null = null;

  constructor(private readonly asked: Evaluated) {
    const { happened, person, candidates } = asked;
    const { channel, branch } = happened;
    this.sifted = candidates.siftedBy({ channel, branch, tier: person.tier });
    this.places = this.sifted.placesFor(person.facts.segments);
    this.reasons = new Array<PassedReason | null>(this.places.length).fill(null);
    this.pieces = candidates.askLines ? piecesOf(happened) : [wholeOf(happened.amountMinor)];
  }

  /** The rules that apply, with what they cover. */
  eligible(): Eligible[] {
    const eligible: Eligible[] = [];
    for (let n = 0; n < this.places.length; n += 1) {
      const { rule, condition } = this.asked.candidates.rules[this.places[n] as number] as ReadyRule;
      const coveredMinor = this.coveredBy(rule);
      const reason = this.whyNot(rule, coveredMinor) ?? this.whyNotTrue(rule, condition);
      if (reason === null) eligible.push({ rule, n, coveredMinor });
      else this.reasons[n] = reason;
    }
    return eligible;
  }

  passed(): readonly PassedRule[] {
    return this.sifted.passed(this.places, this.reasons);
  }

  private coveredBy(rule: PurchaseRule): bigint {
    if (!looksAtLines(rule)) return this.asked.happened.amountMinor;
    return this.pieces.reduce((sum, one) => (covers(rule, one) ? sum + one.amountMinor : sum), 0n);
  }

  /** What a branch, a tier, a phase or a segment decides was decided before, for all rules at once. */
  private whyNot(rule: PurchaseRule, coveredMinor: bigint): PassedReason | null {
    const { happened, person, timeZone, spent, isHeldOut, mayFund } = this.asked;
    const { campaign } = rule;
    if (rule.signUpDays !== null) {
      const days = enrolledDays(person.facts, happened.at, timeZone);
      if (days === null || days < 0 || days > rule.signUpDays) return 'SIGN_UP_WINDOW';
    }
    if (coveredMinor <= 0n) return 'NOTHING_COVERED';
    if (coveredMinor < rule.minAmountMinor) return 'BELOW_MINIMUM';
    if (campaign === null) return null;
    if (isHeldOut(campaign.id)) return 'HELD_OUT';
    if (!campaign.funding.every(({ partyId }) => mayFund(partyId))) return 'FUNDER';
    return spent.has(campaign.id) ? 'BUDGET_SPENT' : null;
  }

  private whyNotTrue({ id }: PurchaseRule, condition: ReadyRule['condition']): PassedReason | null {
    if (condition === null) return null;
    if (condition === undefined) return this.fail(id, 'the condition cannot be read');
    const { happened, person, timeZone, candidates } = this.asked;
    this.facts ??= conditionFacts(happened, person, { timeZone, uses: candidates.uses });
    const answer = condition.ask(this.facts);
    switch (answer.outcome) {
      case 'TRUE':
        return null;
      case 'FALSE':
        return 'CONDITION_FALSE';
      case 'NOT_TOLD':
        return 'FACTS_NOT_TOLD';
      case 'FAILED':
        return this.fail(id, answer.message);
    }
  }

  private fail(ruleId: string, message: string): PassedReason {
    this.failures.push({ ruleId, message });
    return 'CONDITION_FAILED';
  }

  /** Which rate each piece of the receipt gets; pieces of one rule are reckoned together. */
  ratesFor(rates: readonly Eligible[]): FiredRule[] {
    if (rates.length === 0) return [];
    const covered = new Map<PurchaseRule, bigint>();
    for (const piece of this.pieces) {
      const best = rates.filter(({ rule }) => covers(rule, piece)).reduce<Eligible | null>(betterRate, null);
      if (best !== null) covered.set(best.rule, (covered.get(best.rule) ?? 0n) + piece.amountMinor);
    }
    return rates.flatMap(({ rule, n }): FiredRule[] => {
      const coveredMinor = covered.get(rule) ?? 0n;
      if (coveredMinor >= rule.minAmountMinor && coveredMinor > 0n) return [firedOf({ rule, coveredMinor })];
      this.reasons[n] = coveredMinor === 0n ? 'OUTDONE' : 'BELOW_MINIMUM';
      return [];
    });
  }

  /** Of each group the one that adds most to what stands; the others are noted as outdone. */
  bestOfGroups(stacking: readonly Eligible[], standing: readonly FiredRule[]): Eligible[] {
    const { amountMinor } = this.asked.happened;
    const addsAlone = (one: Eligible) =>
      reckon({ fired: [...standing, firedOf(one)], amountMinor }, amountMinor).at(-1) ?? 0n;
    const best = new Map<string, { one: Eligible; adds: bigint }>();
    for (const one of stacking) {
      const { group } = one.rule;
      if (group === null) continue;
      const adds = addsAlone(one);
      const before = best.get(group);
      if (before === undefined || adds > before.adds) best.set(group, { one, adds });
    }
    return stacking.filter((one) => {
      const counts = one.rule.group === null || best.get(one.rule.group)?.one === one;
      if (!counts) this.reasons[one.n] = 'OUTDONE';
      return counts;
    });
  }
}

function covers(rule: PurchaseRule, { sku, category }: PurchaseLine): boolean {
  if (!looksAtLines(rule)) return true;
  return rule.skus.includes(sku) || (category !== null && rule.categories.includes(category));
}

/** The higher priority, then more points for an amount, then the earlier one of the order they are looked at in. */
function betterRate(best: Eligible | null, one: Eligible): Eligible {
  if (best === null) return one;
  if (best.rule.priority !== one.rule.priority) return best.rule.priority > one.rule.priority ? best : one;
  const [a, b] = [best.rule.effect, one.rule.effect];
  if (a.kind !== 'RATE' || b.kind !== 'RATE') return best;
  return b.points * a.perAmountMinor > a.points * b.perAmountMinor ? one : best;
}

const wholeOf = (amountMinor: bigint): PurchaseLine => ({ sku: '', category: null, quantity: 1, amountMinor });

/**
 * A receipt as pieces that add up to what earns: its lines, and what they leave open as a piece of no category. Where the lines come
 * to more, as when the whole receipt was discounted, each bears its part, by largest remainder.
 */
function piecesOf({ lines, amountMinor }: Happened): PurchaseLine[] {
  const total = lines.reduce((sum, line) => sum + line.amountMinor, 0n);
  if (total <= amountMinor) return total === amountMinor ? [...lines] : [...lines, wholeOf(amountMinor - total)];
  const parts = splitByLargestRemainder(
    amountMinor,
    lines.map((line) => line.amountMinor),
  );
  return lines.map((line, n) => ({ ...line, amountMinor: parts[n] ?? 0n }));
}
