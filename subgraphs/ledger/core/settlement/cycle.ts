import type { Refusal } from '../../../../kernel/errors/refusal';
import type { ProgrammeId } from '../../../../kernel/values/id';
import { refuse } from '../refusals';

/** The states of a cycle, in order. */
export const SETTLEMENT_STATES = [
  'OPEN',
  'CUT_OFF',
  'DRAFT',
  'ISSUED',
  'AGREED',
  'NETTED',
  'INSTRUCTED',
  'SETTLED',
  'LOCKED',
] as const;
export type SettlementState = (typeof SETTLEMENT_STATES)[number];

/** A period whose dues are settled together: [opensAt, cutOffAt). */
export interface SettlementCycle {
  readonly id: string;
  readonly programmeId: ProgrammeId;
  readonly number: number;
  readonly state: SettlementState;
  readonly currency: string;
  readonly opensAt: Date;
  readonly cutOffAt: Date | null;
  readonly issuedAt: Date | null;
  /** Payments below so many minor units are left for the next cycle. */
  readonly payFromMinor: bigint;
  /** +1 with every step, and with every dispute of a line. */
  readonly version: bigint;
}

const DAY_MS = 86_400_000;

/** When lines may be disputed no more: days of 24 hours, counted from when the statements were issued. */
export function disputesUntil({ issuedAt }: SettlementCycle, disputeWindowDays: number): Date {
  return new Date((issuedAt?.getTime() ?? 0) + disputeWindowDays * DAY_MS);
}

/** What the cycle before must have reached: a bill begins with its carry, payments with what it left unpaid. */
const PREVIOUS_REACHED: Partial<Record<SettlementState, SettlementState>> = { DRAFT: 'AGREED', NETTED: 'NETTED' };

/** What a step is decided by. */
export interface StepCircumstances {
  readonly now: Date;
  readonly disputeWindowDays: number;
  /** State of the cycle before; null for a programme's first. */
  readonly previous: SettlementState | null;
  /** Whether every partner of a total has agreed to the figures as they stand. */
  readonly isAgreed: boolean;
}

/**
 * Whether a cycle may take a step now.
 *
 * @returns null when it may; else LEDGER_CYCLE_STEP_NOT_ALLOWED or LEDGER_DISPUTE_WINDOW_OPEN
 */
export function stepRefusal(
  cycle: SettlementCycle,
  to: SettlementState,
  { now, disputeWindowDays, previous, isAgreed }: StepCircumstances,
): Refusal | null {
  const placeOf = (state: SettlementState) => SETTLEMENT_STATES.indexOf(state);
  if (placeOf(to) !== placeOf(cycle.state) + 1) {
    return refuse('LEDGER_CYCLE_STEP_NOT_ALLOWED', `A cycle that is ${cycle.state} cannot become ${to}.`);
  }
  const reached = PREVIOUS_REACHED[to];
  if (reached !== undefined && previous !== null && placeOf(previous) < placeOf(reached)) {
    return refuse('LEDGER_CYCLE_STEP_NOT_ALLOWED', `The cycle before is ${previous}: what it leaves is not final yet.`);
  }
  const endsAt = disputesUntil(cycle, disputeWindowDays);
  return to !== 'AGREED' || now >= endsAt || isAgreed
    ? null
    : refuse('LEDGER_DISPUTE_WINDOW_OPEN', `Lines may be disputed until ${endsAt.toISOString()}.`);
}

/**
 * Whether a cycle may be cut off at an instant: not in the future, not before it opened, not before anything recorded in
 * it. The opening of a programme's first cycle gives way, because a test clock may stand before it.
 *
 * @param latestRecordedAt of the cycle's postings; null when it has none
 */
export function cutOffRefusal(
  cycle: SettlementCycle,
  at: Date,
  { now, latestRecordedAt }: { now: Date; latestRecordedAt: Date | null },
): Refusal | null {
  if (at > now) return refuse('LEDGER_CUT_OFF_NOT_NOW', 'The instant has not come yet by the programme’s clock.');
  if (cycle.number > 1 && at < cycle.opensAt) {
    return refuse('LEDGER_CUT_OFF_NOT_NOW', 'The cycle opened after that instant.');
  }
  if (latestRecordedAt !== null && latestRecordedAt > at) {
    return refuse('LEDGER_CUT_OFF_NOT_NOW', 'Something was recorded in this cycle after that instant.');
  }
  return null;
}
