import {
  codeFault,
  expectThat,
  firstFault,
  idempotencyKeyFault,
  ifGiven,
  wholeFault,
  type Fault,
} from '../../../kernel/errors/check-input';
import type { Id, PartnerId } from '../../../kernel/values/id';
import { ANNOUNCED_MAX } from './announced';
import type { LimitPeriod } from './contract';
import { inForceAt, type Version } from './versions';

/** How often a member is rewarded for an action in a period. */
export interface ActionLimit {
  readonly count: number;
  readonly period: LimitPeriod;
}

/** One version of what a member gets for something that is no purchase; versions are of one partner and action. */
export interface ActionRule extends Version {
  readonly id: Id<'rul'>;
  readonly partnerId: PartnerId;
  /** The partner's name for it, such as `social.connected`. */
  readonly action: string;
  readonly points: bigint;
  /** null: always. */
  readonly limit: ActionLimit | null;
  /** The attribute that tells one occasion from another, such as `network`; null: all are one. */
  readonly distinctBy: string | null;
  /** In CEL; absent: always. */
  readonly condition?: string | null;
  /** Codes of the tiers it is for; absent: all. */
  readonly tiers?: readonly string[];
  /** What a tier gets instead of `points`. */
  readonly tierPoints?: readonly { readonly tier: string; readonly points: bigint }[];
  /** Through this day after the day of enrolment; absent: always. */
  readonly signUpDays?: number | null;
}

/** The reward an admin proposes. */
export interface ActionReward {
  readonly idempotencyKey: string;
  readonly partnerId: string;
  readonly action: string;
  readonly points: bigint;
  readonly limit?: ActionLimit | null;
  readonly distinctBy?: string | null;
  readonly condition?: string | null;
  readonly tiers?: readonly string[] | null;
  readonly tierPoints?: readonly { readonly tier: string; readonly points: bigint }[] | null;
  readonly signUpDays?: number | null;
  readonly validFrom: Date;
}

const COUNT_MAX = 1_000_000;

/** The first field of a proposed reward that cannot be what it says. */
export function actionRewardFault(input: ActionReward): Fault {
  return firstFault(
    idempotencyKeyFault(input.idempotencyKey),
    expectThat(
      'input.action',
      input.action.length <= 60 && /^[a-z][a-z0-9]*([._-][a-z0-9]+)*$/.test(input.action),
      'must be at most 60 lower-case letters and digits in words joined by dots, such as social.connected',
    ),
    wholeFault('input.points', input.points, { min: 1n, max: ANNOUNCED_MAX }),
    ifGiven(input.limit, ({ count }) => wholeFault('input.limit.count', count, { min: 1, max: COUNT_MAX })),
    ifGiven(input.distinctBy, (name) => codeFault('input.distinctBy', name)),
    ifGiven(input.signUpDays, (days) => wholeFault('input.signUpDays', days, { min: 0, max: 3_650 })),
    ...(input.tiers ?? []).map((tier, n) => codeFault(`input.tiers[${n}]`, tier)),
    ...(input.tierPoints ?? []).map(({ points }, n) =>
      wholeFault(`input.tierPoints[${n}].points`, points, { min: 0n, max: ANNOUNCED_MAX }),
    ),
  );
}

/** The rule in force at an instant for each action that has one, in the order of the actions. */
export function rulesInForceAt(rules: readonly ActionRule[], at: Date): ActionRule[] {
  const actions = [...new Set(rules.map(({ action }) => action))].sort();
  return actions.flatMap((action) => {
    const rule = inForceAt(
      rules.filter((version) => version.action === action),
      at,
    );
    return rule === null ? [] : [rule];
  });
}
