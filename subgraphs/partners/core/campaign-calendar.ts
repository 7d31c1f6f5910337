import type { InForce } from './purchase-rule';

/** A stretch of a campaign in a calendar, and the campaigns it meets there. */
export interface CalendarEntry {
  readonly campaign: InForce;
  /** Campaigns of the same partner that run at the same time and can apply to the same purchase, in one group or both multiplying. */
  readonly conflicts: readonly InForce[];
}

/** The campaigns that run at some time of [from, to), by beginning, with those that stand in each other's way. */
export function calendarOf(campaigns: readonly InForce[], { from, to }: { from: Date; to: Date }): CalendarEntry[] {
  const running = campaigns
    .filter((one) => one.validFrom < to && (one.until === null || one.until > from))
    .sort((a, b) => a.validFrom.getTime() - b.validFrom.getTime() || (a.id < b.id ? -1 : 1));
  return running.map((campaign) => ({
    campaign,
    conflicts: running.filter((other) => other !== campaign && conflict(campaign, other)),
  }));
}

function conflict(a: InForce, b: InForce): boolean {
  if (a.partnerId !== b.partnerId || a.campaignId === b.campaignId) return false;
  const meet = (a.until === null || b.validFrom < a.until) && (b.until === null || a.validFrom < b.until);
  const [one, other] = [a.terms, b.terms];
  if (!meet || one === null || other === null) return false;
  const sameGroup = one.group != null && one.group === other.group;
  const bothMultiply = one.effect.kind === 'MULTIPLIER' && other.effect.kind === 'MULTIPLIER';
  if (!sameGroup && !bothMultiply) return false;
  const overlap = (x: readonly string[] | null | undefined, y: readonly string[] | null | undefined) =>
    !x?.length || !y?.length || x.some((entry) => y.includes(entry));
  return (['channels', 'branches', 'tiers'] as const).every((field) => overlap(one[field], other[field]));
}
