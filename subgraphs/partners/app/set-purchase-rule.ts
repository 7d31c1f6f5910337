import type { Principal } from '../../../kernel/context/principal';
import type { Replayable } from '../../../kernel/db/command-key';
import type { Tx } from '../../../kernel/db/transaction';
import { idempotencyKeyFault } from '../../../kernel/errors/check-input';
import { isRefusal, type Outcome, type Refusal } from '../../../kernel/errors/refusal';
import { notFound } from '../../../kernel/errors/shared-refusals';
import { newId } from '../../../kernel/values/id';
import type { AskedRule, PurchaseRule } from '../core/purchase-rule';
import { aboveLimit, type AskedCampaign, type RuleChange } from '../core/rule-proposal';
import { findPurchaseRules, insertPurchaseRule } from '../data/purchase-rule.store';
import { changeAtPartner, type AtPartner } from './change-at-partner';
import type { InRuleBook } from './change-rule-book';
import { changeFault, drawRule, saveDrawn, type DrawnRule } from './draw-rule';
import { judgeRule } from './judge-rule';
import type { PartnersSetting } from './setting';

type Set = Replayable<{ rule: PurchaseRule } & InRuleBook> | Refusal;

/**
 * Sets the next version of a rule for purchases at a partner; what was bought before it begins keeps its points.
 *
 * Refuses FORBIDDEN unless an admin asks, NOT_FOUND, PARTNERS_CONDITION_NOT_VALID, PARTNERS_RULE_CODE_TAKEN when a campaign
 * has the code, PARTNERS_NOT_AFTER_LATEST_VERSION, PARTNERS_ARBITRAGE_LOOP, PARTNERS_REBATE_ABOVE_LIMIT.
 */
export async function setPurchaseRule(setting: PartnersSetting, principal: Principal, input: AskedRule): Promise<Set> {
  return setRule(setting, principal, { operation: 'setPurchaseRule', input });
}

/**
 * Begins a campaign. Refuses as `setPurchaseRule`, and PARTNERS_RULE_CODE_TAKEN when the partner has any rule of that code.
 */
export async function createCampaign(
  setting: PartnersSetting,
  principal: Principal,
  input: AskedCampaign,
): Promise<Set> {
  return setRule(setting, principal, { operation: 'createCampaign', input });
}

/** Changes a campaign from an instant on. Refuses as `setPurchaseRule`, and NOT_FOUND for a code that is no campaign's. */
export async function changeCampaign(
  setting: PartnersSetting,
  principal: Principal,
  input: AskedCampaign,
): Promise<Set> {
  return setRule(setting, principal, { operation: 'changeCampaign', input });
}

async function setRule(
  setting: PartnersSetting,
  principal: Principal,
  change: Exclude<RuleChange, { operation: 'setEarningRule' }>,
): Promise<Set> {
  return changeAtPartner(setting, principal, {
    operation: change.operation,
    input: change.input,
    fault: () => changeFault(change),
    work: async (tx, at) => {
      const drawn = await decideAlone(tx, at, change);
      if (isRefusal(drawn)) return drawn;
      if (drawn.kind !== 'RULE') throw new Error(`setRule: ${change.operation} drew up a base rate`);
      return { rule: drawn.rule };
    },
  });
}

/**
 * Draws up and writes what one person may decide.
 *
 * @returns what `drawRule` and `judgeRule` refuse; PARTNERS_REBATE_ABOVE_LIMIT when it takes two
 */
export async function decideAlone(tx: Tx, at: AtPartner, change: RuleChange): Promise<Outcome<DrawnRule>> {
  const drawn = await drawRule(tx, at, change);
  if (isRefusal(drawn)) return drawn;
  const judged = await judgeRule(tx, at, drawn);
  if (isRefusal(judged)) return judged;
  if (judged.isAboveLimit) return aboveLimit(judged.rebate.bps, judged.limitBps ?? 0);
  await saveDrawn(tx, at.programmeId, drawn, at.now);
  return drawn;
}

/** What is to be stopped. */
export interface AskedStop {
  readonly idempotencyKey: string;
  readonly partnerId: string;
  readonly code: string;
}

/** Stops a rule or a campaign at once, versions that have not begun included. Refuses FORBIDDEN, NOT_FOUND. */
export async function stopPurchaseRule(
  setting: PartnersSetting,
  principal: Principal,
  input: AskedStop,
  operation: 'stopPurchaseRule' | 'stopCampaign' = 'stopPurchaseRule',
): Promise<Set> {
  return changeAtPartner(setting, principal, {
    operation,
    input,
    fault: () => idempotencyKeyFault(input.idempotencyKey),
    work: async (tx, { programmeId, partnerId, now }) => {
      const versions = await findPurchaseRules(tx, programmeId, { partnerId, code: input.code });
      const latest = versions.at(-1);
      const isKind = latest !== undefined && (latest.campaignId !== null) === (operation === 'stopCampaign');
      if (latest === undefined || !isKind) return notFound(operation === 'stopCampaign' ? 'campaign' : 'rule');
      const stopped: PurchaseRule = {
        ...latest,
        ...{ id: newId('rul'), version: latest.version + 1, validFrom: now, validUntil: null, terms: null },
      };
      await insertPurchaseRule(tx, programmeId, stopped, now);
      return { rule: stopped };
    },
  });
}
