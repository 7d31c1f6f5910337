import type { Party } from '../settlement/directional-total';

/** A calendar month in the programme's time zone, `2026-03`. */
export type Month = string;

/**
 * What happened in one month to the points of one issuer that were earned in one month. Points that filled arrears count as
 * redeemed, which they are in money; points taken back when they were spent already count as taken back and no longer as redeemed.
 */
export interface VintageFlow {
  /** The operator when null: goodwill. */
  readonly issuerId: Party;
  readonly vintage: Month;
  readonly month: Month;
  readonly issued: bigint;
  readonly redeemed: bigint;
  readonly clawedBack: bigint;
  readonly expired: bigint;
  /** What was set aside for the points, at the highest price a redeemer may ask for them; less what was taken back. */
  readonly allocatedMicros: bigint;
}

/** One vintage of one issuer at the end of a month. */
export interface VintageStanding extends Omit<VintageFlow, 'month'> {
  /** Issued and neither redeemed, taken back nor expired: pending and held points among them. */
  readonly outstanding: bigint;
}

/** Months are counted so that their distance is a number. */
export function monthNumber(month: Month): number {
  return Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1;
}

/** The month so many later. */
export function monthAfter(month: Month, months = 1): Month {
  const number = monthNumber(month) + months;
  return `${Math.floor(number / 12)}-${String((number % 12) + 1).padStart(2, '0')}`;
}

/** Whether a text names a month. */
export function isMonth(text: string): boolean {
  return /^(19|20)\d\d-(0[1-9]|1[0-2])$/.test(text);
}

/** A name for each vintage of each issuer; in order, the operator's come first. */
export const vintageName = ({ issuerId, vintage }: { issuerId: Party; vintage: Month }): string =>
  `${issuerId ?? ''} ${vintage}`;

/** Every vintage as it stood at the end of a month, by issuer and vintage; the operator's first. */
export function standingsAt(flows: readonly VintageFlow[], through: Month): VintageStanding[] {
  const standings = new Map<string, VintageStanding>();
  for (const flow of flows) {
    if (flow.month > through) continue;
    const { issuerId, vintage } = flow;
    const before = standings.get(vintageName(flow));
    const sum = (field: 'issued' | 'redeemed' | 'clawedBack' | 'expired' | 'allocatedMicros') =>
      (before?.[field] ?? 0n) + flow[field];
    const [issued, redeemed, clawedBack, expired] = [sum('issued'), sum('redeemed'), sum('clawedBack'), sum('expired')];
    standings.set(vintageName(flow), {
      ...{ issuerId, vintage, issued, redeemed, clawedBack, expired, allocatedMicros: sum('allocatedMicros') },
      outstanding: issued - redeemed - clawedBack - expired,
    });
  }
  return [...standings.values()].sort((a, b) => (vintageName(a) < vintageName(b) ? -1 : 1));
}
