import type { Refusal } from '../../../../kernel/errors/refusal';
import type { ProgrammeId } from '../../../../kernel/values/id';
import { refuse } from '../refusals';

/** The states of a cycle, in order; this version goes as far as NETTED. */
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

/** Steps that can be taken: what lies behind NETTED moves real money and is not built yet. */
const REACHABLE: ReadonlySet<SettlementState> = new Set(['CUT_OFF', 'DRAFT', 'ISSUED', 'AGREED', 'NETTED']);

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
  /** +1 with every step. */
  readonly version: bigint;
}

const DAY_MS = 86_400_000;

/**
 * Whether a cycle may take a step now.
 *
 * @param previous state of the cycle before, whose carry a draft begins with; null for a programme's first
 * @param disputeWindowDays days of 24 hours, counted from when the statements were issued
 * @returns null when it may; else LEDGER_CYCLE_STEP_NOT_ALLOWED or LEDGER_DISPUTE_WINDOW_OPEN
 */
export function stepRefusal(
  cycle: SettlementCycle,
  to: SettlementState,
  { now, disputeWindowDays, previous }: { now: Date; disputeWindowDays: number; previous: SettlementState | null },
): Refusal | null {
  const next = SETTLEMENT_STATES[SETTLEMENT_STATES.indexOf(cycle.state) + 1];
  if (to !== next || !REACHABLE.has(to)) {
    return refuse('LEDGER_CYCLE_STEP_NOT_ALLOWED', `A cycle that is ${cycle.state} cannot become ${to}.`);
  }
  if (to === 'DRAFT' && (previous === 'OPEN' || previous === 'CUT_OFF')) {
    return refuse('LEDGER_CYCLE_STEP_NOT_ALLOWED', `The cycle before is ${previous}: its carry is not known yet.`);
  }
  if (to !== 'AGREED') return null;
  const endsAt = new Date((cycle.issuedAt?.getTime() ?? 0) + disputeWindowDays * DAY_MS);
  return now >= endsAt
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
