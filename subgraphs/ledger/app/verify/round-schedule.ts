import type { LastRounds, RoundKind } from '../../data/verify/round.store';

/** A round of verification that is due: what was written since an instant, or everything. */
export interface DueRound {
  readonly kind: RoundKind;
  /** Null: from the beginning. */
  readonly since: Date | null;
  readonly upto: Date;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** The whole book is read at two in the night, UTC. */
const NIGHT_MS = 2 * HOUR_MS;
/** A row is stamped when it is written and seen when it is committed: each window begins before the last one ended. */
const OVERLAP_MS = MINUTE_MS;

/**
 * The rounds due at an instant: a window each minute, a seal each hour, the whole book once a night. What was missed while no
 * process ran is made up for by one round: a window goes back to where the last one ended.
 */
export function roundsDue(last: LastRounds, now: Date): DueRound[] {
  const due: DueRound[] = [];
  if (isPast(last.WINDOW, now.getTime() - MINUTE_MS)) {
    const since = last.WINDOW === null ? null : new Date(last.WINDOW.getTime() - OVERLAP_MS);
    due.push({ kind: 'WINDOW', since: since ?? new Date(now.getTime() - HOUR_MS), upto: now });
  }
  if (isPast(last.SEAL, now.getTime() - HOUR_MS)) due.push({ kind: 'SEAL', since: last.SEAL, upto: now });
  const night = Math.floor((now.getTime() - NIGHT_MS) / DAY_MS) * DAY_MS + NIGHT_MS;
  if (last.ALL === null || last.ALL.getTime() < night) due.push({ kind: 'ALL', since: null, upto: now });
  return due;
}

function isPast(last: Date | null, instant: number): boolean {
  return last === null || last.getTime() <= instant;
}
