import type { Refusal } from '../../../../kernel/errors/refusal';
import type { CurrencyCode } from '../../../../kernel/values/money';
import type { Id, ProgrammeId } from '../../../../kernel/values/id';
import { refuse } from '../refusals';
import { disputesUntil, type SettlementCycle } from './cycle';
import type { Party } from './directional-total';
import { claimantOf, move, type SettlementEntry } from './postings';

/** How a dispute ends: the debtor owes nothing of the line, all of it, or a part. */
export type DisputeOutcome = 'ACCEPT' | 'REJECT' | 'PARTIAL';
export type DisputeState = 'OPEN' | 'PROPOSED' | 'RESOLVED';

/** A line in dispute by its debtor or, where the operator owes it, by its creditor. It waits in suspense until two persons of it decide. */
export interface Dispute {
  readonly id: Id<'dsp'>;
  readonly programmeId: ProgrammeId;
  readonly cycleId: string;
  readonly pair: number;
  readonly n: number;
  readonly debtorId: Party;
  readonly creditorId: Party;
  /** What the line is for. */
  readonly micros: bigint;
  readonly reason: string;
  readonly raisedBy: string;
  readonly raisedAt: Date;
  readonly state: DisputeState;
  readonly outcome: DisputeOutcome | null;
  /** What is still owed of it by the outcome. */
  readonly owedMicros: bigint | null;
  readonly answer: string | null;
  readonly contentHash: string | null;
  readonly proposedBy: string | null;
  readonly approvedBy: string | null;
  /** The cycle whose statement shows the outcome as a line. */
  readonly postedCycleId: string | null;
}

/**
 * Whether a line may be disputed now: its cycle's statements are with the partners and the window has not passed.
 *
 * @returns LEDGER_DISPUTE_WINDOW_CLOSED when not
 */
export function disputeRefusal(
  cycle: SettlementCycle,
  { now, disputeWindowDays }: { now: Date; disputeWindowDays: number },
): Refusal | null {
  if (cycle.state === 'ISSUED' && now < disputesUntil(cycle, disputeWindowDays)) return null;
  return refuse('LEDGER_DISPUTE_WINDOW_CLOSED', 'Lines of this cycle may not be disputed any more, or not yet.');
}

/**
 * What is owed of a disputed line by an outcome; null when a part is none: it lies between nothing and the line, and is neither.
 *
 * @param part for PARTIAL: what is still owed
 */
export function owedBy(outcome: DisputeOutcome, micros: bigint, part: bigint | null): bigint | null {
  if (outcome !== 'PARTIAL') return part !== null ? null : outcome === 'ACCEPT' ? 0n : micros;
  if (part === null || part === 0n || part === micros) return null;
  return (micros > 0n ? part > 0n && part < micros : part < 0n && part > micros) ? part : null;
}

/**
 * Takes a decided line out of suspense: the creditor has a claim again to what is owed, the debtor is let off the rest; what the
 * operator is let off was its cost.
 */
export function outcomePostings(dispute: Dispute, owedMicros: bigint, currency: CurrencyCode): SettlementEntry[] {
  const { debtorId, creditorId, micros } = dispute;
  const suspense = { kind: 'DISPUTE_SUSPENSE', owner: debtorId, counterparty: creditorId } as const;
  const about = { currency, cause: `DISPUTE ${dispute.id}` };
  return [
    ...move({ from: suspense, to: claimantOf(creditorId) }, owedMicros, about),
    ...move({ from: suspense, to: claimantOf(debtorId) }, micros - owedMicros, about),
  ];
}
