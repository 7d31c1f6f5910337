import { campaignFault, type CampaignTerms } from '../../../kernel/conditions/rule-terms';
import type { Principal } from '../../../kernel/context/principal';
import type { Replayable } from '../../../kernel/db/command-key';
import type { Tx } from '../../../kernel/db/transaction';
import { idempotencyKeyFault } from '../../../kernel/errors/check-input';
import { isRefusal, type Outcome, type Refusal } from '../../../kernel/errors/refusal';
import { invalidInput, notFound } from '../../../kernel/errors/shared-refusals';
import { newId, parseId } from '../../../kernel/values/id';
import { conditionRefusal, ruleFault, type AskedRule, type PurchaseRule } from '../core/purchase-rule';
import { refuse } from '../core/refusals';
import { nextVersion } from '../core/versions';
import { findPartners } from '../data/partner.store';
import { findPurchaseRules, insertPurchaseRule } from '../data/purchase-rule.store';
import { changeAtPartner, type AtPartner } from './change-at-partner';
import type { InRuleBook } from './change-rule-book';
import type { PartnersSetting } from './setting';

type Set = Replayable<{ rule: PurchaseRule } & InRuleBook> | Refusal;

/** A campaign as an admin proposes it. */
export interface AskedCampaign extends AskedRule, CampaignTerms {}

/**
 * Sets the next version of a rule for purchases at a partner; what was bought before it begins keeps its points.
 *
 * Refuses FORBIDDEN unless an admin asks, NOT_FOUND, PARTNERS_CONDITION_NOT_VALID, PARTNERS_RULE_CODE_TAKEN when a campaign
 * has the code, PARTNERS_NOT_AFTER_LATEST_VERSION.
 */
export async function setPurchaseRule(setting: PartnersSetting, principal: Principal, input: AskedRule): Promise<Set> {
  return changeAtPartner(setting, principal, {
    operation: 'setPurchaseRule',
    input,
    fault: () => ruleFault(input) ?? conditionRefusal(input.condition),
    work: async (tx, at) => {
      const versions = await findPurchaseRules(tx, at.programmeId, { partnerId: at.partnerId, code: input.code });
      if (versions.some(({ campaignId }) => campaignId !== null)) return codeTaken(input.code);
      return insertNext(tx, at, { input, versions, campaign: null, campaignId: null });
    },
  });
}

/**
 * Begins a campaign. Refuses as `setPurchaseRule`, and PARTNERS_RULE_CODE_TAKEN when the partner has any rule of that code.
 */
export async function createCampaign(
  setting: PartnersSetting,
  principal: Principal,
  input: AskedCampaign,
): Promise<Set> {
  return changeAtPartner(setting, principal, {
    operation: 'createCampaign',
    input,
    fault: () => ruleFault(input) ?? campaignFault(input) ?? conditionRefusal(input.condition),
    work: async (tx, at) => {
      const versions = await findPurchaseRules(tx, at.programmeId, { partnerId: at.partnerId, code: input.code });
      if (versions.length > 0) return codeTaken(input.code);
      return insertCampaign(tx, at, { input, versions, campaignId: newId('cmp') });
    },
  });
}

/** Changes a campaign from an instant on. Refuses as `setPurchaseRule`, and NOT_FOUND for a code that is no campaign's. */
export async function changeCampaign(
  setting: PartnersSetting,
  principal: Principal,
  input: AskedCampaign,
): Promise<Set> {
  return changeAtPartner(setting, principal, {
    operation: 'changeCampaign',
    input,
    fault: () => ruleFault(input) ?? campaignFault(input) ?? conditionRefusal(input.condition),
    work: async (tx, at) => {
      const versions = await findPurchaseRules(tx, at.programmeId, { partnerId: at.partnerId, code: input.code });
      const campaignId = versions.at(-1)?.campaignId ?? null;
      return campaignId === null ? notFound('campaign') : insertCampaign(tx, at, { input, versions, campaignId });
    },
  });
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

async function insertCampaign(
  tx: Tx,
  at: AtPartner,
  { input, versions, campaignId }: Pick<Next<AskedCampaign>, 'input' | 'versions' | 'campaignId'>,
): Promise<Outcome<{ rule: PurchaseRule }>> {
  const { phase, purpose, budgetPoints = null } = input;
  const funding = input.funding ?? [{ partnerId: at.partnerId, bps: 10_000 }];
  const ids = funding.flatMap(({ partnerId }) => parseId('ptr', partnerId) ?? []);
  const known = await findPartners(tx, at.programmeId, ids);
  if (known.length !== funding.length)
    return invalidInput('input.funding', 'names a partner the programme does not have');
  const campaign = { phase, purpose, budgetPoints, funding: funding.map(({ partnerId, bps }) => ({ partnerId, bps })) };
  return insertNext(tx, at, { input, versions, campaignId, campaign });
}

interface Next<Asked extends AskedRule> {
  readonly input: Asked;
  readonly versions: readonly PurchaseRule[];
  readonly campaignId: PurchaseRule['campaignId'];
  readonly campaign: CampaignTerms | null;
}

async function insertNext(
  tx: Tx,
  { programmeId, partnerId, now }: AtPartner,
  { input, versions, campaignId, campaign }: Next<AskedRule>,
): Promise<Outcome<{ rule: PurchaseRule }>> {
  const version = nextVersion(versions, input.validFrom);
  if (isRefusal(version)) return version;
  const { code, validFrom, validUntil = null, name, effect } = input;
  const { kind, points = null, perAmountMinor = null, bps = null } = effect;
  const rule: PurchaseRule = {
    ...{ id: newId('rul'), partnerId, code, version, campaignId, validFrom, validUntil },
    terms: {
      name,
      effect: { kind, points, perAmountMinor, bps },
      channels: input.channels ?? [],
      branches: input.branches ?? [],
      categories: input.categories ?? [],
      skus: input.skus ?? [],
      tiers: input.tiers ?? [],
      segments: input.segments ?? [],
      signUpDays: input.signUpDays ?? null,
      minAmountMinor: input.minAmountMinor ?? null,
      capPoints: input.capPoints ?? null,
      rounding: input.rounding ?? 'DOWN',
      priority: input.priority ?? 0,
      group: input.group ?? null,
      condition: input.condition ?? null,
      campaign,
    },
  };
  await insertPurchaseRule(tx, programmeId, rule, now);
  return { rule };
}

function codeTaken(code: string): Refusal {
  return refuse('PARTNERS_RULE_CODE_TAKEN', `The partner has another rule or campaign of the code ${code}.`);
}
