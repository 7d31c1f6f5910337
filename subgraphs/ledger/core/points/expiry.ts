import type { Entry, PostingFacts, PostingPlan } from './posting';
import type { Wallet } from './wallet';

/**
 * Posting rule of expiry: what is left of every lot whose expiry has come, AVAILABLE:member → EXPIRED:issuer. Points on
 * hold are not the lot's spendable part and do not expire. AT_REDEMPTION: nobody owes anybody, the issuer keeps the
 * breakage.
 *
 * @returns null when nothing is due: a sweep that comes twice does nothing the second time
 */
export function planExpiry(wallet: Wallet, facts: PostingFacts): PostingPlan | null {
  const due = wallet.lots.filter(({ expiresAt }) => expiresAt !== null && expiresAt <= facts.now);
  if (due.length === 0) return null;
  const total = due.reduce((sum, { remaining }) => sum + remaining, 0n);
  return {
    kind: 'EXPIRY',
    partnerId: null,
    externalRef: null,
    occurredAt: facts.now,
    points: -total,
    entries: due.map((lot): Entry => ({
      debit: { kind: 'AVAILABLE', owner: wallet.memberId },
      credit: { kind: 'EXPIRED', owner: lot.issuerId },
      amount: lot.remaining,
      lotSeq: lot.lotSeq,
    })),
    claims: [],
    change: { available: -total },
    lotChanges: due.map((lot) => ({ lot, by: -lot.remaining })),
  };
}
