import type { Refusal } from '../../../../kernel/errors/refusal';
import { points, type Points } from '../../../../kernel/values/points';
import { divideFloor } from '../../../../kernel/values/rounding';
import type { MemberId } from '../../../../kernel/values/id';
import type { CurrencyCode } from '../../../../kernel/values/money';
import { budgetsOf } from '../caps/cap-use';
import type { Budgeted, Explained, PostingFacts } from '../points/posting';
import type { Wallet } from '../points/wallet';
import { refuse } from '../refusals';
import type { EarningRule } from '../rule-book';
import { convert, convertedMinor } from '../rules/conversion';
import { heldOutAt } from '../experiments/experiment';
import { evaluatePurchase, type CampaignPart, type Evaluation } from '../rules/evaluate';
import type { Conversion } from '../rules/explanation';
import { NO_MEMBER_FACTS } from '../rules/member-facts';
import type { Happened, PurchaseLine } from '../rules/purchase-facts';
import { ruleIndexOf } from '../rules/rule-index';
import { mayFund } from './funder';
import type { Purchase } from './purchase';

/** What a purchase earns: the partner's own points and each campaign's. */
export interface PurchaseEarning {
  readonly ownPoints: bigint;
  readonly campaigns: readonly CampaignPart[];
  /** Absent where only the base rate was looked at. */
  readonly explained?: Explained;
  readonly failures?: Evaluation['failures'];
}

/** Points an amount earns at a base rate. Rounds down: the fraction of a step stays with the issuer. */
export function earnedPoints(rule: Pick<EarningRule, 'points' | 'perAmountMinor'>, amountMinor: bigint): Points {
  return points(divideFloor(amountMinor * rule.points, rule.perAmountMinor));
}

/**
 * What the rules in force give for a purchase. Where nothing but the base rate can apply, that is all that is worked out.
 *
 * Refuses: LEDGER_CURRENCY_NOT_ACCEPTED, when the rule book has no rate for its currency on its day or before.
 */
export function earnedBy(
  wallet: Pick<Wallet, 'tier'> & { readonly memberId: MemberId | null },
  purchase: Purchase,
  { rule: base, facts }: { rule: EarningRule; facts: PostingFacts },
): PurchaseEarning | Refusal {
  const { book } = facts;
  const { partnerId, occurredAt: at, channel } = purchase;
  const conversion = conversionOf(purchase, facts);
  if (conversion === 'NO_RATE') {
    const message = `This programme accounts in ${book.currency} and has no rate for ${purchase.currency} on that day.`;
    return refuse('LEDGER_CURRENCY_NOT_ACCEPTED', message);
  }
  const candidates = ruleIndexOf(book.purchaseRules).candidates({ partnerId, at, channel });
  const isPlain = candidates.rules.length === 0 && conversion === null && multiplierOf(wallet, facts) === 10_000;
  if (isPlain) return { ownPoints: earnedPoints(base, purchase.amountMinor), campaigns: [] };
  const { surroundings } = purchase;
  const evaluation = evaluatePurchase({
    happened: happenedAt(purchase, { conversion, to: book.currency }),
    person: {
      facts: facts.person?.facts ?? NO_MEMBER_FACTS,
      orders: facts.person?.orders ?? [],
      tier: wallet.tier.code,
    },
    candidates,
    base,
    tiers: book.tiers,
    timeZone: book.timeZone,
    conversion,
    spent: facts.spent ?? NONE_SPENT,
    isHeldOut: heldOutAt(book.experiments, wallet.memberId, at),
    mayFund: (party) => mayFund(party, at, facts),
  });
  const { ownPoints, campaigns, explanation, failures } = evaluation;
  return { ownPoints, campaigns, failures, explained: { attributes: surroundings ?? null, explanation } };
}

const NONE_SPENT: ReadonlySet<string> = new Set();

/** What each campaign gives, of the budgets that must hold it. */
export function budgetedBy({ campaigns }: PurchaseEarning, { book, now }: PostingFacts): Budgeted[] {
  return campaigns.flatMap(({ rule, points: given }): Budgeted[] => {
    const counters = budgetsOf(rule, book, now);
    return counters.length === 0 ? [] : [{ campaignId: rule.campaign?.id ?? '', points: given, counters }];
  });
}

function conversionOf({ amountMinor, currency, occurredAt: at }: Purchase, { book }: PostingFacts) {
  if (currency === book.currency) return null;
  const { conversionRates: rates, currency: to, timeZone } = book;
  return convert({ amountMinor, currency, at }, { rates, to, timeZone }) ?? ('NO_RATE' as const);
}

function multiplierOf({ tier }: Pick<Wallet, 'tier'>, { book }: PostingFacts): number {
  return book.tiers.find(({ code }) => code === tier.code)?.multiplierBps ?? 10_000;
}

function happenedAt(
  purchase: Purchase,
  { conversion, to }: { conversion: Conversion | null; to: CurrencyCode },
): Happened {
  const { occurredAt: at, amountMinor, currency, channel, branch, lines, surroundings } = purchase;
  const converted = (minor: bigint) =>
    conversion === null ? minor : convertedMinor(minor, { rate: conversion.rate, from: currency as CurrencyCode, to });
  return {
    ...surroundings,
    at,
    amountMinor: conversion?.amountMinor ?? amountMinor,
    currency,
    channel,
    branch,
    lines: (lines ?? []).map(({ sku, category, quantity, amount }): PurchaseLine => ({
      sku,
      category: category ?? null,
      quantity,
      amountMinor: converted(amount.amountMinor),
    })),
  };
}
