import { isConditionFault, readCondition } from '../../../../kernel/conditions/condition';
import {
  campaignFault,
  ruleTermsFault,
  type CampaignTerms,
  type RuleTerms,
} from '../../../../kernel/conditions/rule-terms';
import { expectThat, firstFault, ifGiven } from '../../../../kernel/errors/check-input';
import type { Refusal } from '../../../../kernel/errors/refusal';
import type { Id, PartnerId } from '../../../../kernel/values/id';
import { inPartyOrder } from '../movements/accrual';
import { refuse } from '../refusals';
import type { RuleBook } from '../rule-book';
import type { Effect, PurchaseRule } from '../rules/purchase-rule';

/** A rule or campaign that is not in force, as somebody writes it. */
export interface Draft extends RuleTerms {
  /** Null for a rule of no campaign. */
  readonly campaign?: CampaignTerms | null;
}

/** The first thing of a draft that could not be saved either; PARTNERS_CONDITION_NOT_VALID for its condition. */
export function draftFault(draft: Draft, book: RuleBook, path: string): Refusal | null {
  const { campaign = null, condition = null } = draft;
  const funders = campaign?.funding ?? [];
  const known = (id: string) => book.partners.some((partner) => partner.id === id);
  const fault = firstFault(
    ruleTermsFault(draft, path),
    ifGiven(campaign, (terms) => campaignFault({ ...draft, ...terms }, path)),
    expectThat(
      `${path}.campaign.funding`,
      funders.every(({ partnerId }) => known(partnerId)),
      'names a partner the programme does not have',
    ),
  );
  if (fault !== null || condition === null) return fault;
  const read = readCondition(condition);
  if (!isConditionFault(read)) return null;
  const { message, position } = read;
  return refuse('PARTNERS_CONDITION_NOT_VALID', `At character ${position}: ${message}.`, { position });
}

/** What a draft is called as long as it is tried. */
export interface DraftIds {
  readonly ruleId: Id<'rul'>;
  readonly campaignId: Id<'cmp'>;
  readonly partnerId: PartnerId;
}

/** A draft as the ledger would execute it, in force at every instant. */
export function ruleOfDraft(
  { campaign = null, ...draft }: Draft,
  { ruleId, campaignId, partnerId }: DraftIds,
): PurchaseRule {
  return {
    ...{ id: ruleId, partnerId, name: draft.name, from: new Date(0), until: null },
    channels: draft.channels ?? [],
    branches: draft.branches ?? [],
    categories: draft.categories ?? [],
    skus: draft.skus ?? [],
    tiers: draft.tiers ?? [],
    segments: draft.segments ?? [],
    signUpDays: draft.signUpDays ?? null,
    minAmountMinor: draft.minAmountMinor ?? 0n,
    capPoints: draft.capPoints ?? null,
    rounding: draft.rounding ?? 'DOWN',
    priority: draft.priority ?? 0,
    group: draft.group ?? null,
    condition: draft.condition ?? null,
    effect: effectOf(draft.effect),
    campaign: campaign && {
      id: campaignId,
      phase: campaign.phase,
      purpose: campaign.purpose,
      budgetPoints: campaign.budgetPoints ?? null,
      funding: inPartyOrder(
        (campaign.funding ?? [{ partnerId, bps: 10_000 }]).map((share) => ({
          partyId: share.partnerId as PartnerId,
          bps: share.bps,
        })),
      ),
    },
  };
}

function effectOf({ kind, points, perAmountMinor, bps }: RuleTerms['effect']): Effect {
  switch (kind) {
    case 'MULTIPLIER':
      return { kind, bps: bps ?? 10_000 };
    case 'BONUS':
      return { kind, points: points ?? 0n };
    default:
      return { kind, points: points ?? 0n, perAmountMinor: perAmountMinor ?? 1n };
  }
}

/** A book with other rules for purchases: some left out, by id of the rule or of its campaign, and a draft added. */
export function bookWith(
  book: RuleBook,
  { without, draft }: { without: ReadonlySet<string>; draft: PurchaseRule | null },
): RuleBook {
  const kept = book.purchaseRules.filter(({ id, campaign }) => !without.has(id) && !without.has(campaign?.id ?? ''));
  return { ...book, purchaseRules: draft === null ? kept : [...kept, draft] };
}
