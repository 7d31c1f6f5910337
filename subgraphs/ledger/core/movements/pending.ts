import type { Refusal } from '../../../../kernel/errors/refusal';
import { notFound } from '../../../../kernel/errors/shared-refusals';
import type { PartnerId } from '../../../../kernel/values/id';
import { issuanceMoney } from '../money/issuance-claims';
import { available, clawedBackBy, pending } from '../points/account';
import type { PendingLot } from '../points/lot';
import { EMPTY_PLAN, type PostingFacts, type PostingPlan } from '../points/posting';
import type { Wallet } from '../points/wallet';
import { refuse } from '../refusals';
import type { RuleBook } from '../rule-book';
import { uncounted } from '../tiers/standing';

/** A pending lot, and who asks: its issuer, or null for the operator, who may handle any. */
export interface PendingRequest {
  readonly lotSeq: bigint;
  readonly issuerId: PartnerId | null;
}

/**
 * Posting rule of a release: PENDING:member → AVAILABLE:member, and what is owed for points that became available. Points that wait
 * for their issuer's payment are released by the operator, who sees it come.
 *
 * Refuses, in this order: not there or another's, not pending, waiting for the payment of who asks.
 */
export function planPendingRelease(
  wallet: Wallet,
  request: PendingRequest,
  facts: PostingFacts,
): PostingPlan | Refusal {
  const lot = pendingLot(wallet, request);
  if ('code' in lot) return lot;
  if (request.issuerId !== null && waitsForFunding(lot, facts.book)) {
    return refuse('LEDGER_FUNDING_NOT_CONFIRMED', 'These points are released when the operator has seen the payment.');
  }
  return releasing(wallet, lot, facts.now);
}

/** By the contract the lot was issued under; goodwill is settled when it is spent, and waits for no payment. */
function waitsForFunding({ issuerId, terms }: PendingLot, { contracts }: RuleBook): boolean {
  if (terms.settlementModel === 'AT_REDEMPTION') return false;
  const ofLot = contracts.find((one) => one.partnerId === issuerId && one.version === terms.contractVersion);
  return ofLot?.releaseOnFunding === true;
}

/**
 * Posting rule of points whose waiting is over.
 *
 * @returns null when they are not pending any more, or not yet due
 */
export function planDueRelease(wallet: Wallet, lotSeq: bigint, { now }: PostingFacts): PostingPlan | null {
  const lot = wallet.pendingLots.find((one) => one.lotSeq === lotSeq);
  if (lot === undefined || lot.releaseAt === null || lot.releaseAt > now) return null;
  return releasing(wallet, lot, now);
}

/** Posting rule of a cancellation: PENDING:member → CLAWED_BACK:issuer; nobody owed anything for them. */
export function planPendingCancel(wallet: Wallet, request: PendingRequest, facts: PostingFacts): PostingPlan | Refusal {
  const lot = pendingLot(wallet, request);
  if ('code' in lot) return lot;
  return {
    ...EMPTY_PLAN,
    kind: 'CANCEL',
    partnerId: lot.issuerId,
    occurredAt: facts.now,
    entries: [
      {
        debit: pending(wallet.memberId),
        credit: clawedBackBy(lot.issuerId),
        amount: lot.remaining,
        lotSeq: lot.lotSeq,
      },
    ],
    qualifying: uncounted(wallet, [{ lotSeq: lot.lotSeq, amount: lot.remaining }], facts.book),
  };
}

function releasing(wallet: Wallet, lot: PendingLot, now: Date): PostingPlan {
  return {
    ...EMPTY_PLAN,
    kind: 'RELEASE',
    partnerId: lot.issuerId,
    occurredAt: now,
    entries: [
      {
        debit: pending(wallet.memberId),
        credit: available(wallet.memberId),
        amount: lot.remaining,
        lotSeq: lot.lotSeq,
      },
    ],
    ...issuanceMoney({ lot, points: lot.remaining }, 0),
  };
}

/** The lot with what is still pending of it; another issuer's reads like none at all. */
function pendingLot(wallet: Wallet, { lotSeq, issuerId }: PendingRequest): PendingLot | Refusal {
  const past = wallet.past.lots.get(lotSeq);
  if (past === undefined || (issuerId !== null && past.issuerId !== issuerId)) return notFound('lot');
  return (
    wallet.pendingLots.find((lot) => lot.lotSeq === lotSeq) ??
    refuse('LEDGER_LOT_NOT_PENDING', 'Nothing of this lot is pending.')
  );
}
