import type { Refusal } from '../../../../kernel/errors/refusal';
import type { Id, PartnerId } from '../../../../kernel/values/id';
import { refuse } from '../refusals';

/** What a partner's outstanding points could still cost it. */
export interface RunOffLiability {
  /** Waiting, spendable and on hold, of lots it issued or pays for in part. */
  readonly points: bigint;
  /** At the reserve prices of the lots, less what funds and prefunds hold for them; rounded up. */
  readonly micros: bigint;
}

/** Proposed, running until nothing is left, its end proposed, ended. */
export const RUN_OFF_STATES = ['PROPOSED', 'RUNNING', 'ENDING', 'ENDED'] as const;
export type RunOffState = (typeof RUN_OFF_STATES)[number];

/** The points of a leaving partner, spent until none is left, and the deposit that stands for them. */
export interface RunOff {
  readonly id: Id<'rof'>;
  readonly partnerId: PartnerId;
  /** When it was proposed. */
  readonly liability: RunOffLiability;
  /** The part agreed never to be spent, in basis points. */
  readonly breakageBps: number;
  /** What the partner is to deposit, in minor units. */
  readonly depositMinor: bigint;
  readonly reason: string;
  readonly state: RunOffState;
  /** Of what was proposed last. */
  readonly contentHash: string;
  readonly proposedBy: string;
  readonly approvedBy: string | null;
  /** What was left of the deposit at the end; null before. */
  readonly returnedMinor: bigint | null;
  /** Whether partners knows that it has ended. */
  readonly isTold: boolean;
}

/**
 * What a leaving partner deposits: what its outstanding points are expected to cost it.
 *
 * Source: SETTLEMENT §3, `Σ outstanding·r·(1−breakage)`. Rounds up to the minor unit, because the deposit is to be enough.
 */
export function runOffDeposit(liabilityMicros: bigint, breakageBps: number, microsPerMinor: bigint): bigint {
  const scale = 10_000n * microsPerMinor;
  return (liabilityMicros * BigInt(10_000 - breakageBps) + scale - 1n) / scale;
}

/** What a cycle's payment of a leaving partner takes from its deposit: what it would have to pay, as far as the deposit goes. */
export function runOffDraw(dueMinor: bigint, heldMinor: bigint): bigint {
  if (dueMinor >= 0n) return 0n;
  return -dueMinor < heldMinor ? -dueMinor : heldMinor;
}

/** Whether a run-off may end: no point is outstanding, and nothing is left to settle. */
export function endRefusal(
  { state }: Pick<RunOff, 'state'>,
  { points, dues }: { readonly points: bigint; readonly dues: number },
): Refusal | null {
  if (state === 'PROPOSED')
    return refuse('LEDGER_RUN_OFF_NOT_ENDED', 'The run-off has not begun: nobody has approved it.');
  if (state === 'ENDED') return refuse('LEDGER_ALREADY_APPROVED', 'The run-off has ended.');
  return points === 0n && dues === 0
    ? null
    : refuse('LEDGER_RUN_OFF_NOT_ENDED', `${points} points are outstanding, ${dues} dues are not settled.`);
}
