import type { Principal } from '../../../kernel/context/principal';
import { forbidden } from '../../../kernel/errors/shared-refusals';
import type { Refusal } from '../../../kernel/errors/refusal';
import type { PartnerId } from '../../../kernel/values/id';

export type Admin = Extract<Principal, { kind: 'admin' }>;

/** Lets the coalition's admin through; everyone else hears FORBIDDEN. */
export function adminOf(principal: Principal): Admin | Refusal {
  return principal.kind === 'admin' ? principal : forbidden('Only an admin of the programme may do this.');
}

/** A person of a programme: who asks for a change of it. */
export type Person = Extract<Principal, { kind: 'admin' | 'finance' | 'staff' }>;

/** Who asks, as far as a change of a programme needs to know. */
export type Asker = Pick<Person, 'programmeId' | 'subject'>;

/** Lets the ledger through, which knows when a partner's points have run off; everyone else hears FORBIDDEN. */
export function ledgerOf(principal: Principal): Asker | Refusal {
  return principal.kind === 'service' && principal.name === 'ledger'
    ? { programmeId: principal.programmeId, subject: 'ledger' }
    : forbidden('Only the ledger says that a partner has left.');
}

/** A person who may approve what another proposed: an admin or a finance approver. */
export type Approver = Extract<Principal, { kind: 'admin' | 'finance' }>;

/** Lets approvers through; everyone else hears FORBIDDEN. */
export function approverOf(principal: Principal): Approver | Refusal {
  if (principal.kind === 'admin' || principal.kind === 'finance') return principal;
  return forbidden('Only a finance approver or an admin of the programme may do this.');
}

/** Whether a principal may read what a partner agreed: the partner itself, and those who run the programme. */
export function mayReadTermsOf(principal: Principal, partnerId: PartnerId): boolean {
  switch (principal.kind) {
    case 'admin':
    case 'finance':
    case 'service':
      return true;
    case 'partner':
    case 'staff':
      return principal.partnerId === partnerId;
    case 'member':
    case 'host':
    case 'anonymous':
      return false;
  }
}
