import type { Condition } from '../../../../kernel/conditions/condition';
import type { FactName } from '../../../../kernel/conditions/vocabulary';
import type { PassedReason, PassedRule } from './explanation';
import { looksAtLines, type PurchaseRule } from './purchase-rule';

/** A rule with its condition read; null where it has none, undefined where the condition cannot be read. */
export interface ReadyRule {
  readonly rule: PurchaseRule;
  readonly condition: Condition | null | undefined;
}

/** Where and by whom a purchase is made, as far as it decides for all rules at once. */
export interface Sieve {
  readonly channel: string | null;
  readonly branch: string | null;
  readonly tier: string | null;
}

/** How many rules that gave nothing an explanation names. */
export const PASSED_MAX = 100;

/** Different sieves and outcomes kept; the few that come again and again are found, others are made anew. */
const KEPT_MAX = 500;

/** The rules of a partner that may apply at an instant and channel, in the order they are looked at, and what they ask. */
export class Candidates {
  /** What their conditions look at. */
  readonly uses: ReadonlySet<FactName>;
  /** Whether any of them needs facts of the member, or how often it bought before. */
  readonly askFacts: boolean;
  readonly askOrders: boolean;
  /** Whether any of them looks at the lines of the receipt one by one. */
  readonly askLines: boolean;
  /** Those of them that are campaigns'. */
  readonly campaigns: readonly PurchaseRule[];
  private readonly branches: ReadonlySet<string>;
  private readonly tiers: ReadonlySet<string>;
  private readonly sifted = new Map<string, Sifted>();

  constructor(readonly rules: readonly ReadyRule[]) {
    this.uses = new Set(rules.flatMap(({ condition }) => [...(condition?.uses ?? [])]));
    this.askOrders = this.uses.has('orders');
    this.askFacts =
      (['segments', 'profile', 'member'] as const).some((name) => this.uses.has(name)) ||
      rules.some(({ rule }) => isForSegments(rule) || rule.signUpDays !== null);
    this.askLines = rules.some(({ rule }) => looksAtLines(rule));
    this.campaigns = rules.map(({ rule }) => rule).filter(({ campaign }) => campaign !== null);
    this.branches = new Set(rules.flatMap(({ rule }) => rule.branches));
    this.tiers = new Set(rules.flatMap(({ rule }) => rule.tiers));
  }

  /** What is left of them for such purchases; looked through once, so that rules of other branches and tiers cost nothing. */
  siftedBy({ channel, branch, tier }: Sieve): Sifted {
    const at = {
      channel,
      branch: branch !== null && this.branches.has(branch) ? branch : null,
      tier: tier !== null && this.tiers.has(tier) ? tier : null,
    };
    const name = JSON.stringify([at.channel === 'TILL', at.branch, at.tier]);
    return keptOr(this.sifted, name, () => new Sifted(this.rules, at));
  }
}

/** Candidates of which those that a branch, a tier or a phase rules out need no look, and those for segments only their members'. */
export class Sifted {
  /** Places of the rules that are for everybody. */
  private readonly open: readonly number[];
  /** Places of the rules for a segment, by its code. */
  private readonly ofSegment = new Map<string, number[]>();
  /** Why those that are not looked at give nothing, by place; null for the others. */
  private readonly ruledOut: readonly (PassedReason | null)[];
  private readonly outcomes = new Map<string, readonly PassedRule[]>();

  constructor(
    private readonly rules: readonly ReadyRule[],
    sieve: Sieve,
  ) {
    this.ruledOut = rules.map(({ rule }) => ruledOutBy(rule, sieve));
    const left = [...rules.keys()].filter((place) => this.ruledOut[place] === null);
    this.open = left.filter((place) => !isForSegments(this.ruleAt(place)));
    for (const place of left) {
      for (const code of this.ruleAt(place).segments) {
        this.ofSegment.set(code, [...(this.ofSegment.get(code) ?? []), place]);
      }
    }
  }

  private ruleAt(place: number): PurchaseRule {
    return (this.rules[place] as ReadyRule).rule;
  }

  /** Places of the rules to look at for a member of these segments, in the order they are looked at. */
  placesFor(segments: ReadonlySet<string>): readonly number[] {
    if (segments.size === 0 || this.ofSegment.size === 0) return this.open;
    const own = [...segments].flatMap((code) => this.ofSegment.get(code) ?? []);
    return own.length === 0 ? this.open : [...new Set([...this.open, ...own])].sort((a, b) => a - b);
  }

  /**
   * The rules that gave nothing, by priority, and why: the very same list for the same outcome, so that whoever stores it need
   * not write it out for every purchase.
   *
   * @param places  what was looked at
   * @param reasons why each of them gave nothing; null for one that fired
   */
  passed(places: readonly number[], reasons: readonly (PassedReason | null)[]): readonly PassedRule[] {
    const name = (places === this.open ? '' : places.join()) + reasons.map((one) => LETTERS[one ?? 'FIRED']).join('');
    return keptOr(this.outcomes, name, () => this.passedList(places, reasons));
  }

  private passedList(places: readonly number[], reasons: readonly (PassedReason | null)[]): readonly PassedRule[] {
    const looked = new Map(places.map((place, n) => [place, reasons[n] ?? null]));
    const list = this.rules.flatMap(({ rule: { id, campaign } }, place): PassedRule[] => {
      const seen = looked.get(place);
      const reason = seen === undefined ? (this.ruledOut[place] ?? 'SEGMENT') : seen;
      return reason === null ? [] : [{ ruleId: id, campaignId: campaign?.id ?? null, reason }];
    });
    return list.slice(0, PASSED_MAX);
  }
}

function isForSegments({ segments, campaign }: PurchaseRule): boolean {
  return segments.length > 0 || campaign?.phase === 'SOFT';
}

/** Why a rule gives nothing to any purchase of a sieve. */
function ruledOutBy(
  { campaign, branches, tiers }: PurchaseRule,
  { channel, branch, tier }: Sieve,
): PassedReason | null {
  const among = (list: readonly string[], one: string | null) =>
    list.length === 0 || (one !== null && list.includes(one));
  if (campaign?.phase === 'TEASER') return 'TEASER';
  if (campaign?.phase === 'IN_STORE' && channel !== 'TILL') return 'CHANNEL';
  if (!among(branches, branch)) return 'BRANCH';
  return among(tiers, tier) ? null : 'TIER';
}

function keptOr<T>(kept: Map<string, T>, name: string, make: () => T): T {
  const known = kept.get(name);
  if (known !== undefined) return known;
  if (kept.size >= KEPT_MAX) kept.clear();
  const made = make();
  kept.set(name, made);
  return made;
}

/** One letter for each outcome, of which the name of a list of them is made. */
const LETTERS: Readonly<Record<PassedReason | 'FIRED', string>> = {
  FIRED: '.',
  TEASER: 'a',
  CHANNEL: 'b',
  BRANCH: 'c',
  TIER: 'd',
  SEGMENT: 'e',
  SIGN_UP_WINDOW: 'f',
  NOTHING_COVERED: 'g',
  BELOW_MINIMUM: 'h',
  CONDITION_FALSE: 'i',
  FACTS_NOT_TOLD: 'j',
  CONDITION_FAILED: 'k',
  FUNDER: 'l',
  BUDGET_SPENT: 'm',
  OUTDONE: 'n',
  HELD_OUT: 'o',
};
