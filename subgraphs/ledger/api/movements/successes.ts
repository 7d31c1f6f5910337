import { programmeOf, type Principal } from '../../../../kernel/context/principal';
import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import type { PartnerId } from '../../../../kernel/values/id';
import { points } from '../../../../kernel/values/points';
import type { PoolPosted } from '../../app/movements/redeem-pool';
import type { Posted } from '../../app/points/post';
import type { DrawView, PostedTransaction } from '../../app/points/posted';
import type { PurchaseFact } from '../../core/points/posting';
import { reckon, type Explanation } from '../../core/rules/explanation';
import type { Ledger } from '../../app/ledger';
import { readRedemption } from '../../app/points/read-redemption';
import {
  readLots,
  type AccountView,
  type HoldReading,
  type LotName,
  type LotReading,
} from '../../app/points/read-account';
import { moneyBack } from '../../core/movements/reversal';
import type { MoneyBeside } from '../../core/points/posting';
import { memberScopedId, parseScopedId } from '../../core/points/scoped-id';

/** The parents of `Redemption` and `Draw`: what their resolvers go on from. */
export interface RedemptionView {
  readonly id: string;
  readonly redeemerId: PartnerId | null;
  readonly points: bigint;
  readonly reversed: bigint;
  readonly money: MoneyBeside | null;
  readonly moneyReversed: MoneyBeside | null;
  readonly draws: readonly DrawOfLot[];
}
export interface DrawOfLot extends Pick<DrawView, 'points' | 'claimMicros'> {
  readonly lotName: LotName;
  readonly currency: string;
}

type Shown<Value> = Value & { readonly account: AccountView; readonly replayed: boolean };

/** Makes a success of a posting; a refusal passes. */
export function successOf<Value extends object>(
  principal: Principal,
  outcome: Posted | Refusal,
  show: (transaction: PostedTransaction) => Value,
): Shown<Value> | Refusal {
  if (isRefusal(outcome)) return outcome;
  const { transaction, replayed } = outcome;
  return { ...show(transaction), account: accountAfter(principal, outcome), replayed };
}

/** The account as the posting left it, now or when it was first made. */
function accountAfter(principal: Principal, { transaction, creditOnly }: Posted): AccountView {
  const programmeId = programmeOf(principal);
  if (programmeId === null) throw new TypeError('accountAfter: a posting belongs to a programme');
  const { memberId, account, details } = transaction;
  if (creditOnly !== true) return { memberId, programmeId, version: account.version, ...account.balances };
  // The member has not opened itself to this partner: of its points the partner learns those it just gave, and neither
  // how many there are nor, by the version, how often it shops elsewhere.
  const none = points(0n);
  const given = points(details.issued.reduce((sum, { quantity }) => sum + quantity, 0n));
  return {
    memberId,
    programmeId,
    version: 0n,
    available: given,
    pending: none,
    held: none,
    arrears: none,
    isVeiled: true,
  };
}

/** The lots a posting made, as they were issued. */
function lotsOf({ key, details }: PostedTransaction): LotReading[] {
  return details.issued.map((lot) => ({
    ...lot,
    id: memberScopedId('lot', key.wallet, lot.lotSeq),
    remaining: lot.quantity,
  }));
}

export function showPurchase(transaction: PostedTransaction): object {
  const { key, line, details } = transaction;
  if (details.purchase === null) throw new TypeError(`showPurchase: version ${line.seq} is no purchase`);
  const { externalRef, amountMinor, currency, occurredAt, points: earned } = details.purchase;
  return {
    purchase: {
      id: memberScopedId('txn', key.wallet, line.seq),
      externalRef,
      amount: { amountMinor, currency },
      occurredAt,
      returned: { amountMinor: 0n, currency },
      explanation: showExplanation(details),
    },
    earned,
    lots: lotsOf(transaction),
  };
}

/** What of a purchase an explanation is shown from. */
interface Explained {
  readonly purchase: Pick<PurchaseFact, 'ruleId' | 'points' | 'amountMinor'> | null;
  readonly explanation: Explanation | null;
  readonly currency: string;
}

