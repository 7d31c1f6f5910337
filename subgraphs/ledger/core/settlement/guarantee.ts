import type { PartnerId } from '../../../../kernel/values/id';
import { microsPerMinor, type CurrencyCode } from '../../../../kernel/values/money';
import type { Refusal } from '../../../../kernel/errors/refusal';
import { refuse } from '../refusals';
import { BANK, move, plain, type SettlementAccount, type SettlementEntry } from './postings';

/** Money the operator holds against partners that do not pay: a partner's own deposit, or the fund of the whole coalition. */
export const GUARANTEE_FUNDS = ['DEPOSIT', 'DEFAULT_FUND'] as const;
export type GuaranteeFund = (typeof GUARANTEE_FUNDS)[number];

/** Which way money went: from the partner to the operator's bank, or back. */
export const GUARANTEE_DIRECTIONS = ['PAID_IN', 'PAID_OUT'] as const;
export type GuaranteeDirection = (typeof GUARANTEE_DIRECTIONS)[number];

/** A payment into or out of a guarantee, as the bank booked it. */
export interface GuaranteePayment {
  readonly fund: GuaranteeFund;
  /** Who paid, or was paid; the deposit's owner. */
  readonly partnerId: PartnerId;
  readonly direction: GuaranteeDirection;
  /** Minor units of the programme's currency, > 0. */
  readonly amountMinor: bigint;
}

/** Whose account a guarantee is: each partner's deposit is its own, the fund is nobody's. */
export function guaranteeAccount(fund: GuaranteeFund, partnerId: PartnerId): SettlementAccount {
  return fund === 'DEPOSIT' ? { kind: 'DEPOSIT', owner: partnerId, counterparty: null } : plain('DEFAULT_FUND');
}

/**
 * Whether a payment can be made.
 *
 * @param heldMinor what the guarantee holds
 * @param isRunningOff whether the deposit stands for points of a partner that is leaving
 * @returns LEDGER_GUARANTEE_TOO_SMALL, LEDGER_RUN_OFF_NOT_ENDED
 */
export function guaranteeRefusal(
  { fund, direction, amountMinor }: GuaranteePayment,
  { heldMinor, isRunningOff }: { heldMinor: bigint; isRunningOff: boolean },
): Refusal | null {
  if (direction === 'PAID_IN') return null;
  if (fund === 'DEPOSIT' && isRunningOff) {
    return refuse(
      'LEDGER_RUN_OFF_NOT_ENDED',
      'The deposit stands for points that run off; what is left is returned at the end.',
    );
  }
  return amountMinor <= heldMinor
    ? null
    : refuse('LEDGER_GUARANTEE_TOO_SMALL', `It holds ${heldMinor} minor units and no more.`);
}

/** The money of a payment: between the bank and the guarantee. */
export function guaranteePostings(payment: GuaranteePayment, currency: CurrencyCode, cause: string): SettlementEntry[] {
  const account = guaranteeAccount(payment.fund, payment.partnerId);
  const micros = payment.amountMinor * microsPerMinor(currency);
  return payment.direction === 'PAID_IN'
    ? move({ from: BANK, to: account }, micros, { currency, cause })
    : move({ from: account, to: BANK }, micros, { currency, cause });
}
