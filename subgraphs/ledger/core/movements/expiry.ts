import type { Refusal } from '../../../../kernel/errors/refusal';
import { notFound } from '../../../../kernel/errors/shared-refusals';
import { points, type Points } from '../../../../kernel/values/points';
import { breakageMoney } from '../money/issuance-claims';
import { together } from '../money/claim';
import { available, expiredOf, type Entry } from '../points/account';
import type { Lot } from '../points/lot';
import { EMPTY_PLAN, type PostingFacts, type PostingPlan } from '../points/posting';
import { outstandingOf, standingLot, type Wallet } from '../points/wallet';
import { refuse } from '../refusals';

/**
 * Posting rule of expiry: what is left of every lot whose expiry has come, AVAILABLE:member → EXPIRED:issuer, and what its
 * settlement model does with what was paid for it. Points on hold are not the lot's spendable part and do not expire.
 *
 * @returns null when nothing is due: a sweep that comes twice does nothing the second time
 */
export function planExpiry(wallet: Wallet, facts: PostingFacts): PostingPlan | null {
  const due = wallet.lots.filter(({ expiresAt }) => expiresAt !== null && expiresAt <= facts.now);
  if (due.length === 0) return null;
  return {
    ...EMPTY_PLAN,
    kind: 'EXPIRY',
    partnerId: null,
    occurredAt: facts.now,
    entries: due.map((lot): Entry => ({
      debit: available(wallet.memberId),
      credit: expiredOf(lot.issuerId),
      amount: lot.remaining,
      lotSeq: lot.lotSeq,
    })),
    ...together(
      due.map((lot, entry) => {
        const outstanding = outstandingOf(wallet, lot.lotSeq);
        return breakageMoney({ lot, points: lot.remaining }, entry, { outstanding });
      }),
    ),
  };
}

/** A later expiry for one lot. */
export interface Extension {
  readonly lotSeq: bigint;
  readonly expiresAt: Date;
  readonly reason: string;
}

/** Posting rule of an extension: nothing moves, the lot expires later. Only what is still spendable can be extended. */
export function planExtension(wallet: Wallet, extension: Extension, facts: PostingFacts): PostingPlan | Refusal {
  const lot = wallet.lots.find(({ lotSeq }) => lotSeq === extension.lotSeq);
  if (lot === undefined) {
    const isKnown = wallet.past.lots.has(extension.lotSeq);
    return isKnown ? refuse('LEDGER_LOT_NOT_OPEN', 'Nothing of this lot is spendable.') : notFound('lot');
  }
  if (lot.expiresAt === null || extension.expiresAt <= lot.expiresAt) {
    return refuse('LEDGER_EXPIRY_NOT_LATER', 'The lot already lives as long or longer.');
  }
  return {
    ...EMPTY_PLAN,
    kind: 'EXTENSION',
    partnerId: null,
    occurredAt: facts.now,
    reason: extension.reason,
    restated: [{ ...lot, expiresAt: extension.expiresAt }],
  };
}

/** Expired points to give back. */
export interface Reinstatement {
  readonly lotSeq: bigint;
  /** Null: all that expired. */
  readonly points: Points | null;
  readonly expiresAt: Date;
  /** Cause code. */
  readonly reason: string;
}

/** Posting rule of a re-instatement: EXPIRED:issuer → AVAILABLE:member, and the mirror of what the expiry did to money. */
export function planReinstatement(wallet: Wallet, back: Reinstatement, facts: PostingFacts): PostingPlan | Refusal {
  const lot = wallet.past.lots.get(back.lotSeq);
  if (lot === undefined) return notFound('lot');
  if (back.expiresAt <= facts.now) return refuse('LEDGER_EXPIRY_NOT_LATER', 'The points would have expired again.');
  const amount = back.points ?? lot.expired;
  if (amount > lot.expired || lot.expired === 0n) {
    const message = `Only ${lot.expired} points of this lot have expired.`;
    return refuse('LEDGER_REINSTATEMENT_EXCEEDS_EXPIRED', message, { expiredPoints: lot.expired });
  }
  const entry: Entry = {
    debit: expiredOf(lot.issuerId),
    credit: available(wallet.memberId),
    amount: points(amount),
    lotSeq: lot.lotSeq,
  };
  return {
    ...EMPTY_PLAN,
    kind: 'REINSTATEMENT',
    partnerId: null,
    occurredAt: facts.now,
    reason: back.reason,
    entries: [entry],
    ...breakageMoney({ lot, points: points(amount) }, 0, {
      outstanding: outstandingOf(wallet, lot.lotSeq),
      reinstatedOf: lot.expired,
    }),
    restated: [livingAtLeast(standingLot(wallet, lot), back.expiresAt)],
  };
}

/** Points of the lot that came back before may live longer: those of one lot expire together, and none earlier than promised. */
function livingAtLeast(lot: Lot, until: Date): Lot {
  return lot.expiresAt === null || lot.expiresAt > until ? lot : { ...lot, expiresAt: until };
}