/** Why a purchase earned what it did; where only the base rate was looked at, that is all there is to say. */
export function showExplanation({ purchase, explanation, currency }: Explained): object {
  if (explanation === null) {
    const { ruleId, points: given = 0n, amountMinor = 0n } = purchase ?? {};
    const base = { source: 'BASE', ruleId, campaignId: null, points: given, covered: { amountMinor, currency } };
    return { conversion: null, fired: ruleId ? [base] : [], passed: [] };
  }
  const { conversion, fired, passed, amountMinor } = explanation;
  const added = reckon(explanation, amountMinor);
  return {
    conversion: conversion && { ...conversion, amount: { amountMinor: conversion.amountMinor, currency } },
    fired: fired.map(({ source, ruleId, campaignId, coveredMinor }, n) => ({
      ...{ source, ruleId, campaignId },
      points: added[n],
      covered: { amountMinor: coveredMinor, currency },
    })),
    passed,
  };
}

/** What an action earned. */
export function showEarned(transaction: PostedTransaction): object {
  const lots = lotsOf(transaction);
  return { earned: lots.reduce((sum, { quantity }) => sum + quantity, 0n), lots };
}

/** The one lot of points given directly. */
export function showAccrual(transaction: PostedTransaction): { lot: LotReading } {
  const [lot] = lotsOf(transaction);
  if (lot === undefined) throw new TypeError(`showAccrual: version ${transaction.line.seq} made no lot`);
  return { lot };
}

/** What was taken back, and how much of it is owed. */
export function showTakenBack({ details: { clawedBack, arrearsOpened } }: PostedTransaction): object {
  return { clawedBack, arrearsOpened };
}

export function showRedemption(transaction: PostedTransaction, reversed = 0n): { redemption: RedemptionView } {
  const { key, memberId, line, details } = transaction;
  const { beside } = details;
  // A capture's own points are what came back: what was spent is what was drawn.
  const spent = details.draws.reduce((sum, draw) => sum + draw.points, 0n);
  const redemption: RedemptionView = {
    id: memberScopedId('txn', key.wallet, line.seq),
    redeemerId: line.partnerId,
    points: spent,
    reversed,
    money: beside,
    moneyReversed: beside && { ...beside, amountMinor: moneyBack(beside.amountMinor, { points: spent, reversed }) },
    draws: details.draws.map(({ lotSeq, points: taken, claimMicros }) => ({
      lotName: { memberId, lotSeq },
      points: taken,
      claimMicros,
      currency: details.currency,
    })),
  };
  return { redemption };
}

/** What each member of a pool gave. */
export function showPool(principal: Principal, outcome: PoolPosted | Refusal): object {
  if (isRefusal(outcome)) return outcome;
  const parts = outcome.parts.map((part) => ({
    ...showRedemption(part.transaction),
    account: accountAfter(principal, part),
  }));
  return { parts, replayed: outcome.parts[0]?.replayed };
}

export function showHold({ key, line, details: { hold } }: PostedTransaction): { hold: HoldReading } {
  if (hold === null) throw new TypeError(`showHold: version ${line.seq} is of no hold`);
  const { points: held, state, expiresAt } = hold;
  return { hold: { id: memberScopedId('hld', key.wallet, hold.seq), points: held, state, expiresAt } };
}

/** A reversal shows the redemption it undid, with all that has come back of it so far. */
export async function showReversal(ledger: Ledger, principal: Principal, outcome: Posted | Refusal): Promise<object> {
  if (isRefusal(outcome)) return outcome;
  const { memberId, details } = outcome.transaction;
  const programmeId = programmeOf(principal);
  if (details.reversed === null || programmeId === null) throw new TypeError('showReversal: it is no reversal');
  const { redemption, reversed } = await readRedemption(
    ledger,
    { programmeId, memberId },
    details.reversed.redemptionSeq,
  );
  return successOf(principal, outcome, () => showRedemption(redemption, reversed));
}

/** A posting about one lot shows the lot as it stands. */
export async function showLot(
  ledger: Ledger,
  principal: Principal,
  { outcome, lotId }: { outcome: Posted | Refusal; lotId: string },
): Promise<object> {
  const name = parseScopedId('lot', lotId);
  const programmeId = programmeOf(principal);
  if (isRefusal(outcome) || name === null || programmeId === null) return outcome;
  const [lot] = await readLots(ledger, programmeId, [{ memberId: name.memberId, lotSeq: name.number }]);
  return successOf(principal, outcome, () => ({ lot }));
}
