import { divideHalfEven } from '../../../../kernel/values/rounding';
import type { PartnerId } from '../../../../kernel/values/id';

/** Points of one issuer that were redeemed at one partner, and their value. */
export interface Burn {
  readonly issuerId: PartnerId | null;
  readonly redeemerId: PartnerId | null;
  readonly points: bigint;
  readonly micros: bigint;
}

/** What flows between two partners once both ways are offset. */
export interface NetFlow {
  /** Whose points were redeemed at the other, on balance. */
  readonly fromId: PartnerId | null;
  readonly toId: PartnerId | null;
  readonly points: bigint;
  readonly micros: bigint;
}

/** How much of a coalition there is in a cycle. */
export interface CoalitionIndicators {
  readonly redeemedPoints: bigint;
  /** Of them, at a brand other than the issuer's. */
  readonly crossBrandPoints: bigint;
  readonly crossBrandBps: number;
  /** All that is billed, whichever way. */
  readonly grossMinor: bigint;
  /** All that net payers pay, the operator included. */
  readonly netPaidMinor: bigint;
  /** How much of the gross need not be paid: 76.05 % of 49.19 when 11.78 is paid; null before there are nets. */
  readonly nettingEfficiencyBps: number | null;
}

const abs = (amount: bigint): bigint => (amount < 0n ? -amount : amount);
const shareBps = (part: bigint, whole: bigint): number =>
  whole === 0n ? 0 : Number(divideHalfEven(part * 10_000n, whole));

export function indicatorsOf({
  burns,
  billedMinors,
  netMinors,
}: {
  burns: readonly Burn[];
  /** One for each directional total. */
  billedMinors: readonly bigint[];
  /** One for each party; they sum to zero. */
  netMinors: readonly bigint[];
}): CoalitionIndicators {
  const sum = (amounts: readonly bigint[]) => amounts.reduce((all, amount) => all + amount, 0n);
  const redeemedPoints = sum(burns.map(({ points }) => points));
  const crossBrandPoints = sum(burns.filter((burn) => burn.issuerId !== burn.redeemerId).map(({ points }) => points));
  const grossMinor = sum(billedMinors.map(abs));
  const netPaidMinor = sum(netMinors.filter((net) => net > 0n));
  return {
    ...{ redeemedPoints, crossBrandPoints, crossBrandBps: shareBps(crossBrandPoints, redeemedPoints) },
    ...{
      grossMinor,
      netPaidMinor,
      nettingEfficiencyBps: netMinors.length === 0 ? null : shareBps(grossMinor - netPaidMinor, grossMinor),
    },
  };
}

/** The net flow matrix: for each two partners the points of one redeemed at the other, less the way back. */
export function netFlows(burns: readonly Burn[]): NetFlow[] {
  const pairs = new Map<string, { a: PartnerId | null; b: PartnerId | null; points: bigint; micros: bigint }>();
  for (const { issuerId, redeemerId, points, micros } of burns) {
    if (issuerId === redeemerId) continue;
    const isForth = (issuerId ?? '') < (redeemerId ?? '');
    const [a, b] = isForth ? [issuerId, redeemerId] : [redeemerId, issuerId];
    const before = pairs.get(`${a}>${b}`) ?? { a, b, points: 0n, micros: 0n };
    const sign = isForth ? 1n : -1n;
    pairs.set(`${a}>${b}`, { a, b, points: before.points + sign * points, micros: before.micros + sign * micros });
  }
  return [...pairs.values()]
    .filter(({ points, micros }) => points !== 0n || micros !== 0n)
    .map(({ a, b, points, micros }) =>
      points >= 0n ? { fromId: a, toId: b, points, micros } : { fromId: b, toId: a, points: -points, micros: -micros },
    );
}
