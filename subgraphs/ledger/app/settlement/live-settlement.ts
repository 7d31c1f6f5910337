import type { Pool } from 'pg';
import { programmeOf, type Principal } from '../../../../kernel/context/principal';
import type { Database } from '../../../../kernel/db/database';
import { parseId, uuidOf, type Id, type PartnerId, type ProgrammeId } from '../../../../kernel/values/id';
import type { SettlementCycle } from '../../core/settlement/cycle';
import { findCyclesById } from '../../data/settlement/cycle.store';
import { loadExposures } from '../../data/settlement/exposure.store';
import { LiveStates, type LiveState } from './live-states';
import { readCycles, sightOf } from './read-cycles';

/** What of settlement can be watched: cycles, and what partners would owe. */
export interface LiveSettlement {
  readonly cycles: LiveStates<SettlementCycle>;
  /** Keys name programme and partner, values are micro-units. */
  readonly exposures: LiveStates<bigint>;
}

export function openLiveSettlement(pool: Pool, epoch: string): LiveSettlement {
  return {
    cycles: new LiveStates(async (keys) => {
      const cycles = await findCyclesById(pool, keys as readonly Id<'cyc'>[]);
      return new Map(
        cycles.map((cycle): [string, LiveState<SettlementCycle>] => [
          cycle.id,
          { version: cycle.version, value: cycle },
        ]),
      );
    }, epoch),
    exposures: new LiveStates(async (keys) => {
      const of = keys.map((key) => {
        const [programmeId, partnerId] = key.split(' ') as [ProgrammeId, PartnerId];
        return { key, programmeId, partnerId };
      });
      const exposures = await loadExposures(pool, of);
      return new Map(
        of.flatMap(({ key, programmeId, partnerId }): [string, LiveState<bigint>][] => {
          const found = exposures.find(
            (one) => one.programmeId === uuidOf(programmeId) && one.partnerId === uuidOf(partnerId),
          );
          return found === undefined ? [] : [[key, { version: found.version, value: found.micros }]];
        }),
      );
    }, epoch),
  };
}

/** The key under which a reader may watch a cycle; null when it may not. */
export async function cycleToWatch(
  ledger: { readonly database: Database },
  principal: Principal,
  id: string,
): Promise<string | null> {
  const cycleId = parseId('cyc', id);
  if (cycleId === null) return null;
  return (await readCycles(ledger, principal, [cycleId]))[0]?.id ?? null;
}

/** The key under which a reader may watch what a partner would owe: its own, or anybody's for those who run the programme. */
export function exposureToWatch(principal: Principal, id: string): string | null {
  const partnerId = parseId('ptr', id);
  const programmeId = programmeOf(principal);
  const sight = sightOf(principal);
  if (partnerId === null || programmeId === null || (sight !== 'all' && sight !== partnerId)) return null;
  return `${programmeId} ${partnerId}`;
}
