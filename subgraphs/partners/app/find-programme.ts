import { programmeOf, type Principal } from '../../../kernel/context/principal';
import type { ProgrammeId } from '../../../kernel/values/id';
import type { Programme } from '../core/programme';
import { programmeAt, termsVersionAt, type TermsChange } from '../core/terms-change';
import { findProgramme, findProgrammeByKey } from '../data/programme.store';
import { findRuleBookVersion } from '../data/rule-book.store';
import { findTermsChanges } from '../data/terms-change.store';
import type { PartnersSetting } from './setting';

/** The caller's own programme; null for those of none. */
export async function findCurrentProgramme(setting: PartnersSetting, principal: Principal): Promise<Programme | null> {
  const programmeId = programmeOf(principal);
  if (programmeId === null) return null;
  return asInForce(setting, await findProgramme(setting.database.dataSource.manager, programmeId));
}

/** A programme by its id, for those of it and for the host; to all others none is there. */
export async function findProgrammeWithId(
  setting: PartnersSetting,
  principal: Principal,
  id: ProgrammeId,
): Promise<Programme | null> {
  if (principal.kind !== 'host' && programmeOf(principal) !== id) return null;
  return asInForce(setting, await findProgramme(setting.database.dataSource.manager, id));
}

/** A programme by its key, for the host and for the programme's own admin; to all others none is there. */
export async function findProgrammeNamed(
  setting: PartnersSetting,
  principal: Principal,
  key: string,
): Promise<Programme | null> {
  if (principal.kind !== 'host' && principal.kind !== 'admin') return null;
  const programme = await findProgrammeByKey(setting.database.dataSource.manager, key);
  return principal.kind === 'admin' && programme?.id !== principal.programmeId ? null : asInForce(setting, programme);
}

/** How often a programme's rule book changed; the caller was given the programme before. */
export async function findVersionOf({ database }: PartnersSetting, programmeId: ProgrammeId): Promise<bigint> {
  return findRuleBookVersion(database.dataSource.manager, programmeId);
}

/** A programme by the terms in force now. */
async function asInForce({ database, clock }: PartnersSetting, programme: Programme | null): Promise<Programme | null> {
  if (programme === null) return null;
  return programmeAt(programme, await findTermsChanges(database.dataSource.manager, programme.id), clock.now());
}

/** The version of a programme's terms in force now; the caller was given the programme before. */
export async function findTermsVersionOf({ database, clock }: PartnersSetting, id: ProgrammeId): Promise<number> {
  return termsVersionAt(await findTermsChanges(database.dataSource.manager, id), clock.now());
}

/** Changes of a programme's terms: those approved for everybody of it, proposals as well for those who run it. */
export async function readTermsChanges(
  { database }: PartnersSetting,
  principal: Principal,
  id: ProgrammeId,
): Promise<TermsChange[]> {
  if (programmeOf(principal) !== id) return [];
  const runsIt = principal.kind === 'admin' || principal.kind === 'finance';
  const states = runsIt ? (['APPROVED', 'OPEN', 'WITHDRAWN', 'REPLACED'] as const) : (['APPROVED'] as const);
  return findTermsChanges(database.dataSource.manager, id, states);
}
