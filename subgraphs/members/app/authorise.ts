import type { Principal } from '../../../kernel/context/principal';
import type { Refusal } from '../../../kernel/errors/refusal';
import { forbidden } from '../../../kernel/errors/shared-refusals';
import type { PartnerId, ProgrammeId } from '../../../kernel/values/id';
import type { Reader } from '../core/member';

export type AdminPrincipal = Extract<Principal, { kind: 'admin' }>;
export type MemberPrincipal = Extract<Principal, { kind: 'member' }>;

/** Who enrols: a partner, or the operator, whose enrolments link nobody. */
export interface Enroller {
  readonly programmeId: ProgrammeId;
  readonly partnerId: PartnerId | null;
}

/** Lets partner keys that may enrol, and admins, through; everyone else hears FORBIDDEN. */
export function enrollerOf(principal: Principal): Enroller | Refusal {
  if (principal.kind === 'admin') return { programmeId: principal.programmeId, partnerId: null };
  if (principal.kind !== 'partner') return forbidden('Only a partner or an admin of the programme may enrol members.');
  if (!principal.scopes.includes('members:enrol')) return forbidden('This key lacks the scope members:enrol.');
  return { programmeId: principal.programmeId, partnerId: principal.partnerId };
}

/** Lets members through, who act for themselves; everyone else hears FORBIDDEN. */
export function memberOf(principal: Principal): MemberPrincipal | Refusal {
  return principal.kind === 'member' ? principal : forbidden('Only members may do this, for themselves.');
}

/** Lets the coalition's admin through; everyone else hears FORBIDDEN. */
export function adminOf(principal: Principal): AdminPrincipal | Refusal {
  return principal.kind === 'admin' ? principal : forbidden('Only an admin of the programme may do this.');
}

/** As whom a principal reads members; null for those to whom no member exists. */
export function readerOf(principal: Principal): Reader | null {
  switch (principal.kind) {
    case 'admin':
    case 'finance':
    case 'service':
      return { kind: 'PROGRAMME', programmeId: principal.programmeId };
    case 'member':
      return { kind: 'MEMBER', programmeId: principal.programmeId, memberId: principal.memberId };
    case 'partner': {
      const { programmeId, partnerId, scopes } = principal;
      return { kind: 'PARTNER', programmeId, partnerId, mayRead: scopes.includes('members:read') };
    }
    case 'staff':
      return { kind: 'PARTNER', programmeId: principal.programmeId, partnerId: principal.partnerId, mayRead: true };
    case 'host':
    case 'anonymous':
      return null;
  }
}
