import type { Refusal } from '../../../../kernel/errors/refusal';
import { notFound } from '../../../../kernel/errors/shared-refusals';
import type { PartnerId } from '../../../../kernel/values/id';
import type { CurrencyCode } from '../../../../kernel/values/money';
import { together } from '../money/claim';
import type { Entry } from '../points/account';
import { EMPTY_PLAN, type PostingFacts, type PostingPlan } from '../points/posting';
import type { PastPurchase, Wallet } from '../points/wallet';
import { notYet } from '../not-yet';
import { refuse } from '../refusals';
import { whyClosed, type RuleBook } from '../rule-book';
import { convertedMinor } from '../rules/conversion';
import { uncounted } from '../tiers/standing';
import { pointsByLot } from '../rules/explanation';
import { arrearsRefusal, takeable, takeBack, type TakenBack } from './clawback';
import { earnedPoints } from './purchase-earning';

/** Goods that came back to the till. */
export interface PurchaseReturn {
  readonly purchaseSeq: bigint;
  readonly partnerId: PartnerId;
  readonly externalRef: string;
  /** What is paid back, > 0. */
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly occurredAt: Date;
}

/**
 * Posting rule of a return: what was earned so far, less what the rule used then gives for what the member still keeps; a
 * full return takes all. It is taken from the lots of that purchase and of no other.
 *
 * Refuses, in this order: purchase unknown, its partner gone, other currency, in the future, more than was paid, arrears above the limit.
 */
export function planPurchaseReturn(wallet: Wallet, back: PurchaseReturn, facts: PostingFacts): PostingPlan | Refusal {
  const purchase = wallet.past.purchases.get(back.purchaseSeq);
  if (purchase === undefined || purchase.partnerId !== back.partnerId) return notFound('purchase');
  const closed = whyClosed(facts.book, back.partnerId);
  if (closed !== null) return closed;
  if (back.currency !== purchase.currency) {
    return refuse('LEDGER_CURRENCY_NOT_ACCEPTED', `The purchase was paid in ${purchase.currency}.`);
  }
  if (back.occurredAt > facts.now) return notYet('The return', facts.now);
  const keptMinor = purchase.amountMinor - purchase.returnedMinor - back.amountMinor;
  if (keptMinor < 0n) {
    const leftMinor = purchase.amountMinor - purchase.returnedMinor;
    const message = `Only ${leftMinor} ${purchase.currency} minor units were not returned yet.`;
    return refuse('LEDGER_RETURN_EXCEEDS_PURCHASE', message, { leftMinor });
  }
  const taken = takenBy(wallet, purchase, { keptMinor, back, book: facts.book });
  const limit = arrearsRefusal(wallet, taken, facts);
  if (limit !== null) return limit;
  const { entries, claims, money } = taken;
  // Points of its lots that expired, were taken back otherwise, or cancelled while pending, are not taken twice.
  const clawedBack = entries.reduce((sum, { amount }) => sum + amount, 0n);
  return {
    ...EMPTY_PLAN,
    kind: 'CLAWBACK',
    partnerId: back.partnerId,
    externalRef: back.externalRef,
    occurredAt: back.occurredAt,
    entries,
    claims,
    money,
    qualifying: uncounted(wallet, entries, facts.book),
    returned: { purchaseSeq: purchase.seq, amountMinor: back.amountMinor, clawedBack },
  };
}

/** What is taken, of which lots: of all together under a base rate; of each what its own rule gave where there were others. */
function takenBy(
  wallet: Wallet,
  purchase: PastPurchase,
  { keptMinor, back, book }: { keptMinor: bigint; back: PurchaseReturn; book: RuleBook },
): TakenBack {
  const { explanation, seq } = purchase;
  if (explanation === null) return takeFromLots(wallet, seq, pointsDue(purchase, keptMinor, book));
  const before = pointsByLot(explanation, inBooks(purchase, keptMinor + back.amountMinor, book));
  const after = pointsByLot(explanation, inBooks(purchase, keptMinor, book));
  const lots = pointsByLot(explanation, explanation.amountMinor);
  const due = before.map((points, n) => points - (after[n] ?? 0n)).filter((_, n) => (lots[n] ?? 0n) > 0n);
  return takeFromEach(wallet, seq, due);
}

/** What of the purchase is kept, in the programme's currency; the whole of it as it was reckoned then. */
function inBooks({ explanation, currency, amountMinor }: PastPurchase, keptMinor: bigint, book: RuleBook): bigint {
  const conversion = explanation?.conversion ?? null;
  if (conversion === null) return keptMinor;
  if (keptMinor === amountMinor) return conversion.amountMinor;
  return convertedMinor(keptMinor, { rate: conversion.rate, from: currency as CurrencyCode, to: book.currency });
}

/** Takes from each of the purchase's lots its own part: what one cannot give is not another funder's to give. */
function takeFromEach(wallet: Wallet, purchaseSeq: bigint, due: readonly bigint[]): TakenBack {
  const taken: TakenBack[] = [];
  const lots = [...wallet.past.lots.values()].filter(({ seq }) => seq === purchaseSeq);
  let place = 0;
  for (const [n, lot] of lots.entries()) {
    const left = takeable(wallet, lot);
    const wanted = due[n] ?? 0n;
    const part = left < wanted ? left : wanted;
    if (part <= 0n) continue;
    const one = takeBack(wallet, lot, { points: part, place });
    place += one.entries.length;
    taken.push(one);
  }
  return {
    entries: taken.flatMap((one) => one.entries),
    arrears: taken.reduce((sum, one) => sum + one.arrears, 0n),
    ...together(taken),
  };
}

/** Points to take back; never fewer than none, should a rule give more for less. */
function pointsDue(purchase: PastPurchase, keptMinor: bigint, { earningRules }: RuleBook): bigint {
  const standing = purchase.earned - purchase.clawedBack;
  const rule = earningRules.find(({ id }) => id === purchase.ruleId);
  if (keptMinor === 0n || rule === undefined) return keptMinor === 0n ? standing : 0n;
  const due = standing - earnedPoints(rule, keptMinor);
  return due > 0n ? due : 0n;
}

/** Takes from the purchase's lots in the order they were issued. */
function takeFromLots(wallet: Wallet, purchaseSeq: bigint, amount: bigint): TakenBack {
  const taken: TakenBack[] = [];
  let owed = amount;
  let place = 0;
  for (const lot of wallet.past.lots.values()) {
    if (lot.seq !== purchaseSeq || owed === 0n) continue;
    const left = takeable(wallet, lot);
    const part = left < owed ? left : owed;
    owed -= part;
    if (part === 0n) continue;
    const one = takeBack(wallet, lot, { points: part, place });
    place += one.entries.length;
    taken.push(one);
  }
  const entries: Entry[] = taken.flatMap((one) => one.entries);
  return { entries, arrears: taken.reduce((sum, one) => sum + one.arrears, 0n), ...together(taken) };
}
