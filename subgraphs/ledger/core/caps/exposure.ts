import type { PartnerId } from '../../../../kernel/values/id';
import { microsPerMinor, type Money } from '../../../../kernel/values/money';
import { divideHalfEven } from '../../../../kernel/values/rounding';
import { contractAt, type RuleBook } from '../rule-book';

/** What a partner would owe if we settled now, beside its cap. */
export interface Exposure {
  readonly exposure: Money;
  readonly netDebitCap: Money | null;
  /** The part of the cap that is used, in basis points, rounded down; null without a cap. */
  readonly usedBps: number | null;
  /** Whether the part used reaches the threshold the contract alerts at. */
  readonly isAlert: boolean;
}

const MOST_BPS = 1_000_000n;

/** An exposure as it is shown: rounded half to even, against the cap of the contract in force. */
export function exposureOf(
  micros: bigint,
  { book, partnerId, now }: { book: RuleBook; partnerId: PartnerId; now: Date },
): Exposure {
  const { currency } = book;
  const money = (amount: bigint): Money => ({
    amountMinor: divideHalfEven(amount, microsPerMinor(currency)),
    currency,
  });
  const contract = contractAt(book, partnerId, now);
  const cap = contract?.netDebitCapMicros ?? null;
  if (cap === null || contract === undefined) {
    return { exposure: money(micros), netDebitCap: null, usedBps: null, isAlert: false };
  }
  const used = micros <= 0n ? 0n : cap === 0n ? MOST_BPS : (micros * 10_000n) / cap;
  const usedBps = Number(used > MOST_BPS ? MOST_BPS : used);
  return { exposure: money(micros), netDebitCap: money(cap), usedBps, isAlert: usedBps >= contract.netDebitAlertBps };
}
