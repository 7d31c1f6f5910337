import type { Principal } from '../../../kernel/context/principal';
import type { Replayable } from '../../../kernel/db/command-key';
import { isRefusal, type Refusal } from '../../../kernel/errors/refusal';
import { notFound } from '../../../kernel/errors/shared-refusals';
import { newId, parseId } from '../../../kernel/values/id';
import { earningRateFault, setVersion, type EarningRate, type EarningRule } from '../core/earning-rule';
import { findEarningRules, insertEarningRule } from '../data/earning-rule.store';
import { lockPartner } from '../data/partner.store';
import { adminOf } from './authorise';
import { changeRuleBook, type InRuleBook } from './change-rule-book';
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
  const admin = adminOf(principal);
  if (isRefusal(admin)) return admin;
  const { programmeId } = admin;
  const partnerId = parseId('ptr', input.partnerId);
  if (partnerId === null) return notFound('partner');
  return changeRuleBook(setting, {
    principal,
    operation: 'setEarningRule',
    input,
    programmeId,
    work: async (tx, now) => {
      if ((await lockPartner(tx, programmeId, partnerId)) === null) return notFound('partner');
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
