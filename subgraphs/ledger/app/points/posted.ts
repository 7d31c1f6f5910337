import type { MemberId } from '../../../../kernel/values/id';
import type { Entry } from '../../core/points/account';
import type { Lot, Party } from '../../core/points/lot';
import { shownPoints } from '../../core/points/posting';
import type { Balances, WalletKey } from '../../core/points/wallet';
import type { PlannedTransaction } from '../../data/points/apply.store';
import type { JournalDetails, JournalLine } from '../../data/points/transaction.store';

/** One journal transaction as callers see it: the same whether it was posted now or long ago. */
export interface PostedTransaction {
  readonly key: WalletKey;
  readonly memberId: MemberId;
  readonly line: JournalLine;
  readonly details: JournalDetails;
  /** The account as the whole posting left it, what followed from it included. */
  readonly account: { readonly version: bigint; readonly balances: Balances };
}

/** A lot as it was issued or drawn. */
export interface LotView {
  readonly lotSeq: bigint;
  readonly issuerId: Party;
}

/** The part of one lot a redemption took, and what is owed for it; null when nothing is. */
export interface DrawView extends LotView {
  readonly points: bigint;
  readonly claimMicros: bigint | null;
}

/** A planned transaction, once committed, as a line of the journal. */
export function lineOf({ plan, before, after, recordedAt }: PlannedTransaction): JournalLine {
  return {
    seq: after.seq,
    kind: plan.kind,
    partnerId: plan.partnerId,
    externalRef: plan.externalRef,
    reason: plan.reason,
    points: shownPoints(plan),
    balances: after.balances,
    tierBefore: before.tier.code,
    tierAfter: after.tier.code,
    occurredAt: plan.occurredAt,
    recordedAt,
  };
}

/** A planned transaction, once committed, as callers see it. */
export function postedFrom(own: PlannedTransaction, all: readonly PlannedTransaction[]): PostedTransaction {
  const { plan, after, currency } = own;
  const last = all.findLast((one) => one.after.key.wallet === after.key.wallet) ?? own;
  return {
    key: after.key,
    memberId: after.memberId,
    line: lineOf(own),
    details: {
      currency,
      issued: plan.issued,
      purchase: plan.purchase ?? null,
      explanation: plan.explained?.explanation ?? null,
      draws: drawsOf(own),
      hold: plan.hold ?? null,
      clawedBack: sumOf(plan.entries, ({ credit }) => credit.kind === 'CLAWED_BACK'),
      arrearsOpened: sumOf(plan.entries, ({ debit }) => debit.kind === 'ARREARS'),
      reversed: plan.reversed ?? null,
      beside: plan.beside ?? null,
    },
    account: { version: last.after.seq, balances: last.after.balances },
  };
}

function sumOf(entries: readonly Entry[], counts: (entry: Entry) => boolean): bigint {
  return entries.filter(counts).reduce((sum, { amount }) => sum + amount, 0n);
}

function drawsOf({ plan, before }: PlannedTransaction): DrawView[] {
  const lots = new Map<bigint, Lot>(before.lots.map((lot) => [lot.lotSeq, lot]));
  for (const { lot } of plan.hold?.lots ?? []) lots.set(lot.lotSeq, lot);
  return plan.entries.flatMap((entry, n): DrawView[] => {
    const lot = lots.get(entry.lotSeq);
    if (entry.credit.kind !== 'REDEEMED' || lot === undefined) return [];
    const claims = plan.claims.filter((one) => one.entry === n && one.kind === 'REDEMPTION');
    const claimMicros = claims.reduce<bigint | null>((sum, { micros }) => (sum ?? 0n) + micros, null);
    return [{ lotSeq: entry.lotSeq, issuerId: lot.issuerId, points: entry.amount, claimMicros }];
  });
}
