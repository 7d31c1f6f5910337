import { minorPerMajor, parseCurrency } from '../../../../kernel/values/money';
import type { Payment } from './payments';

/** One movement on the operator's account, as the bank tells it. */
export interface BankEntry {
  /** Empty when the bank gave none. */
  readonly endToEndId: string;
  /** Decimal text, never below zero. */
  readonly amount: string;
  readonly currency: string;
  /** CREDIT came in, DEBIT went out. */
  readonly direction: 'CREDIT' | 'DEBIT';
  readonly isBooked: boolean;
  readonly isReversal: boolean;
  /** The bank's own name for it; null when it gave none. */
  readonly bankRef: string | null;
  /** Calendar day; null when the bank gave none. */
  readonly bookedOn: string | null;
  /** The account it happened on; null when the bank gave none. */
  readonly iban: string | null;
}

/** Why an entry confirms no payment. */
export const MISMATCHES = [
  'UNKNOWN_ID',
  'NOT_INSTRUCTED',
  'IN_DEFAULT',
  'NOT_BOOKED',
  'REVERSED',
  'OTHER_ACCOUNT',
  'DIRECTION_DIFFERS',
  'CURRENCY_DIFFERS',
  'AMOUNT_DIFFERS',
  'DUPLICATE',
] as const;
export type Mismatch = (typeof MISMATCHES)[number];

/** A payment the bank was told of, and its cycle. */
export interface ExpectedPayment extends Payment {
  readonly cycleId: string;
  /** Whether its cycle's payments have been instructed. */
  readonly isInstructed: boolean;
  /** Whether others have paid it, because its partner did not. */
  readonly isInDefault: boolean;
}

/** An entry held against what was instructed. */
export interface HeldEntry {
  readonly entry: BankEntry;
  /** What the entry is known by when it is told again. */
  readonly identity: string;
  /** The payment it names; null when there is none. */
  readonly payment: ExpectedPayment | null;
  /** SEEN: told before and confirmed then. */
  readonly outcome: 'MATCHED' | 'SEEN' | Mismatch;
}

/**
 * Holds the bank's entries against the payments instructed. An entry confirms a payment of the same EndToEndId when account,
 * direction, currency and amount are the payment's. One payment is confirmed once: the same entry told again, in the same
 * statement or another, is SEEN, another entry of the same name a DUPLICATE.
 *
 * @param expected by EndToEndId
 * @param confirmed identities of entries that confirmed payments before, by EndToEndId
 * @param operatorIban null when it is not known; then no account is checked
 */
export function holdEntries(
  entries: readonly BankEntry[],
  {
    expected,
    confirmed,
    operatorIban,
  }: {
    expected: ReadonlyMap<string, ExpectedPayment>;
    confirmed: ReadonlyMap<string, string>;
    operatorIban: string | null;
  },
): HeldEntry[] {
  const by = new Map(confirmed);
  const told = new Map<string, number>();
  return entries.map((entry) => {
    const name = nameOf(entry);
    const times = told.get(name) ?? 0;
    told.set(name, times + 1);
    // Told twice in one message it happened twice, unless the bank's own name for it says otherwise.
    const identity = times === 0 || entry.bankRef !== null ? name : `${name}#${times}`;
    const payment = expected.get(entry.endToEndId) ?? null;
    const before = by.get(entry.endToEndId);
    if (before === identity) return { entry, identity, payment, outcome: 'SEEN' as const };
    const mismatch = mismatchOf(entry, payment, operatorIban) ?? (before === undefined ? null : ('DUPLICATE' as const));
    if (mismatch === null) by.set(entry.endToEndId, identity);
    return { entry, identity, payment, outcome: mismatch ?? ('MATCHED' as const) };
  });
}

function nameOf({ endToEndId, bankRef, amount, currency, direction, bookedOn }: BankEntry): string {
  return JSON.stringify(bankRef === null ? [endToEndId, amount, currency, direction, bookedOn] : [endToEndId, bankRef]);
}

function mismatchOf(entry: BankEntry, payment: ExpectedPayment | null, operatorIban: string | null): Mismatch | null {
  if (payment === null) return 'UNKNOWN_ID';
  if (!payment.isInstructed) return 'NOT_INSTRUCTED';
  if (payment.isInDefault) return 'IN_DEFAULT';
  if (!entry.isBooked) return 'NOT_BOOKED';
  if (entry.isReversal) return 'REVERSED';
  if (operatorIban !== null && entry.iban !== null && entry.iban !== operatorIban) return 'OTHER_ACCOUNT';
  if ((payment.way === 'CREDIT_TRANSFER') !== (entry.direction === 'DEBIT')) return 'DIRECTION_DIFFERS';
  if (entry.currency !== payment.currency) return 'CURRENCY_DIFFERS';
  return minorOf(entry) === payment.amountMinor ? null : 'AMOUNT_DIFFERS';
}

/** An amount in minor units; null when it is none, or finer than its currency goes. */
export function minorOf({ amount, currency }: Pick<BankEntry, 'amount' | 'currency'>): bigint | null {
  const known = parseCurrency(currency);
  const match = /^(\d{1,18})(?:[.](\d{1,18}))?$/.exec(amount);
  if (known === null || match === null) return null;
  const places = minorPerMajor(known).toString().length - 1;
  const fraction = (match[2] ?? '').padEnd(places, '0');
  if (/[1-9]/.test(fraction.slice(places))) return null;
  return BigInt(`${match[1]}${fraction.slice(0, places)}`);
}

/** The number of the cycle a payment's name belongs to; null when it is no payment of ours. */
export function cycleNumberOf(endToEndId: string): number | null {
  const match = /^STL-([1-9][0-9]{0,8})-/.exec(endToEndId);
  return match === null ? null : Number(match[1]);
}
