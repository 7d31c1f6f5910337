import { parseId } from '../../../kernel/values/id';
import { findProgrammeWithId } from '../app/find-programme';
import type { Partner } from '../core/partner';
import type { Programme } from '../core/programme';
import type { PartnersContext } from './context';

/** A reference is as good as a query: whoever may not see the partner gets null, as if it were not there. */
export async function resolvePartner({ id }: { id: string }, { loaders }: PartnersContext): Promise<Partner | null> {
  const partnerId = parseId('ptr', id);
  return partnerId === null ? null : loaders.partner.load(partnerId);
}

export async function resolveProgramme(
  { id }: { id: string },
  { setting, principal }: PartnersContext,
): Promise<Programme | null> {
  const programmeId = parseId('prg', id);
  return programmeId === null ? null : findProgrammeWithId(setting, principal, programmeId);
}
