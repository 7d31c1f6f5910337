import { microsPerMinor, type CurrencyCode } from '../../../../kernel/values/money';
import type { HubAccount } from '../money/claim';
import type { Party } from './directional-total';
import type { Payment } from './payment';

/** An account that settlement posts to, besides those that claims post to. */
export interface SettlementAccount {
  readonly kind:
    | 'CLEARING'
    | 'ROUNDING_CARRY'
    | 'DISPUTE_SUSPENSE'
    | 'SETTLEMENT_BANK'
    | 'FX_ROUNDING'
    | 'FX_CONVERSION'
    | 'DEPOSIT'
    | 'DEFAULT_FUND'
    | 'DEFAULT_LOSS'
    | HubAccount['kind'];
  /** Of a pair's account, the debtor. */
  readonly owner: Party;
  /** Of a pair's account, the creditor; null for all others, and for the operator. */
  readonly counterparty: Party;
}

/** Money moved between two accounts by a step of a cycle. */
export interface SettlementEntry {
  readonly debit: SettlementAccount;
  readonly credit: SettlementAccount;
  /** > 0. */
  readonly micros: bigint;
  readonly currency: CurrencyCode;
  /** Why: the step, or what else made it. */
  readonly cause: string;
}

/** What a pair's bill differs from its claims by. */
export interface PairDifference {
  readonly debtorId: Party;
  readonly creditorId: Party;
  /** Carry out less carry in: due and not billed yet; negative when more was billed. */
  readonly roundingMicros: bigint;
  /** Disputed, so neither billed nor carried. */
  readonly suspenseMicros: bigint;
}

export const clearingOf = (owner: Party): SettlementAccount => ({ kind: 'CLEARING', owner, counterparty: null });
export const plain = (kind: SettlementAccount['kind']): SettlementAccount => ({
  kind,
  owner: null,
  counterparty: null,
});
/** Where what is disputed touches a party: its clearing account; the operator's is at its cost until it is decided. */
export const claimantOf = (party: Party): SettlementAccount =>
  party === null ? plain('GOODWILL_EXPENSE') : clearingOf(party);
export const BANK = plain('SETTLEMENT_BANK');

/** A move of any sign as an entry; none for nothing. */
export function move(
  { from, to }: { from: SettlementAccount; to: SettlementAccount },
  micros: bigint,
  about: Pick<SettlementEntry, 'currency' | 'cause'>,
): SettlementEntry[] {
  if (micros === 0n) return [];
  return micros > 0n
    ? [{ debit: from, credit: to, micros, ...about }]
    : [{ debit: to, credit: from, micros: -micros, ...about }];
}

/**
 * Agreed statements: each partner's clearing account is brought from what it owes exactly to what it is billed. What rounding left
 * goes through the pair's carry; what is disputed waits in the pair's suspense, and its debtor owes it until it is decided.
 */
export function agreementPostings(pairs: readonly PairDifference[], currency: CurrencyCode): SettlementEntry[] {
  return pairs.flatMap(({ debtorId, creditorId, roundingMicros, suspenseMicros }) => {
    const pairOf = (kind: SettlementAccount['kind']) => ({ kind, owner: debtorId, counterparty: creditorId });
    const about = { currency, cause: 'AGREED' };
    const carry = pairOf('ROUNDING_CARRY');
    return [
      ...(debtorId === null ? [] : move({ from: carry, to: clearingOf(debtorId) }, roundingMicros, about)),
      ...(creditorId === null ? [] : move({ from: clearingOf(creditorId), to: carry }, roundingMicros, about)),
      ...move({ from: claimantOf(creditorId), to: pairOf('DISPUTE_SUSPENSE') }, suspenseMicros, about),
    ];
  });
}

/**
 * Confirmed payments: what a partner paid clears what it owed. In another currency the bank holds the converted amount, and what
 * converting once made of it is in FX_ROUNDING of that currency's book.
 */
export function paymentPostings(payments: readonly Payment[], currency: CurrencyCode): SettlementEntry[] {
  const perMinor = microsPerMinor(currency);
  return payments.flatMap((payment) => {
    const { partyId, payMinor, payCurrency, payAmountMinor, fxDifferenceMicros, rate } = payment;
    const about = { currency, cause: 'SETTLED' };
    const clearing = clearingOf(partyId);
    if (rate === null) return move({ from: clearing, to: BANK }, payMinor * perMinor, about);
    const conversion = plain('FX_CONVERSION');
    const inTheirs = { currency: payCurrency, cause: 'SETTLED' };
    const paid = payAmountMinor * microsPerMinor(payCurrency);
    return [
      ...move({ from: clearing, to: conversion }, payMinor * perMinor, about),
      ...move({ from: conversion, to: BANK }, paid - fxDifferenceMicros, inTheirs),
      ...move({ from: plain('FX_ROUNDING'), to: BANK }, fxDifferenceMicros, inTheirs),
    ];
  });
}
