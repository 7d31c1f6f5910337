import type { Party } from '../settlement/directional-total';
import { divideHalfEven } from '../../../../kernel/values/rounding';
import { monthAfter, monthNumber, standingsAt, type Month, type VintageFlow, type VintageStanding } from './vintage';

/** A rate somebody set in place of the estimate, and another approved. */
export interface RateOverride {
  readonly issuerId: Party;
  readonly vintage: Month;
  readonly rateBps: number;
  readonly reason: string;
  /** From this month on it counts; months before keep what was estimated then. */
  readonly since: Month;
}

/** How many points of a vintage will have been redeemed in the end. */
export interface ExpectedRedemption {
  readonly points: bigint;
  /** Of those issued and not taken back, in basis points. */
  readonly rateBps: number;
  /** NONE: too little is known, so no breakage is expected. */
  readonly basis: 'CHAIN_LADDER' | 'OVERRIDE' | 'NONE';
  /** Why, of an override. */
  readonly reason: string | null;
}

/** A triangle says how points are redeemed with age only when its oldest vintage is as old as this. */
export const MATURITY_MONTHS = 12;

/**
 * Expected redemption of each vintage of one issuer at the end of a month, by chain ladder: what a vintage has redeemed so far
 * grows as older vintages grew from that age on. The factor of an age is Σ redeemed one month older ÷ Σ redeemed at that age, over
 * the vintages that have been both. Beyond the oldest vintage's age nothing more is expected.
 *
 * Where the triangle is younger than a year, or nothing had been redeemed at an age, no breakage is expected: IFRS 15 B46 wants
 * evidence before revenue. Exact in whole numbers, rounded once, half to even; never below what was redeemed nor above what
 * still can be.
 *
 * @param flows of one issuer
 */
export function expectedRedemptions(
  flows: readonly VintageFlow[],
  through: Month,
  overrides: readonly RateOverride[],
): Map<Month, ExpectedRedemption> {
  const standings = standingsAt(flows, through);
  const triangle = new Map(standings.map(({ vintage }) => [vintage, cumulative(flows, vintage, through)]));
  const oldest = Math.max(0, ...[...triangle.values()].map((row) => row.length - 1));
  const factors = oldest < MATURITY_MONTHS ? [] : factorsOf([...triangle.values()], oldest);
  return new Map(
    standings.map((standing) => {
      const override = overrides
        .filter(({ vintage, since }) => vintage === standing.vintage && since <= through)
        .at(-1);
      const row = triangle.get(standing.vintage) ?? [];
      const estimated = override === undefined ? ultimate(row, factors) : overridden(standing, override);
      const basis = override !== undefined ? 'OVERRIDE' : estimated === null ? 'NONE' : 'CHAIN_LADDER';
      return [standing.vintage, within(standing, estimated, { basis, reason: override?.reason ?? null })];
    }),
  );
}

/** What a vintage had redeemed at the end of each month since it began, age 0 first. */
function cumulative(flows: readonly VintageFlow[], vintage: Month, through: Month): bigint[] {
  const ages = monthNumber(through) - monthNumber(vintage);
  const mine = flows.filter((flow) => flow.vintage === vintage);
  return Array.from({ length: Math.max(0, ages) + 1 }, (_, age) => {
    const month = monthAfter(vintage, age);
    return mine.reduce((sum, flow) => (flow.month <= month ? sum + flow.redeemed : sum), 0n);
  });
}

interface Factor {
  readonly from: bigint;
  readonly to: bigint;
}

function factorsOf(rows: readonly (readonly bigint[])[], oldest: number): Factor[] {
  return Array.from({ length: oldest }, (_, age) => {
    const both = rows.filter((row) => row.length > age + 1);
    const sumAt = (at: number) => both.reduce((sum, row) => sum + (row[at] ?? 0n), 0n);
    return { from: sumAt(age), to: sumAt(age + 1) };
  });
}

/** @returns null when the triangle does not say */
function ultimate(row: readonly bigint[], factors: readonly Factor[]): bigint | null {
  const age = row.length - 1;
  const ahead = factors.slice(age);
  if (factors.length === 0 || ahead.some(({ from }) => from <= 0n)) return null;
  const over = ahead.reduce((product, { to }) => product * to, row[age] ?? 0n);
  return divideHalfEven(
    over,
    ahead.reduce((product, { from }) => product * from, 1n),
  );
}

const baseOf = ({ issued, clawedBack }: VintageStanding): bigint => issued - clawedBack;

function overridden(standing: VintageStanding, { rateBps }: RateOverride): bigint {
  return divideHalfEven(baseOf(standing) * BigInt(rateBps), 10_000n);
}

function within(
  standing: VintageStanding,
  estimated: bigint | null,
  grounds: Pick<ExpectedRedemption, 'basis' | 'reason'>,
): ExpectedRedemption {
  const base = baseOf(standing);
  const most = base - standing.expired;
  const atLeast = estimated === null || estimated < standing.redeemed ? standing.redeemed : estimated;
  const points = estimated === null || atLeast > most ? most : atLeast;
  return { points, rateBps: base <= 0n ? 0 : Number(divideHalfEven(points * 10_000n, base)), ...grounds };
}
