import type { PartnerId } from '../../../../kernel/values/id';
import type { JournalLine } from '../../app/points/read-account';

/** The parent of `StatementEntry`. */
export interface StatementEntryView {
  readonly version: bigint;
  readonly kind: string;
  readonly points: bigint;
  readonly balanceAfter: bigint;
  readonly pendingAfter: bigint;
  readonly occurredAt: Date;
  readonly recordedAt: Date;
  readonly partnerId: PartnerId | null;
  readonly externalRef: string | null;
  readonly reason: string | null;
}

/** A journal line as a statement shows it. */
export function statementEntry({ seq, balances, ...line }: JournalLine): StatementEntryView {
  const { kind, points, occurredAt, recordedAt, partnerId, externalRef, reason } = line;
  return {
    version: seq,
    kind,
    points,
    balanceAfter: balances.available,
    pendingAfter: balances.pending,
    occurredAt,
    recordedAt,
    partnerId,
    externalRef,
    reason,
  };
}
