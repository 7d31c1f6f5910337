import type { IssuedLot, PurchaseFact } from '../../core/points/posting';
import type { Hold } from '../../core/points/wallet';
import type { MemberId, PartnerId } from '../../../../kernel/values/id';
import type { WalletKey } from '../../core/points/wallet';
import type { PlannedTransaction } from '../../data/points/apply.store';
import type { JournalLine } from '../../data/points/transaction.store';

/** A lot as it was issued or drawn. */
export interface LotView {
  readonly lotSeq: bigint;
  readonly issuerId: PartnerId;
}

/** The part of one lot a redemption took, and what its issuer owes for it; null at its own issuer's. */
export interface DrawView extends LotView {
  readonly points: bigint;
  readonly claimMicros: bigint | null;
}

/** One journal transaction as callers see it: the same whether it was posted now or long ago. */
export interface PostedTransaction extends JournalLine {
  readonly key: WalletKey;
  readonly memberId: MemberId;
  readonly currency: string;
  readonly issued: Pick<IssuedLot, 'lotSeq' | 'issuerId' | 'remaining' | 'earnedAt' | 'expiresAt'> | null;
  readonly purchase: PurchaseFact | null;
  readonly draws: readonly DrawView[];
  readonly hold: Pick<Hold, 'seq' | 'partnerId' | 'points' | 'captured' | 'state' | 'expiresAt'> | null;
}

/** A planned transaction, once committed, as a line of the journal. */
export function lineOf({ plan, before, after, recordedAt }: PlannedTransaction): JournalLine {
  return {
    seq: after.seq,
    kind: plan.kind,
    partnerId: plan.partnerId,
    externalRef: plan.externalRef,
    points: plan.points,
    balances: after.balances,
    tierBefore: before.tierCode,
    tierAfter: after.tierCode,
    occurredAt: plan.occurredAt,
    recordedAt,
  };
}

/** A planned transaction, once committed, as callers see it. */
export function postedFrom(planned: PlannedTransaction): PostedTransaction {
  const { plan, after, currency } = planned;
  return {
    ...lineOf(planned),
    key: after.key,
    memberId: after.memberId,
    currency,
    issued: plan.issued ?? null,
    purchase: plan.purchase ?? null,
    draws: drawsOf(planned),
    hold: plan.hold ?? null,
  };
}

function drawsOf({ plan, before }: PlannedTransaction): DrawView[] {
  const issuers = new Map<bigint, PartnerId>(before.lots.map(({ lotSeq, issuerId }) => [lotSeq, issuerId]));
  for (const lot of plan.hold?.lots ?? []) issuers.set(lot.lotSeq, lot.issuerId);
  return plan.entries.flatMap((entry, n) => {
    const issuerId = issuers.get(entry.lotSeq);
    if (entry.credit.kind !== 'REDEEMED' || issuerId === undefined) return [];
    const claim = plan.claims.find((one) => one.entry === n && one.kind === 'REDEMPTION');
    return [{ lotSeq: entry.lotSeq, issuerId, points: entry.amount, claimMicros: claim?.micros ?? null }];
  });
}
