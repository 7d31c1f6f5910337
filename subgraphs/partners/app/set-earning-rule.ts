import type { Principal } from '../../../kernel/context/principal';
import type { Replayable } from '../../../kernel/db/command-key';
import { isRefusal, type Refusal } from '../../../kernel/errors/refusal';
import { newId } from '../../../kernel/values/id';
import { earningRateFault, setVersion, type EarningRate, type EarningRule } from '../core/earning-rule';
import { findEarningRules, insertEarningRule } from '../data/earning-rule.store';
import { changeAtPartner } from './change-at-partner';
import type { InRuleBook } from './change-rule-book';
import type { PartnersSetting } from './setting';

/**
 * Sets the next version of what a purchase at a partner earns; purchases made before it begins keep their rate.
 *
 * Refuses FORBIDDEN unless an admin asks, NOT_FOUND, PARTNERS_NOT_AFTER_LATEST_VERSION.
 */
export async function setEarningRule(
  setting: PartnersSetting,
  principal: Principal,
  input: EarningRate,
): Promise<Replayable<{ earningRule: EarningRule } & InRuleBook> | Refusal> {
  const fault = earningRateFault(input);
  if (fault !== null) return fault;
  return changeAtPartner(setting, principal, {
    operation: 'setEarningRule',
    input,
    work: async (tx, { programmeId, partnerId, now }) => {
      const set = setVersion(input, await findEarningRules(tx, programmeId, [partnerId]));
      if (isRefusal(set)) return set;
      const { kind, points, perAmountMinor, validFrom } = input;
      const earningRule: EarningRule = {
        id: newId('rul'),
        partnerId,
        version: set.version,
        kind,
        points,
        perAmountMinor,
        validFrom,
        pendingDays: input.pendingDays ?? 0,
      };
      await insertEarningRule(tx, programmeId, earningRule, now);
      return { earningRule };
    },
  });
}
