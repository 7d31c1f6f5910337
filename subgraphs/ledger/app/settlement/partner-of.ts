import type { Principal, Scope } from '../../../../kernel/context/principal';
import type { PartnerId, ProgrammeId } from '../../../../kernel/values/id';

/** The scope a key needs to answer a statement: to dispute its lines or to agree to it. */
export const ANSWER_STATEMENTS: Scope = 'statements:answer';

/** The partner a caller answers statements for: its staff, or a key that may; null for everybody else. */
export function answeringPartner(principal: Principal): { partnerId: PartnerId; programmeId: ProgrammeId } | null {
  if (principal.kind === 'staff') return principal;
  return principal.kind === 'partner' && principal.scopes.includes(ANSWER_STATEMENTS) ? principal : null;
}
