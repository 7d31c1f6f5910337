import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import { points, type Points } from '../../../../kernel/values/points';
import { available, transferred, type Entry } from '../points/account';
import type { IssuedLot, LotPart } from '../points/lot';
import { EMPTY_PLAN, type PostingFacts, type PostingPlan } from '../points/posting';
import type { Wallet } from '../points/wallet';
import { drawForSpending } from './redemption';

/** Points one member gives another. */
export interface Transfer {
  readonly points: Points;
  readonly message: string | null;
  readonly isSteppedUp: boolean;
}

/** The two halves of a transfer, posted in one transaction of the database or not at all. */
export interface TransferPlans {
  readonly out: PostingPlan;
  readonly in: PostingPlan;
}

/**
 * Posting rule of a transfer: AVAILABLE:giver → AVAILABLE:receiver, by way of an account that is empty again when both halves
 * are posted. Child lots keep issuer, terms and expiry; nobody owes anybody anything.
 *
 * Refuses: step-up required, giver in arrears, insufficient points.
 */
export function planTransfer(
  giver: Wallet,
  receiver: Wallet,
  { transfer, facts }: { transfer: Transfer; facts: PostingFacts },
): TransferPlans | Refusal {
  const parts = drawForSpending(giver, transfer, facts);
  if (isRefusal(parts)) return parts;
  const base = { ...EMPTY_PLAN, partnerId: null, occurredAt: facts.now, reason: transfer.message };
  return {
    out: {
      ...base,
      kind: 'TRANSFER_OUT',
      entries: parts.map((part) => leaving(giver, part)),
      peer: { wallet: receiver.key.wallet },
    },
    in: { ...base, kind: 'TRANSFER_IN', ...childLots(giver, receiver, parts), peer: { wallet: giver.key.wallet } },
  };
}

/** The entry by which points of a lot leave a member. */
export function leaving({ memberId }: Wallet, { lot, points: amount }: LotPart): Entry {
  return { debit: available(memberId), credit: transferred, amount, lotSeq: lot.lotSeq };
}

/** Lots that continue others in another wallet, or in the same under other terms. */
export function childLots(
  from: Wallet,
  to: Wallet,
  parts: readonly LotPart[],
): { entries: readonly Entry[]; issued: readonly IssuedLot[] } {
  const issued = parts.map(({ lot, points: quantity }, n): IssuedLot => ({
    lotSeq: to.lotCount + BigInt(n) + 1n,
    issuerId: lot.issuerId,
    earnedAt: lot.earnedAt,
    expiresAt: lot.expiresAt,
    terms: lot.terms,
    quantity: points(quantity),
    pending: null,
    parent: { wallet: from.key.wallet, lotSeq: lot.lotSeq },
  }));
  const entries = issued.map(({ lotSeq, quantity }): Entry => ({
    debit: transferred,
    credit: available(to.memberId),
    amount: quantity,
    lotSeq,
  }));
  return { entries, issued };
}
