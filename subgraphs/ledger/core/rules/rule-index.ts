import { isConditionFault, readCondition } from '../../../../kernel/conditions/condition';
import type { PartnerId } from '../../../../kernel/values/id';
import { Candidates, type ReadyRule } from './candidates';
import { compareRules, type PurchaseRule } from './purchase-rule';

const NONE = new Candidates([]);

/**
 * The rules of one version of a rule book by partner, window and channel. Between two instants at which a rule begins or ends
 * the same rules are in force, so what was found once is found again at the cost of a binary search, however many others there are.
 */
export class RuleIndex {
  private readonly partners = new Map<PartnerId, PartnerRules>();

  constructor(rules: readonly PurchaseRule[]) {
    const grouped = new Map<PartnerId, PurchaseRule[]>();
    for (const rule of rules) {
      const own = grouped.get(rule.partnerId);
      if (own === undefined) grouped.set(rule.partnerId, [rule]);
      else own.push(rule);
    }
    for (const [partnerId, own] of grouped) this.partners.set(partnerId, new PartnerRules(own));
  }

  /** All rules of a partner, whenever and wherever they apply. */
  everOf(partnerId: PartnerId): Candidates {
    return this.partners.get(partnerId)?.all() ?? NONE;
  }

  candidates({ partnerId, at, channel }: { partnerId: PartnerId; at: Date; channel: string | null }): Candidates {
    return this.partners.get(partnerId)?.candidates(at.getTime(), channel) ?? NONE;
  }
}

const indexes = new WeakMap<readonly PurchaseRule[], RuleIndex>();

/** The index of a book's rules, made once for each version: conditions are read once and never on the way of a purchase. */
export function ruleIndexOf(rules: readonly PurchaseRule[]): RuleIndex {
  const kept = indexes.get(rules);
  if (kept !== undefined) return kept;
  const index = new RuleIndex(rules);
  indexes.set(rules, index);
  return index;
}

class PartnerRules {
  private readonly edges: readonly number[];
  private readonly found = new Map<string, Candidates>();
  private readonly ready = new Map<PurchaseRule, ReadyRule>();

  constructor(private readonly rules: readonly PurchaseRule[]) {
    const edges = rules.flatMap(({ from, until }) => [from.getTime(), ...(until === null ? [] : [until.getTime()])]);
    this.edges = [...new Set(edges)].sort((a, b) => a - b);
  }

  all(): Candidates {
    return new Candidates(this.rules.map((rule) => this.readyOf(rule)));
  }

  candidates(at: number, channel: string | null): Candidates {
    const key = `${this.stretchOf(at)}:${channel ?? ''}`;
    const kept = this.found.get(key);
    if (kept !== undefined) return kept;
    const found = this.find(at, channel);
    this.found.set(key, found);
    return found;
  }

  /** How many edges have passed. */
  private stretchOf(at: number): number {
    let [low, high] = [0, this.edges.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.edges[middle] as number) <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private find(at: number, channel: string | null): Candidates {
    const applies = ({ from, until, channels }: PurchaseRule) =>
      from.getTime() <= at &&
      (until === null || at < until.getTime()) &&
      (channels.length === 0 || (channel !== null && channels.includes(channel)));
    const rules = this.rules.filter(applies).sort(compareRules);
    return new Candidates(rules.map((rule) => this.readyOf(rule)));
  }

  private readyOf(rule: PurchaseRule): ReadyRule {
    const kept = this.ready.get(rule);
    if (kept !== undefined) return kept;
    const read = rule.condition === null ? null : readCondition(rule.condition);
    const ready = { rule, condition: read !== null && isConditionFault(read) ? undefined : read };
    this.ready.set(rule, ready);
    return ready;
  }
}
