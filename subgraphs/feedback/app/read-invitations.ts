import type { Principal } from '../../../kernel/context/principal';
import { isRefusal, type Refusal } from '../../../kernel/errors/refusal';
import type { Invitation, InvitationId } from '../core/invitation';
import { findInvitations, findOpenInvitations } from '../data/invitation.store';
import { memberOf } from './authorise';
import type { FeedbackSetting } from './setting';

/**
 * Those of the named invitations that the caller may see, in any order and by one statement: a member its own, an admin all
 * of the programme. What was answered shows in none of them.
 */
export async function readInvitations(
  { database }: FeedbackSetting,
  principal: Principal,
  ids: readonly InvitationId[],
): Promise<Invitation[]> {
  if (principal.kind !== 'member' && principal.kind !== 'admin') return [];
  const found = await findInvitations(database.dataSource.manager, principal.programmeId, ids);
  return principal.kind === 'admin' ? found : found.filter(({ memberId }) => memberId === principal.memberId);
}

/** The calling member's invitations that can be answered now, newest first; FORBIDDEN unless a member asks. */
export async function readOpenInvitations(
  { database, clock }: FeedbackSetting,
  principal: Principal,
  page: { after: string | null; limit: number },
): Promise<Invitation[] | Refusal> {
  const member = memberOf(principal);
  if (isRefusal(member)) return member;
  const { programmeId, memberId } = member;
  return findOpenInvitations(database.dataSource.manager, programmeId, { memberId, now: clock.now(), ...page });
}
