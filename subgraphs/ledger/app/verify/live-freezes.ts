import type { Pool } from 'pg';
import type { Principal } from '../../../../kernel/context/principal';
import type { ProgrammeId } from '../../../../kernel/values/id';
import type { StandingFreezes } from '../../core/verify/account-freeze';
import { loadStandingFreezes } from '../../data/verify/freeze.store';
import { LiveStates } from '../settlement/live-states';

/** Stops shown of a programme; the query `accountFreezes` has the others. */
const SHOWN = 100;

/** Which accounts of a programme are stopped, to be watched. Keys are programmes. */
export type LiveFreezes = LiveStates<StandingFreezes>;

export function openLiveFreezes(pool: Pool, epoch: string): LiveFreezes {
  return new LiveStates(async (keys) => {
    const found = await loadStandingFreezes(pool, keys as readonly ProgrammeId[], SHOWN);
    return new Map(found.map(({ programmeId, version, ...value }) => [programmeId, { version, value }]));
  }, epoch);
}

/** The key under which a reader may watch; null when it may not. */
export function freezesToWatch(principal: Principal): ProgrammeId | null {
  return principal.kind === 'admin' || principal.kind === 'finance' ? principal.programmeId : null;
}
