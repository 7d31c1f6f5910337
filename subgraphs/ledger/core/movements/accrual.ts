import type { PartnerId } from '../../../../kernel/values/id';
import type { Points } from '../../../../kernel/values/points';
import { issuanceMoney } from '../money/issuance-claims';
import { NO_MONEY, type MoneySide } from '../money/claim';
import { available, issuedBy, pending, type Entry } from '../points/account';
import type { FundingShare, IssuedLot, LotTerms, Party } from '../points/lot';
import type { PostingFacts } from '../points/posting';
import type { Wallet } from '../points/wallet';
import { contractAt, type Contract, type RuleBook } from '../rule-book';

/** Points that come into being for a member. */
export interface Accrual {
  readonly issuerId: Party;
  /** > 0. */
  readonly points: Points;
  readonly earnedAt: Date;
  readonly expiresAt: Date | null;
  readonly terms: LotTerms;
  /** Set when they cannot be spent yet: since when they can, or null for when told. */
  readonly pending: { readonly releaseAt: Date | null } | null;
}

/** The parts of a plan an accrual fills. */
export interface Issuance extends MoneySide {
  readonly entries: readonly Entry[];
  readonly issued: readonly IssuedLot[];
}

/**
 * ISSUED:issuer → AVAILABLE:member, a lot with its terms, and what is owed for released points; or → PENDING:member, and
 * nothing is owed yet.
 *
 * @param place how many lots of the same posting come before it
 */
export function issue(wallet: Wallet, accrual: Accrual, place = 0): Issuance {
  const { issuerId, points: quantity, earnedAt, expiresAt, terms } = accrual;
  const lotSeq = wallet.lotCount + 1n + BigInt(place);
  const lot = { lotSeq, issuerId, earnedAt, expiresAt, terms };
  const entry: Entry = {
    debit: issuedBy(issuerId),
    credit: accrual.pending === null ? available(wallet.memberId) : pending(wallet.memberId),
    amount: quantity,
    lotSeq,
  };
  const money = accrual.pending === null ? issuanceMoney({ lot, points: quantity }, place) : NO_MONEY;
  const issued = { lotSeq, issuerId, earnedAt, expiresAt, terms, quantity, pending: accrual.pending, parent: null };
  return { claims: money.claims, money: money.money, entries: [entry], issued: [issued] };
}

/** Terms of a lot issued under a contract; funded by the issuer alone unless shares are agreed. */
export function termsOf(
  contract: Contract,
  { book }: PostingFacts,
  at: Date,
  funding?: readonly FundingShare[],
): LotTerms {
  const reserveMicros = reservePrice(book, at);
  // Thousands of lots share their terms: the same object for all of them, so that its id is made once.
  const ofContract = termsKept.get(contract) ?? new WeakMap<object, Map<bigint, LotTerms>>();
  termsKept.set(contract, ofContract);
  const kept = ofContract.get(funding ?? contract) ?? new Map<bigint, LotTerms>();
  ofContract.set(funding ?? contract, kept);
  const shares = funding ?? [{ partyId: contract.partnerId, bps: 10_000 }];
  const terms = kept.get(reserveMicros) ?? newTerms(contract, reserveMicros, shares);
  kept.set(reserveMicros, terms);
  return terms;
}

/** By contract, then by the shares agreed, which are the same list as long as they are the same; without them by the contract. */
const termsKept = new WeakMap<Contract, WeakMap<object, Map<bigint, LotTerms>>>();

function newTerms(contract: Contract, reserveMicros: bigint, funding: readonly FundingShare[]): LotTerms {
  return {
    settlementModel: contract.settlementModel,
    contractVersion: contract.version,
    issuanceMicros: contract.settlementModel === 'AT_ISSUANCE' ? contract.issuanceMicros : 0n,
    reserveMicros,
    feeMicros: contract.feeMicros,
    prefundBps: contract.settlementModel === 'HYBRID' ? contract.prefundBps : 0,
    breakageShareBps: contract.breakageShareBps,
    funding: inPartyOrder(funding),
  };
}

/** Terms of points given as goodwill: who gives them, or each of those who said they pay, pays when they are spent; no fee is due. */
export function goodwillTerms(
  { contractVersion, funding }: { contractVersion: number; funding: readonly FundingShare[] },
  { book }: PostingFacts,
  at: Date,
): LotTerms {
  return {
    settlementModel: 'AT_REDEMPTION',
    contractVersion,
    issuanceMicros: 0n,
    reserveMicros: reservePrice(book, at),
    feeMicros: 0n,
    prefundBps: 0,
    breakageShareBps: 0,
    funding: inPartyOrder(funding),
  };
}

/** The highest reimbursement of any partner that redeems at an instant: what a fund must keep per point. */
export function reservePrice(book: RuleBook, at: Date): bigint {
  // It changes only when a contract begins, so it is worked out once for each stretch between two beginnings.
  const begun = begunBy(book, at.getTime());
  const kept = reserves.get(book) ?? new Map<number, bigint>();
  reserves.set(book, kept);
  const known = kept.get(begun);
  if (known !== undefined) return known;
  const reserve = book.partners
    .filter(({ canRedeem, status }) => canRedeem && status === 'ACTIVE')
    .map(({ id }) => contractAt(book, id, at)?.reimbursementMicros ?? 0n)
    .reduce((highest, one) => (one > highest ? one : highest), 0n);
  kept.set(begun, reserve);
  return reserve;
}

const reserves = new WeakMap<RuleBook, Map<number, bigint>>();

/** How many contracts of a book have begun. Numbers, for instants take five times as long to compare. */
function begunBy(book: RuleBook, ms: number): number {
  const beginnings = begins.get(book) ?? book.contracts.map(({ validFrom }) => validFrom.getTime());
  begins.set(book, beginnings);
  let count = 0;
  for (const beginning of beginnings) if (beginning <= ms) count += 1;
  return count;
}

const begins = new WeakMap<RuleBook, number[]>();

/** Orders shares by party id, the operator last, so that rounding has one owner whoever wrote them down. */
export function inPartyOrder(shares: readonly FundingShare[]): FundingShare[] {
  const rank = (party: Party) => party ?? '~';
  return [...shares].sort((a, b) => (rank(a.partyId) < rank(b.partyId) ? -1 : 1));
}

/** Whether shares name each party once and sum to the whole. */
export function isWhole(shares: readonly { readonly partnerId: PartnerId; readonly bps: number }[]): boolean {
  const parties = new Set(shares.map(({ partnerId }) => partnerId));
  return parties.size === shares.length && shares.reduce((sum, { bps }) => sum + bps, 0) === 10_000;
}
