import type { LotTerms, Party } from '../points/lot';

/** A line of a statement with all it follows from. */
export interface LineDetail {
  readonly cycleId: string;
  readonly pair: number;
  readonly n: number;
  readonly debtorId: Party;
  readonly creditorId: Party;
  readonly kind: string;
  readonly micros: bigint;
  /** Its share of what is billed; nothing while it is disputed. */
  readonly billedMinor: bigint;
  readonly isDisputed: boolean;
  /** The dispute of an earlier cycle whose outcome it is; such a line follows from nothing else. */
  readonly outcomeOf: string | null;
  readonly wallet: string;
  readonly seq: bigint;
  readonly eventKind: string;
  readonly occurredAt: Date;
  readonly recordedAt: Date;
  readonly lotSeq: bigint;
  readonly issuerId: Party;
  readonly terms: LotTerms;
  readonly points: bigint;
  readonly contractVersion: number;
  /** Where the points were spent, or to whom they were owed; null for what is no spending. */
  readonly redeemerId: Party;
  /** Points of the draw that were spent before a reversal and after it; null for anything else. */
  readonly spent: { readonly before: bigint; readonly after: bigint } | null;
}
