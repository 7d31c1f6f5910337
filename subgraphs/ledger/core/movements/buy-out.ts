import { together } from '../money/claim';
import { buyOutMoney } from '../money/issuance-claims';
import type { Lot, LotPart, LotTerms } from '../points/lot';
import { EMPTY_PLAN, type PostingFacts, type PostingPlan } from '../points/posting';
import type { Wallet } from '../points/wallet';
import type { PartnerId } from '../../../../kernel/values/id';
import type { Contract } from '../rule-book';
import { termsOf } from './accrual';
import { childLots, leaving } from './transfer';

/** An issuer that changes to paying at issuance, for the points it has outstanding as well. */
export interface BuyOut {
  readonly issuerId: PartnerId;
  /** Its new contract, AT_ISSUANCE. */
  readonly contract: Contract;
  /** The part of the outstanding points agreed never to be spent, in basis points. */
  readonly breakageBps: number;
}

/**
 * Posting rule of a buy-out for one wallet: each spendable lot the issuer alone pays for at redemption is continued by a child lot
 * whose fund is paid, and the issuer owes the fund for it. The member sees no change: same points, same expiry. A lot that others pay
 * for in part or whole stays as it was agreed with them.
 *
 * @returns null when the wallet holds no such lot: a run that comes twice does nothing the second time
 */
export function planBuyOut(wallet: Wallet, buyOut: BuyOut, facts: PostingFacts): PostingPlan | null {
  const old: LotPart[] = wallet.lots
    .filter((lot) => lot.issuerId === buyOut.issuerId && isPaidByIssuerAlone(lot))
    .map((lot) => ({ lot, points: lot.remaining }));
  if (old.length === 0) return null;
  const terms = boughtOut(termsOf(buyOut.contract, facts, facts.now), buyOut.breakageBps);
  const bought = old.map(({ lot, points }) => ({ points, lot: { ...lot, terms } }));
  const children = childLots(wallet, wallet, bought);
  return {
    ...EMPTY_PLAN,
    kind: 'BUY_OUT',
    partnerId: buyOut.issuerId,
    occurredAt: facts.now,
    entries: [...old.map((part) => leaving(wallet, part)), ...children.entries],
    issued: children.issued,
    ...together(
      children.issued.map((lot, n) => buyOutMoney({ lot, points: lot.quantity }, old.length + n, buyOut.breakageBps)),
    ),
  };
}

/** Whether nobody but its issuer pays for a lot, and only when it is spent. */
function isPaidByIssuerAlone({ issuerId, terms: { settlementModel, funding } }: Lot): boolean {
  return settlementModel === 'AT_REDEMPTION' && funding.every(({ partyId }) => partyId === issuerId);
}

/**
 * Terms of points bought out: the issuer paid their reserve price less the part agreed never to be spent, and gets back no more when
 * they are taken back. That part was settled by paying less, so no share of what expires is owed.
 *
 * Rounds down to whole micro-units per point.
 */
function boughtOut(terms: LotTerms, breakageBps: number): LotTerms {
  const issuanceMicros = (terms.reserveMicros * BigInt(10_000 - breakageBps)) / 10_000n;
  return { ...terms, issuanceMicros, breakageShareBps: 0 };
}
