import type { MemberId, PartnerId } from '../../../../kernel/values/id';
import { points, POINTS_MAX, type Points } from '../../../../kernel/values/points';
import type { Party } from './lot';
import type { Balances } from './wallet';

/**
 * Kinds of points account. PENDING, AVAILABLE and HELD are the member's; ARREARS is owed by the member to the party it names;
 * ISSUED, REDEEMED, EXPIRED and CLAWED_BACK are a party's; TRANSFERRED is where points pass from one member to another
 * and always empty again at the end of their transaction.
 */
export type AccountKind =
  'ISSUED' | 'PENDING' | 'AVAILABLE' | 'HELD' | 'ARREARS' | 'REDEEMED' | 'EXPIRED' | 'CLAWED_BACK' | 'TRANSFERRED';

export interface Account {
  readonly kind: AccountKind;
  /** Null: the operator's. */
  readonly owner: MemberId | PartnerId | null;
}

/** An amount of one lot moving from a debit account to a credit account: it balances because it has both ends. */
export interface Entry {
  readonly debit: Account;
  readonly credit: Account;
  readonly amount: Points;
  readonly lotSeq: bigint;
}

export const pending = (owner: MemberId): Account => ({ kind: 'PENDING', owner });
export const available = (owner: MemberId): Account => ({ kind: 'AVAILABLE', owner });
export const held = (owner: MemberId): Account => ({ kind: 'HELD', owner });
export const arrearsTo = (owner: Party): Account => ({ kind: 'ARREARS', owner });
export const issuedBy = (owner: Party): Account => ({ kind: 'ISSUED', owner });
export const redeemedAt = (owner: PartnerId): Account => ({ kind: 'REDEEMED', owner });
export const expiredOf = (owner: Party): Account => ({ kind: 'EXPIRED', owner });
export const clawedBackBy = (owner: Party): Account => ({ kind: 'CLAWED_BACK', owner });
export const transferred: Account = { kind: 'TRANSFERRED', owner: null };

type Counted = Exclude<keyof Balances, 'qualifying'>;

/** What a member has grows by a credit and shrinks by a debit; what a member owes does the opposite. */
const COUNTED: Partial<Record<AccountKind, { name: Counted; sign: bigint }>> = {
  PENDING: { name: 'pending', sign: 1n },
  AVAILABLE: { name: 'available', sign: 1n },
  HELD: { name: 'held', sign: 1n },
  ARREARS: { name: 'arrears', sign: -1n },
};

function moved(before: Balances, entries: readonly Entry[], qualifying: bigint): Record<keyof Balances, bigint> {
  const after: Record<keyof Balances, bigint> = { ...before };
  for (const { debit, credit, amount } of entries) {
    const from = COUNTED[debit.kind];
    const to = COUNTED[credit.kind];
    if (from !== undefined) after[from.name] -= from.sign * amount;
    if (to !== undefined) after[to.name] += to.sign * amount;
  }
  after.qualifying = qualifying;
  return after;
}

/** Far from the end of 64 bits: a thousand million of such balances and entries still add up within them. */
const SMALL = 2n ** 32n;

/**
 * Whether balances stay within 64 bits when entries move them: all a member has together, so that what is released later by itself
 * never passes them either; what is owed; and what counts towards a tier.
 */
export function balancesFit(before: Balances, entries: readonly Entry[], qualifying: bigint): boolean {
  const { available, pending, held, arrears } = before;
  const isSmall = qualifying < SMALL && available < SMALL && pending < SMALL && held < SMALL && arrears < SMALL;
  if (isSmall && entries.every(({ amount }) => amount < SMALL)) return true;
  const after = moved(before, entries, qualifying);
  const has = after.available + after.pending + after.held;
  return has <= POINTS_MAX && after.arrears <= POINTS_MAX && after.qualifying <= POINTS_MAX;
}

/**
 * The balances after entries. They follow from the entries alone, so a plan cannot say one thing and move another.
 *
 * @throws RangeError when a balance would go below zero: a posting rule's bug
 */
export function balancesAfter(before: Balances, entries: readonly Entry[], qualifying: bigint): Balances {
  const after = moved(before, entries, qualifying);
  for (const [name, amount] of Object.entries(after)) {
    if (amount < 0n) throw new RangeError(`balancesAfter: ${name} would be ${amount}`);
    points(amount);
  }
  return after as unknown as Balances;
}
