import type { Id, PartnerId } from '../../../../kernel/values/id';
import type { RuleBook } from '../rule-book';
import type { PurchaseRule } from '../rules/purchase-rule';

/** A campaign as a whole, whatever its versions said of it one after another. */
export interface Campaign {
  readonly id: Id<'cmp'>;
  readonly partnerId: PartnerId;
  /** As the latest version calls it. */
  readonly name: string;
  /** From the first version's beginning until before the last one's end; null: without end. */
  readonly from: Date;
  readonly until: Date | null;
  /** Codes of the segments any version is for; empty: it is for everybody. */
  readonly segments: readonly string[];
  readonly budgetPoints: bigint | null;
}

const kept = new WeakMap<readonly PurchaseRule[], readonly Campaign[]>();

/** The campaigns of a rule book, by beginning; worked out once for each version of the book. */
export function campaignsOf({ purchaseRules }: Pick<RuleBook, 'purchaseRules'>): readonly Campaign[] {
  const known = kept.get(purchaseRules);
  if (known !== undefined) return known;
  const versions = new Map<string, PurchaseRule[]>();
  for (const rule of purchaseRules) {
    if (rule.campaign === null) continue;
    const own = versions.get(rule.campaign.id);
    if (own === undefined) versions.set(rule.campaign.id, [rule]);
    else own.push(rule);
  }
  const campaigns = [...versions].map(([id, own]) => campaignOf(id as Id<'cmp'>, own));
  campaigns.sort((a, b) => a.from.getTime() - b.from.getTime() || (a.id < b.id ? -1 : 1));
  kept.set(purchaseRules, campaigns);
  return campaigns;
}

function campaignOf(id: Id<'cmp'>, versions: readonly PurchaseRule[]): Campaign {
  const ordered = [...versions].sort((a, b) => a.from.getTime() - b.from.getTime());
  const first = ordered[0] as PurchaseRule;
  const last = ordered.at(-1) as PurchaseRule;
  const ends = ordered.map(({ until }) => until);
  // A version for everybody makes the campaign one for everybody.
  const isOpen = ordered.some(({ segments }) => segments.length === 0);
  return {
    id,
    partnerId: last.partnerId,
    name: last.name,
    from: first.from,
    until: ends.reduce((end, one) => (end === null || one === null ? null : one > end ? one : end), first.until),
    segments: isOpen ? [] : [...new Set(ordered.flatMap(({ segments }) => segments))].sort(),
    budgetPoints: last.campaign?.budgetPoints ?? null,
  };
}

/** Whether a campaign, or an experiment, runs at an instant. */
export function runsAt({ from, until }: Pick<Campaign, 'from' | 'until'>, at: Date): boolean {
  return from <= at && (until === null || at < until);
}
