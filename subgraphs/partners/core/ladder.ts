import {
  codeFault,
  expectThat,
  firstFault,
  ifGiven,
  textFault,
  wholeFault,
  type Fault,
} from '../../../kernel/errors/check-input';
import { invalidInput } from '../../../kernel/errors/shared-refusals';
import { ANNOUNCED_MAX } from './announced';
import { localTextsFault, textOf, type Benefit } from './local-text';

/** One rung of the ladder members climb. */
export interface Tier {
  readonly code: string;
  readonly name: string;
  /** Qualifying points from which a member stands on it. */
  readonly thresholdPoints: bigint;
  /** What purchases earn on it, in basis points of what they earn otherwise; absent: the same. */
  readonly multiplierBps?: number | null;
  /** What its members have besides, in the order in which it is shown; absent: nothing. */
  readonly benefits?: readonly Benefit[] | null;
}

/** A rung with what was not said as it is supposed to be. */
export function wholeTier({ code, name, thresholdPoints, multiplierBps, benefits }: Tier) {
  return {
    ...{ code, name, thresholdPoints, multiplierBps: multiplierBps ?? 10_000 },
    benefits: (benefits ?? []).map(({ texts }) => ({ texts: texts.map(textOf) })),
  };
}

const RUNGS_MAX = 10;
const BENEFITS_MAX = 20;
const BENEFIT_LENGTH_MAX = 200;

/**
 * Checks a ladder: 1 to 10 rungs, the first at 0 points so that every member stands somewhere, each threshold above the
 * one before, no code twice.
 */
export function ladderFault(field: string, tiers: readonly Tier[]): Fault {
  if (tiers.length < 1 || tiers.length > RUNGS_MAX) return invalidInput(field, `must hold 1 to ${RUNGS_MAX} tiers`);
  return firstFault(...tiers.map((tier, rank) => rungFault(`${field}[${rank}]`, tier, tiers.slice(0, rank))));
}

function rungFault(field: string, tier: Tier, below: readonly Tier[]): Fault {
  const previous = below.at(-1);
  return firstFault(
    codeFault(`${field}.code`, tier.code),
    textFault(`${field}.name`, tier.name, 60),
    wholeFault(`${field}.thresholdPoints`, tier.thresholdPoints, { min: 0n, max: ANNOUNCED_MAX }),
    ifGiven(tier.multiplierBps, (bps) => wholeFault(`${field}.multiplierBps`, bps, { min: 10_000, max: 1_000_000 })),
    ifGiven(tier.benefits, (benefits) => benefitsFault(`${field}.benefits`, benefits)),
    expectThat(
      `${field}.thresholdPoints`,
      previous !== undefined || tier.thresholdPoints === 0n,
      'the first tier begins at 0',
    ),
    expectThat(
      `${field}.thresholdPoints`,
      previous === undefined || tier.thresholdPoints > previous.thresholdPoints,
      'must be above the tier before',
    ),
    expectThat(
      `${field}.code`,
      below.every(({ code }) => code !== tier.code),
      'is the code of an earlier tier',
    ),
  );
}

function benefitsFault(field: string, benefits: readonly Benefit[]): Fault {
  return firstFault(
    expectThat(field, benefits.length <= BENEFITS_MAX, `must hold at most ${BENEFITS_MAX} benefits`),
    ...benefits.map(({ texts }, place) => localTextsFault(`${field}[${place}].texts`, texts, BENEFIT_LENGTH_MAX)),
  );
}
