import type { Micros } from '../../../../kernel/values/money';
import type { Points } from '../../../../kernel/values/points';
import type { Party } from '../points/lot';

/** Why one party owes another. A claim paid out of the hub's fund has the operator as its debtor. */
export type ClaimKind =
  | 'REDEMPTION'
  | 'REDEMPTION_REVERSAL'
  | 'ARREARS_OFFSET'
  | 'PROGRAMME_FEE'
  | 'PROGRAMME_FEE_CREDIT'
  | 'ISSUANCE_FUNDING'
  | 'ISSUANCE_REFUND'
  | 'BREAKAGE_SHARE'
  | 'BUY_OUT';

/** Accounts of the hub's money book besides the clearing accounts of partners. */
export type HubAccountKind =
  | 'POINT_FUND'
  | 'PREFUND'
  | 'DEFERRED_MARGIN'
  | 'MARGIN_INCOME'
  | 'BREAKAGE_INCOME'
  | 'PROGRAMME_FEES'
  | 'GOODWILL_EXPENSE'
  | 'SETTLEMENT_BANK';

/** An account of the hub's money book; the fund, the prefund and the margin are kept for each issuer. */
export interface HubAccount {
  readonly kind: HubAccountKind;
  readonly owner: Party;
}

/**
 * What one party owes another from one entry. In the money book it debits the debtor's clearing account and credits the
 * creditor's; where the operator is one side, `hubAccount` says which of its accounts takes that side.
 */
export interface Claim {
  /** Index of the entry it comes from, within its transaction. */
  readonly entry: number;
  readonly debtorId: Party;
  readonly creditorId: Party;
  readonly kind: ClaimKind;
  /** May be negative: a mirror of an earlier claim. */
  readonly micros: Micros;
  readonly lotSeq: bigint;
  readonly points: Points;
  /** The version of the contract whose price it is: the redeemer's for what is spent, the issuer's for the rest. */
  readonly contractVersion: number;
  readonly hubAccount: HubAccount | null;
}

/** Money moving between two accounts of the hub; nobody else owes anything for it. */
export interface MoneyEntry {
  readonly entry: number;
  readonly debit: HubAccount;
  readonly credit: HubAccount;
  /** > 0. */
  readonly micros: Micros;
  readonly lotSeq: bigint;
}

/** The money side of a posting. */
export interface MoneySide {
  readonly claims: readonly Claim[];
  readonly money: readonly MoneyEntry[];
}

export const NO_MONEY: MoneySide = { claims: [], money: [] };

/** Several money sides as one. */
export function together(sides: readonly MoneySide[]): MoneySide {
  const only = sides.length === 1 ? sides[0] : undefined;
  if (only !== undefined) return only;
  return { claims: sides.flatMap(({ claims }) => claims), money: sides.flatMap(({ money }) => money) };
}

/** Leaves out what nobody owes: nothing, or oneself. */
export function owedClaims(claims: readonly Claim[]): Claim[] {
  return claims.filter(({ debtorId, creditorId, micros }) => micros !== 0n && debtorId !== creditorId);
}

/** An entry of the hub's own accounts; none for nothing, mirrored for a negative amount. */
export function hubMoves(
  place: Pick<MoneyEntry, 'entry' | 'lotSeq'>,
  move: { from: HubAccount; to: HubAccount; micros: bigint },
): MoneyEntry[] {
  const { from, to, micros: amount } = move;
  if (amount === 0n) return [];
  return amount > 0n
    ? [{ ...place, debit: from, credit: to, micros: amount as Micros }]
    : [{ ...place, debit: to, credit: from, micros: -amount as Micros }];
}
