import { programmeOf, type Principal } from '../../../kernel/context/principal';
import type { ProgrammeId } from '../../../kernel/values/id';
import type { Programme } from '../core/programme';
import { findProgramme, findProgrammeByKey } from '../data/programme.store';
import { findRuleBookVersion } from '../data/rule-book.store';
import type { PartnersSetting } from './setting';

/** The caller's own programme; null for those of none. */
export async function findCurrentProgramme(
  { database }: PartnersSetting,
  principal: Principal,
): Promise<Programme | null> {
  const programmeId = programmeOf(principal);
  return programmeId === null ? null : findProgramme(database.dataSource.manager, programmeId);
}

/** A programme by its id, for those of it and for the host; to all others none is there. */
export async function findProgrammeWithId(
  { database }: PartnersSetting,
  principal: Principal,
  id: ProgrammeId,
): Promise<Programme | null> {
  if (principal.kind !== 'host' && programmeOf(principal) !== id) return null;
  return findProgramme(database.dataSource.manager, id);
}

/** A programme by its key, for the host and for the programme's own admin; to all others none is there. */
export async function findProgrammeNamed(
  { database }: PartnersSetting,
  principal: Principal,
  key: string,
): Promise<Programme | null> {
  if (principal.kind !== 'host' && principal.kind !== 'admin') return null;
  const programme = await findProgrammeByKey(database.dataSource.manager, key);
  return principal.kind === 'admin' && programme?.id !== principal.programmeId ? null : programme;
}

/** How often a programme's rule book changed; the caller was given the programme before. */
export async function findVersionOf({ database }: PartnersSetting, programmeId: ProgrammeId): Promise<bigint> {
  return findRuleBookVersion(database.dataSource.manager, programmeId);
}
