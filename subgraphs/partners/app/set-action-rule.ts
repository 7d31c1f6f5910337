import type { Principal } from '../../../kernel/context/principal';
import type { Replayable } from '../../../kernel/db/command-key';
import { isRefusal, type Refusal } from '../../../kernel/errors/refusal';
import { newId } from '../../../kernel/values/id';
import { actionRewardFault, type ActionReward, type ActionRule } from '../core/action-rule';
import { conditionRefusal } from '../core/purchase-rule';
import { nextVersion } from '../core/versions';
import { findActionRules, insertActionRule } from '../data/action-rule.store';
import { changeAtPartner } from './change-at-partner';
import type { InRuleBook } from './change-rule-book';
import type { PartnersSetting } from './setting';

/**
 * Sets the next version of what an action at a partner earns; actions before it begins keep their reward.
 *
 * Refuses FORBIDDEN unless an admin asks, NOT_FOUND, PARTNERS_CONDITION_NOT_VALID,
 * PARTNERS_NOT_AFTER_LATEST_VERSION.
 */
export async function setActionRule(
  setting: PartnersSetting,
  principal: Principal,
  input: ActionReward,
): Promise<Replayable<{ actionRule: ActionRule } & InRuleBook> | Refusal> {
  const fault = actionRewardFault(input) ?? conditionRefusal(input.condition);
  if (fault !== null) return fault;
  return changeAtPartner(setting, principal, {
    operation: 'setActionRule',
    input,
    work: async (tx, { programmeId, partnerId, now }) => {
      const { action, points, validFrom, limit } = input;
      const existing = await findActionRules(tx, programmeId, [partnerId]);
      const version = nextVersion(
        existing.filter((rule) => rule.action === action),
        validFrom,
      );
      if (isRefusal(version)) return version;
      const actionRule: ActionRule = {
        ...{ id: newId('rul'), partnerId, version, action, points, validFrom },
        limit: limit ? { count: limit.count, period: limit.period } : null,
        distinctBy: input.distinctBy ?? null,
        ...termsOf(input),
      };
      await insertActionRule(tx, programmeId, actionRule, now);
      return { actionRule };
    },
  });
}

/** What a reward asks for beside its limit; only what was given, so that plain rewards stay as they were. */
function termsOf({ condition, tiers, tierPoints, signUpDays }: ActionReward): Partial<ActionRule> {
  return {
    ...(condition == null ? {} : { condition }),
    ...(tiers == null || tiers.length === 0 ? {} : { tiers }),
    ...(tierPoints == null || tierPoints.length === 0
      ? {}
      : { tierPoints: tierPoints.map(({ tier, points }) => ({ tier, points })) }),
    ...(signUpDays == null ? {} : { signUpDays }),
  };
}
