import { newId, type PartnerId } from '../../../kernel/values/id';
import type { CampaignTerms, PurchaseRule } from '../core/rules/purchase-rule';

/** A rule in force since 2020 that asks for nothing and gives a bonus of ten points. */
export function aPurchaseRule(partnerId: PartnerId, change: Partial<PurchaseRule> = {}): PurchaseRule {
  return {
    id: newId('rul'),
    partnerId,
    name: 'A rule',
    from: new Date('2020-01-01T00:00:00Z'),
    until: null,
    channels: [],
    branches: [],
    categories: [],
    skus: [],
    tiers: [],
    segments: [],
    signUpDays: null,
    minAmountMinor: 0n,
    capPoints: null,
    rounding: 'DOWN',
    priority: 0,
    group: null,
    condition: null,
    effect: { kind: 'BONUS', points: 10n },
    campaign: null,
    ...change,
  };
}

/** A campaign that earns everywhere, without a budget, paid by one partner. */
export function aCampaign(payer: PartnerId, change: Partial<CampaignTerms> = {}): CampaignTerms {
  return {
    id: newId('cmp'),
    phase: 'FULL',
    purpose: 'EARNING',
    budgetPoints: null,
    funding: [{ partyId: payer, bps: 10_000 }],
    ...change,
  };
}
