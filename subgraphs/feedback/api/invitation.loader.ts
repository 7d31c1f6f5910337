import DataLoader from 'dataloader';
import type { Principal } from '../../../kernel/context/principal';
import { readInvitations } from '../app/read-invitations';
import type { FeedbackSetting } from '../app/setting';
import type { Invitation, InvitationId } from '../core/invitation';

/** One query for all invitations an operation names. */
export interface FeedbackLoaders {
  readonly invitation: DataLoader<InvitationId, Invitation | null>;
}

export function openLoaders(setting: FeedbackSetting, principal: Principal): FeedbackLoaders {
  return {
    invitation: new DataLoader<InvitationId, Invitation | null>(async (ids) => {
      const seen = await readInvitations(setting, principal, ids);
      const found = new Map(seen.map((invitation) => [invitation.id, invitation]));
      return ids.map((id) => found.get(id) ?? null);
    }),
  };
}
