import type { Principal } from '../../../kernel/context/principal';
import type { Replayable } from '../../../kernel/db/command-key';
import { isRefusal, type Refusal } from '../../../kernel/errors/refusal';
import { refuse } from '../core/refusals';
import {
  budgetFault,
  rateFault,
  type AskedBudget,
  type AskedRate,
  type ConversionRate,
  type PurposeBudget,
} from '../core/rule-settings';
import { insertConversionRate, insertPurposeBudget } from '../data/rule-settings.store';
import { adminOf } from './authorise';
import { changeAtPartner } from './change-at-partner';
import { changeRuleBook, type InRuleBook } from './change-rule-book';
import type { PartnersSetting } from './setting';

/**
 * States what a unit of another currency is worth, from a day on.
 *
 * Refuses FORBIDDEN unless an admin asks, PARTNERS_CONVERSION_RATE_STATED when the day has one.
 */
export async function setConversionRate(
  setting: PartnersSetting,
  principal: Principal,
  input: AskedRate,
): Promise<Replayable<{ conversionRate: ConversionRate } & InRuleBook> | Refusal> {
  const admin = adminOf(principal);
  if (isRefusal(admin)) return admin;
  const fault = rateFault(input);
  if (fault !== null) return fault;
  const { programmeId } = admin;
  return changeRuleBook(setting, {
    ...{ principal, operation: 'setConversionRate', input, programmeId },
    work: async (tx, now) => {
      const { currency, day, rate, source } = input;
      const conversionRate = { currency, day, rate, source };
      const isNew = await insertConversionRate(tx, programmeId, conversionRate, now);
      return isNew
        ? { conversionRate }
        : refuse('PARTNERS_CONVERSION_RATE_STATED', `There is a rate for ${currency} on ${day}.`);
    },
  });
}

/** Sets what a partner's campaigns of one purpose may give together. Refuses FORBIDDEN unless an admin asks, NOT_FOUND. */
export async function setPurposeBudget(
  setting: PartnersSetting,
  principal: Principal,
  input: AskedBudget,
): Promise<Replayable<{ purposeBudget: PurposeBudget } & InRuleBook> | Refusal> {
  return changeAtPartner(setting, principal, {
    operation: 'setPurposeBudget',
    input,
    fault: () => budgetFault(input),
    work: async (tx, { programmeId, partnerId, now }) => {
      const { purpose, points, period } = input;
      const purposeBudget = { partnerId, purpose, points, period };
      await insertPurposeBudget(tx, programmeId, purposeBudget, now);
      return { purposeBudget };
    },
  });
}
