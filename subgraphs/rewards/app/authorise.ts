import type { Principal } from '../../../kernel/context/principal';
import type { Refusal } from '../../../kernel/errors/refusal';
import { forbidden, invalidInput } from '../../../kernel/errors/shared-refusals';
import type { MemberId, PartnerId, ProgrammeId } from '../../../kernel/values/id';
import type { Voucher } from '../core/voucher';

/** A principal of some programme; everybody but an anonymous caller and the host. */
export type Insider = Extract<Principal, { programmeId: ProgrammeId }>;

/** The refusal for an idempotency key that cannot be one; null for a good one. */
export function keyFault(key: string): Refusal | null {
  if (key.length >= 1 && key.length <= 255 && key.isWellFormed() && !key.includes('\0')) return null;
  return invalidInput('input.idempotencyKey', 'must be 1 to 255 characters');
}

/** The partner for which a reward is offered: the key's own, or the one an admin names. */
export function mayOffer(
  principal: Principal,
  named: PartnerId | null,
): { programmeId: ProgrammeId; partnerId: PartnerId } | Refusal {
  if (principal.kind === 'admin') {
    const { programmeId } = principal;
    return named === null
      ? invalidInput('input.offeredBy', 'an admin names the partner')
      : { programmeId, partnerId: named };
  }
  if (principal.kind !== 'partner' || !principal.scopes.includes('points:redeem')) {
    return forbidden(
      'Rewards are offered by an admin of the programme, or with a partner key that has the scope points:redeem.',
    );
  }
  const { programmeId, partnerId } = principal;
  return named === null || named === partnerId
    ? { programmeId, partnerId }
    : forbidden('A partner key offers its own rewards only.');
}

/** A member redeems with a token; a partner redeems for a member with a key. */
export type Redeeming =
  | { readonly placedBy: 'MEMBER'; readonly programmeId: ProgrammeId; readonly memberId: MemberId }
  | { readonly placedBy: 'PARTNER'; readonly programmeId: ProgrammeId; readonly partnerId: PartnerId };

export function mayRedeem(principal: Principal): Redeeming | Refusal {
  if (principal.kind === 'member') {
    return { placedBy: 'MEMBER', programmeId: principal.programmeId, memberId: principal.memberId };
  }
  if (principal.kind === 'partner' && principal.scopes.includes('points:redeem')) {
    return { placedBy: 'PARTNER', programmeId: principal.programmeId, partnerId: principal.partnerId };
  }
  return forbidden('A reward is taken with a member token, or with a partner key that has the scope points:redeem.');
}

/** Whether a voucher is shown to a reader: its member, the partner that honours it, or an admin of the programme. */
export function maySeeVoucher(principal: Principal, voucher: Voucher): boolean {
  switch (principal.kind) {
    case 'member':
      return principal.programmeId === voucher.programmeId && principal.memberId === voucher.memberId;
    case 'partner':
    case 'staff':
      return principal.programmeId === voucher.programmeId && principal.partnerId === voucher.partnerId;
    case 'admin':
      return principal.programmeId === voucher.programmeId;
    default:
      return false;
  }
}
