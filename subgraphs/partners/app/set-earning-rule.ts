import type { Principal } from '../../../kernel/context/principal';
import type { Replayable } from '../../../kernel/db/command-key';
import { isRefusal, type Refusal } from '../../../kernel/errors/refusal';
import type { EarningRate, EarningRule } from '../core/earning-rule';
import { changeAtPartner } from './change-at-partner';
import type { InRuleBook } from './change-rule-book';
import { changeFault } from './draw-rule';
import { decideAlone } from './set-purchase-rule';
import type { PartnersSetting } from './setting';

/**
 * Sets the next version of what a purchase at a partner earns; purchases made before it begins keep their rate.
 *
 * Refuses FORBIDDEN unless an admin asks, NOT_FOUND, PARTNERS_NOT_AFTER_LATEST_VERSION, PARTNERS_ARBITRAGE_LOOP,
 * PARTNERS_REBATE_ABOVE_LIMIT.
 */
export async function setEarningRule(
  setting: PartnersSetting,
  principal: Principal,
  input: EarningRate,
): Promise<Replayable<{ earningRule: EarningRule } & InRuleBook> | Refusal> {
  const change = { operation: 'setEarningRule', input } as const;
  const fault = changeFault(change);
  if (fault !== null) return fault;
  return changeAtPartner(setting, principal, {
    operation: 'setEarningRule',
    input,
    work: async (tx, at) => {
      const drawn = await decideAlone(tx, at, change);
      if (isRefusal(drawn)) return drawn;
      if (drawn.kind !== 'BASE_RATE') throw new Error('setEarningRule: a rule was drawn up');
      return { earningRule: drawn.earningRule };
    },
  });
}
