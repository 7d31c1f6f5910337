import { newcombe, welch, type Interval, type Sample } from './uplift';

/** What the members of one arm did while the experiment ran. */
export interface ArmCounts {
  readonly code: string;
  readonly members: bigint;
  /** Members who bought, where the experiment is about a campaign at its partner; and how often. */
  readonly buyers: bigint;
  readonly purchases: bigint;
  /** In minor units of the programme's currency; the squares are of what each member spent in all. */
  readonly spendMinor: bigint;
  readonly spendSquares: bigint;
  /** Members who redeemed points at any partner, how many, and the squares of what each redeemed in all. */
  readonly redeemers: bigint;
  readonly pointsSpent: bigint;
  readonly pointsSquares: bigint;
}

/** How an arm differs from the control; each null where too few members are in one of the two, or nobody differs. */
export interface Uplift {
  /** Of the share of buyers, and of redeemers; between −1 and 1. */
  readonly buyers: Interval | null;
  readonly redeemers: Interval | null;
  /** Of the mean over all members of an arm: minor units, points. */
  readonly spend: Interval | null;
  readonly points: Interval | null;
}

/** What an arm came to, beside the control. */
export function upliftOf(arm: ArmCounts, control: ArmCounts): Uplift {
  const share = (name: 'buyers' | 'redeemers') =>
    newcombe(
      { count: Number(arm[name]), of: Number(arm.members) },
      { count: Number(control[name]), of: Number(control.members) },
    );
  const mean = (sampleOf: (of: ArmCounts) => Sample) => welch(sampleOf(arm), sampleOf(control));
  return {
    buyers: share('buyers'),
    redeemers: share('redeemers'),
    spend: mean((of) => ({ n: Number(of.members), sum: of.spendMinor, sumOfSquares: of.spendSquares })),
    points: mean((of) => ({ n: Number(of.members), sum: of.pointsSpent, sumOfSquares: of.pointsSquares })),
  };
}

/** Nobody of this arm did anything. */
export const noCounts = (code: string): ArmCounts => ({
  ...{ code, members: 0n, buyers: 0n, purchases: 0n, spendMinor: 0n, spendSquares: 0n },
  ...{ redeemers: 0n, pointsSpent: 0n, pointsSquares: 0n },
});
