import type { PartnerId } from '../../../../kernel/values/id';
import { microsPerMinor, type CurrencyCode } from '../../../../kernel/values/money';
import { splitByLargestRemainder } from '../../../../kernel/values/rounding';
import type { Refusal } from '../../../../kernel/errors/refusal';
import { refuse } from '../refusals';
import type { Party } from './directional-total';
import { guaranteeAccount } from './guarantee';
import { clearingOf, move, plain, type SettlementEntry } from './postings';
import type { SettlementState } from './cycle';

/** A party's part of a loss, in minor units of the programme's currency. */
export interface LossShare {
  readonly partyId: Party;
  readonly minor: bigint;
}

/** What a partner did not pay, and who pays it in its place, in this order. */
export interface Waterfall {
  readonly owedMinor: bigint;
  /** First: the partner's own deposit. */
  readonly depositMinor: bigint;
  /** Then: the coalition's default fund. */
  readonly fundMinor: bigint;
  /** Last: those the cycle pays, by what they are paid, and the operator what they are not. Adds up to the loss; none of them is 0. */
  readonly shares: readonly LossShare[];
}

/** What a default is decided by. */
export interface DefaultFacts {
  readonly state: SettlementState;
  /** What the partner was to pay, in minor units; 0 when it was to pay nothing. */
  readonly owedMinor: bigint;
  /** Whether the bank confirmed its payment. */
  readonly isConfirmed: boolean;
  readonly isInDefault: boolean;
  /** Calendar days of the programme. */
  readonly today: string;
  readonly dueOn: string;
}

/**
 * Whether a partner's payment may be declared in default.
 *
 * @returns LEDGER_CYCLE_STEP_NOT_ALLOWED, LEDGER_NOTHING_TO_PAY, LEDGER_PAYMENT_CONFIRMED, LEDGER_ALREADY_IN_DEFAULT or
 *          LEDGER_PAYMENT_NOT_DUE, in this order
 */
export function defaultRefusal(facts: DefaultFacts): Refusal | null {
  const { state, owedMinor, isConfirmed, isInDefault, today, dueOn } = facts;
  if (state !== 'INSTRUCTED') {
    return refuse('LEDGER_CYCLE_STEP_NOT_ALLOWED', `Payments of a cycle that is ${state} are not waited for.`);
  }
  if (owedMinor <= 0n) return refuse('LEDGER_NOTHING_TO_PAY', 'The partner was not to pay anything in this cycle.');
  if (isConfirmed) return refuse('LEDGER_PAYMENT_CONFIRMED', 'The bank has confirmed this payment.');
  if (isInDefault) return refuse('LEDGER_ALREADY_IN_DEFAULT', 'The payment was declared in default before.');
  return today > dueOn ? null : refuse('LEDGER_PAYMENT_NOT_DUE', `The payment is due on ${dueOn}.`);
}

/**
 * Who pays what a partner did not: its deposit as far as it goes, then the default fund, then those whom the cycle pays, each by
 * what it is paid.
 *
 * Source: docs/adr/0021. Rounds shares by largest remainder in whole minor units, ties by partner id, the operator last. No partner
 * bears more than it is paid: nets sum to zero, but what is left for the next cycle is not paid in this one, and what was left before is
 * owed in it, so all that is paid may be less than the loss. The operator bears the difference.
 *
 * @param receivers what each party of the cycle is paid, the operator by its net; those who are paid nothing bear nothing
 */
export function waterfallOf(
  owedMinor: bigint,
  held: { readonly depositMinor: bigint; readonly fundMinor: bigint },
  receivers: readonly LossShare[],
): Waterfall {
  if (owedMinor <= 0n) throw new RangeError(`waterfallOf: nothing is owed, got ${owedMinor}`);
  const depositMinor = least(owedMinor, held.depositMinor);
  const fundMinor = least(owedMinor - depositMinor, held.fundMinor);
  return { owedMinor, depositMinor, fundMinor, shares: sharesOf(owedMinor - depositMinor - fundMinor, receivers) };
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** Parts of a loss; the operator, who stands in the middle, bears whatever partners do not. */
function sharesOf(lossMinor: bigint, receivers: readonly LossShare[]): LossShare[] {
  const paid = receivers.filter(({ minor }) => minor > 0n).sort(byParty);
  const weights = paid.map(({ minor }) => minor);
  const shared = least(lossMinor, sumOf(weights));
  const parts = shared === 0n ? [] : splitByLargestRemainder(shared, weights);
  const ofPartners = paid
    .map(({ partyId }, n) => ({ partyId, minor: parts[n] ?? 0n }))
    .filter(({ partyId }) => partyId !== null);
  const ofOperator = { partyId: null, minor: lossMinor - sumOf(ofPartners.map(({ minor }) => minor)) };
  return [...ofPartners, ofOperator].filter(({ minor }) => minor > 0n);
}

const sumOf = (amounts: readonly bigint[]): bigint => amounts.reduce((sum, amount) => sum + amount, 0n);

function byParty(a: LossShare, b: LossShare): number {
  if (a.partyId === null || b.partyId === null) return Number(a.partyId === null) - Number(b.partyId === null);
  return a.partyId < b.partyId ? -1 : 1;
}

/** The money of a default: what the partner owes is cleared by its deposit, the fund, and whoever bears the loss. */
export function defaultPostings(
  partnerId: PartnerId,
  { depositMinor, fundMinor, shares }: Waterfall,
  { currency, cause }: { currency: CurrencyCode; cause: string },
): SettlementEntry[] {
  const perMinor = microsPerMinor(currency);
  const to = clearingOf(partnerId);
  const about = { currency, cause };
  return [
    ...move({ from: guaranteeAccount('DEPOSIT', partnerId), to }, depositMinor * perMinor, about),
    ...move({ from: guaranteeAccount('DEFAULT_FUND', partnerId), to }, fundMinor * perMinor, about),
    ...shares.flatMap(({ partyId, minor }) =>
      move({ from: partyId === null ? plain('DEFAULT_LOSS') : clearingOf(partyId), to }, minor * perMinor, about),
    ),
  ];
}
