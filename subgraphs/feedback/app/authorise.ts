import type { Principal } from '../../../kernel/context/principal';
import type { Refusal } from '../../../kernel/errors/refusal';
import { forbidden } from '../../../kernel/errors/shared-refusals';

type Admin = Extract<Principal, { kind: 'admin' }>;
type Member = Extract<Principal, { kind: 'member' }>;

/** Lets admins through, for their own programme; everyone else hears FORBIDDEN. */
export function adminOf(principal: Principal): Admin | Refusal {
  return principal.kind === 'admin' ? principal : forbidden('Only an admin of the programme may do this.');
}

/** Lets members through, who act for themselves; everyone else hears FORBIDDEN. */
export function memberOf(principal: Principal): Member | Refusal {
  return principal.kind === 'member' ? principal : forbidden('Only members may do this, for themselves.');
}
