import type { Refusal } from '../../../../kernel/errors/refusal';
import { notFound } from '../../../../kernel/errors/shared-refusals';
import type { PartnerId } from '../../../../kernel/values/id';
import { together } from '../money/claim';
import type { Entry } from '../points/account';
import { EMPTY_PLAN, type PostingFacts, type PostingPlan } from '../points/posting';
import type { PastPurchase, Wallet } from '../points/wallet';
import { refuse } from '../refusals';
import type { RuleBook } from '../rule-book';
import { arrearsRefusal, takeable, takeBack, type TakenBack } from './clawback';
import { earnedPoints } from './purchase';

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
 * Refuses, in this order: purchase unknown, other currency, in the future, more than was paid, arrears above the limit.
 */
export function planPurchaseReturn(wallet: Wallet, back: PurchaseReturn, facts: PostingFacts): PostingPlan | Refusal {
  const purchase = wallet.past.purchases.get(back.purchaseSeq);
  if (purchase === undefined || purchase.partnerId !== back.partnerId) return notFound('purchase');
  if (back.currency !== purchase.currency) {
    return refuse('LEDGER_CURRENCY_NOT_ACCEPTED', `The purchase was paid in ${purchase.currency}.`);
  }
  if (back.occurredAt > facts.now) return refuse('LEDGER_OCCURRED_IN_FUTURE', 'The return has not happened yet.');
  const keptMinor = purchase.amountMinor - purchase.returnedMinor - back.amountMinor;
  if (keptMinor < 0n) {
    const leftMinor = purchase.amountMinor - purchase.returnedMinor;
    const message = `Only ${leftMinor} ${purchase.currency} minor units were not returned yet.`;
    return refuse('LEDGER_RETURN_EXCEEDS_PURCHASE', message, { leftMinor });
  }
  const due = pointsDue(purchase, keptMinor, facts.book);
  const taken = takeFromLots(wallet, purchase.seq, due);
  const limit = arrearsRefusal(wallet, taken.arrears, facts);
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
    qualifying: -clawedBack,
    returned: { purchaseSeq: purchase.seq, amountMinor: back.amountMinor, clawedBack },
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
    const left = takeable(lot);
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
