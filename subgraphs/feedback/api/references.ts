import { parseId } from '../../../kernel/values/id';
import type { Invitation } from '../core/invitation';
import type { FeedbackContext } from './context';

/** A reference is as good as a query: whoever may not see the invitation gets null, as if it were not there. */
export async function resolveInvitation(
  { id }: { id: string },
  { loaders }: FeedbackContext,
): Promise<Invitation | null> {
  const invitationId = parseId('inv', id);
  return invitationId === null ? null : loaders.invitation.load(invitationId);
}
