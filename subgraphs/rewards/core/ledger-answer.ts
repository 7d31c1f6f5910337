import type { Refusal } from '../../../kernel/errors/refusal';
import { notFound } from '../../../kernel/errors/shared-refusals';
import type { Order } from './order';
import { passedOnRefusals, refuse } from './refusals';

/** A refusal as the ledger words it. */
export interface LedgerRefusal {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly missingPoints?: string;
}

/** What came back from a command: its effect, a decision against it, or nothing, so that either may be true. */
export type LedgerAnswer<Value> =
  | { readonly kind: 'done'; readonly value: Value }
  | { readonly kind: 'refused'; readonly refusal: LedgerRefusal }
  | { readonly kind: 'unknown' };

/**
 * Whether a refusal ends the order. A retryable one does so only when the hold's time is over: by then the member has
 * left the till, and the ledger has said that nothing is held. IDEMPOTENCY_IN_PROGRESS says nothing about the outcome.
 */
export function isDecided(refusal: LedgerRefusal, order: Pick<Order, 'holdExpiresAt'>, now: Date): boolean {
  if (!refusal.retryable) return true;
  return refusal.code !== 'IDEMPOTENCY_IN_PROGRESS' && now >= order.holdExpiresAt;
}

/**
 * The ledger's refusal as this subgraph tells it: too few points and an unknown member read the same as at the ledger;
 * everything else is REWARDS_LEDGER_REFUSED with the ledger's code inside.
 */
export function toldRefusal(refusal: LedgerRefusal): Refusal {
  if (refusal.code in passedOnRefusals) {
    const { code, message } = refusal;
    return { kind: 'refusal', code, message, retryable: false, facts: { missingPoints: refusal.missingPoints ?? '0' } };
  }
  if (refusal.code === 'NOT_FOUND') return notFound('member');
  return refuse('REWARDS_LEDGER_REFUSED', `The points could not be spent: ${refusal.message}`, {
    ledgerCode: refusal.code,
  });
}

/** What the caller is told while the ledger has not decided. */
export function undecided(): Refusal {
  return refuse(
    'REWARDS_LEDGER_UNAVAILABLE',
    'The ledger has not decided yet; the order is kept. Ask again with the same key.',
  );
}
