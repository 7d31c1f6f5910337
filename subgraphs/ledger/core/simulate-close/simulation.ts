import type { Points } from '../../../../kernel/values/points';
import { NO_MONEY, together, type MoneySide } from '../money/claim';
import { breakageMoney, feeCredit, issuanceMoney, issuanceRefund } from '../money/issuance-claims';
import { spendingMoney } from '../money/redemption-claims';
import type { AccountKind } from '../points/account';
import type { Lot, LotTerms, Party } from '../points/lot';
import type { SettlementModel } from '../rule-book';

/** Points of one lot that moved in a cycle, and so cost somebody something. */
export interface MovedPoints {
  readonly debit: AccountKind;
  readonly credit: AccountKind;
  readonly amount: Points;
  /** The redeemer, or who was in arrears' favour; null where neither moved points. */
  readonly redeemerId: Party;
  /** r in force when it happened; null where nobody accepted points. */
  readonly perPoint: bigint | null;
  readonly lot: Lot;
  /** Given as an apology or a correction, or bought out: it is paid for as was agreed then, under whatever contract. */
  readonly keepsTerms: boolean;
}

/** What a partner's contract would say instead; what is left out stays as it is. */
export interface OtherTerms {
  readonly settlementModel?: SettlementModel;
  readonly reimbursementMicros?: bigint;
  readonly issuanceMicros?: bigint;
  readonly feeMicros?: bigint;
  readonly prefundBps?: number;
  readonly breakageShareBps?: number;
}

/** What is tried: other terms by partner, and the price a fund would keep per point; null where no price changes. */
export interface Trial {
  readonly terms: ReadonlyMap<Party, OtherTerms>;
  readonly reserveMicros: bigint | null;
}

export const AS_IT_IS: Trial = { terms: new Map(), reserveMicros: null };

/** Nets by party in exact micro-units: positive receives. They sum to zero. */
export type ExactNets = Map<Party, bigint>;

/**
 * Adds what moved points cost under a trial's terms, by the very rules they are posted by.
 *
 * Each is reckoned as if it were all there is of its lot; posted bit by bit it may differ by a micro-unit.
 */
export function addCost(nets: ExactNets, moved: MovedPoints, trial: Trial): void {
  for (const claim of costOf(moved, trial).claims) addClaim(nets, claim);
}

/** Adds what one party owes another. */
export function addClaim(
  nets: ExactNets,
  { debtorId, creditorId, micros }: { debtorId: Party; creditorId: Party; micros: bigint },
): void {
  nets.set(debtorId, (nets.get(debtorId) ?? 0n) - micros);
  nets.set(creditorId, (nets.get(creditorId) ?? 0n) + micros);
}

function costOf(moved: MovedPoints, trial: Trial): MoneySide {
  const { debit, credit, amount } = moved;
  const part = { lot: { ...moved.lot, terms: termsUnder(moved, trial) }, points: amount };
  if (credit === 'AVAILABLE' && (debit === 'ISSUED' || debit === 'PENDING')) return issuanceMoney(part, 0);
  if (credit === 'REDEEMED' || credit === 'ARREARS') return spent(moved, part, trial);
  if (debit === 'REDEEMED') return mirrored(spent(moved, part, trial));
  if (credit === 'EXPIRED') return breakageMoney(part, 0, { outstanding: amount });
  if (debit === 'EXPIRED') return breakageMoney(part, 0, { outstanding: 0n, reinstatedOf: amount });
  // What was pending has cost nothing; what was spent is owed, and only its fee comes back.
  if (credit === 'CLAWED_BACK' && debit !== 'PENDING') {
    const refund = debit === 'AVAILABLE' ? [issuanceRefund(part, 0, amount)] : [];
    return together([feeCredit(part, 0, amount), ...refund]);
  }
  return NO_MONEY;
}

function spent(
  { redeemerId, perPoint, lot }: MovedPoints,
  part: Parameters<typeof spendingMoney>[0],
  trial: Trial,
): MoneySide {
  const price = trial.terms.get(redeemerId)?.reimbursementMicros ?? perPoint ?? part.lot.terms.reserveMicros;
  const { contractVersion } = lot.terms;
  const agreed = { creditorId: redeemerId, perPoint: price, contractVersion, kind: 'REDEMPTION' } as const;
  return spendingMoney(part, 0, { price: agreed, outstanding: part.points });
}

function mirrored({ claims, money }: MoneySide): MoneySide {
  return { money, claims: claims.map((claim) => ({ ...claim, micros: -claim.micros as typeof claim.micros })) };
}

/** Terms of a lot as they would be had its issuer's contract said so. */
function termsUnder({ lot, keepsTerms }: MovedPoints, { terms, reserveMicros }: Trial): LotTerms {
  const reserve = reserveMicros ?? lot.terms.reserveMicros;
  const other = terms.get(lot.issuerId);
  if (other === undefined || keepsTerms) return { ...lot.terms, reserveMicros: reserve };
  const settlementModel = other.settlementModel ?? lot.terms.settlementModel;
  return {
    ...lot.terms,
    settlementModel,
    reserveMicros: reserve,
    issuanceMicros: other.issuanceMicros ?? lot.terms.issuanceMicros,
    feeMicros: other.feeMicros ?? lot.terms.feeMicros,
    prefundBps: settlementModel === 'HYBRID' ? (other.prefundBps ?? lot.terms.prefundBps) : 0,
    breakageShareBps: other.breakageShareBps ?? lot.terms.breakageShareBps,
  };
}
