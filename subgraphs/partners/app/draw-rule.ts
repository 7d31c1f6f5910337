import { campaignFault } from '../../../kernel/conditions/rule-terms';
import type { Tx } from '../../../kernel/db/transaction';
import { isRefusal, type Outcome, type Refusal } from '../../../kernel/errors/refusal';
import { invalidInput, notFound } from '../../../kernel/errors/shared-refusals';
import { newId, parseId, type ProgrammeId } from '../../../kernel/values/id';
import { earningRateFault, setVersion, type EarningRate, type EarningRule } from '../core/earning-rule';
import { conditionRefusal, ruleFault, type AskedRule, type PurchaseRule } from '../core/purchase-rule';
import { refuse } from '../core/refusals';
import type { AskedCampaign, RuleChange } from '../core/rule-proposal';
import { nextVersion } from '../core/versions';
import { findEarningRules, insertEarningRule } from '../data/earning-rule.store';
import { findPartners } from '../data/partner.store';
import { findPurchaseRules, insertPurchaseRule } from '../data/purchase-rule.store';
import type { AtPartner } from './change-at-partner';

/** The version a change would make; nothing of it is written yet. */
export type DrawnRule =
  | { readonly kind: 'RULE'; readonly rule: PurchaseRule }
  | { readonly kind: 'BASE_RATE'; readonly earningRule: EarningRule };

/** What of a change cannot be what it says; PARTNERS_CONDITION_NOT_VALID for its condition. */
export function changeFault(change: RuleChange): Refusal | null {
  if (change.operation === 'setEarningRule') return earningRateFault(change.input);
  const { input } = change;
  const campaign = change.operation === 'setPurchaseRule' ? null : campaignFault(change.input);
  return ruleFault(input) ?? campaign ?? conditionRefusal(input.condition);
}

/**
 * Draws up the next version of a rule, a campaign or a base rate; writes nothing.
 *
 * Refuses NOT_FOUND for a campaign that was never begun, PARTNERS_RULE_CODE_TAKEN, PARTNERS_NOT_AFTER_LATEST_VERSION.
 */
export async function drawRule(tx: Tx, at: AtPartner, change: RuleChange): Promise<Outcome<DrawnRule>> {
  switch (change.operation) {
    case 'setEarningRule':
      return drawBaseRate(tx, at, change.input);
    case 'setPurchaseRule': {
      const versions = await versionsOf(tx, at, change.input);
      if (versions.some(({ campaignId }) => campaignId !== null)) return codeTaken(change.input.code);
      return drawn(at, { input: change.input, versions, campaign: null, campaignId: null });
    }
    case 'createCampaign': {
      const versions = await versionsOf(tx, at, change.input);
      if (versions.length > 0) return codeTaken(change.input.code);
      return drawCampaign(tx, at, { input: change.input, versions, campaignId: newId('cmp') });
    }
    case 'changeCampaign': {
      const versions = await versionsOf(tx, at, change.input);
      const campaignId = versions.at(-1)?.campaignId ?? null;
      if (campaignId === null) return notFound('campaign');
      return drawCampaign(tx, at, { input: change.input, versions, campaignId });
    }
  }
}

/** Writes what was drawn up. */
export async function saveDrawn(tx: Tx, programmeId: ProgrammeId, drawnRule: DrawnRule, now: Date): Promise<void> {
  if (drawnRule.kind === 'RULE') await insertPurchaseRule(tx, programmeId, drawnRule.rule, now);
  else await insertEarningRule(tx, programmeId, drawnRule.earningRule, now);
}

function versionsOf(tx: Tx, { programmeId, partnerId }: AtPartner, { code }: AskedRule): Promise<PurchaseRule[]> {
  return findPurchaseRules(tx, programmeId, { partnerId, code });
}

async function drawBaseRate(
  tx: Tx,
  { programmeId, partnerId }: AtPartner,
  input: EarningRate,
): Promise<Outcome<DrawnRule>> {
  const set = setVersion(input, await findEarningRules(tx, programmeId, [partnerId]));
  if (isRefusal(set)) return set;
  const { kind, points, perAmountMinor, validFrom } = input;
  const { version } = set;
  const pendingDays = input.pendingDays ?? 0;
  const earningRule = { id: newId('rul'), partnerId, version, kind, points, perAmountMinor, validFrom, pendingDays };
  return { kind: 'BASE_RATE', earningRule };
}

interface Next<Asked extends AskedRule> {
  readonly input: Asked;
  readonly versions: readonly PurchaseRule[];
  readonly campaignId: PurchaseRule['campaignId'];
  readonly campaign: NonNullable<PurchaseRule['terms']>['campaign'];
}

async function drawCampaign(
  tx: Tx,
  at: AtPartner,
  { input, versions, campaignId }: Omit<Next<AskedCampaign>, 'campaign'>,
): Promise<Outcome<DrawnRule>> {
  const { phase, purpose, budgetPoints = null } = input;
  const funding = input.funding ?? [{ partnerId: at.partnerId, bps: 10_000 }];
  const ids = funding.flatMap(({ partnerId }) => parseId('ptr', partnerId) ?? []);
  const known = await findPartners(tx, at.programmeId, ids);
  if (known.length !== funding.length)
    return invalidInput('input.funding', 'names a partner the programme does not have');
  const campaign = { phase, purpose, budgetPoints, funding: funding.map(({ partnerId, bps }) => ({ partnerId, bps })) };
  return drawn(at, { input, versions, campaignId, campaign });
}

function drawn(
  { partnerId }: AtPartner,
  { input, versions, campaignId, campaign }: Next<AskedRule>,
): Outcome<DrawnRule> {
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
  return { kind: 'RULE', rule };
}

function codeTaken(code: string): Refusal {
  return refuse('PARTNERS_RULE_CODE_TAKEN', `The partner has another rule or campaign of the code ${code}.`);
}
