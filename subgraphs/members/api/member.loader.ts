import DataLoader from 'dataloader';
import type { Principal } from '../../../kernel/context/principal';
import type { MemberId } from '../../../kernel/values/id';
import { readMembers, readOpenMembers, readPartnerLinks } from '../app/read-members';
import { readTermsNotices } from '../app/terms-notices';
import type { MembersSetting } from '../app/setting';
import type { MemberView } from '../core/member';
import type { PartnerLink } from '../core/partner-link';
import type { TermsNotice } from '../core/terms-notice';

/** One query for all members an operation names, and one for their links. */
export interface MembersLoaders {
  /** A member another subgraph speaks of: partners that may only give points see the bare id. */
  readonly member: DataLoader<MemberId, MemberView | null>;
  /** A member asked for by name: to partners that may only give points it is not there. */
  readonly openMember: DataLoader<MemberId, MemberView | null>;
  readonly partnerLinks: DataLoader<MemberId, PartnerLink[]>;
  readonly termsNotices: DataLoader<MemberId, TermsNotice[]>;
}

export function openLoaders(setting: MembersSetting, principal: Principal): MembersLoaders {
  const members = (read: typeof readMembers) =>
    new DataLoader<MemberId, MemberView | null>(async (ids) => {
      const found = new Map((await read(setting, principal, ids)).map((view) => [view.id, view]));
      return ids.map((id) => found.get(id) ?? null);
    });
  return {
    member: members(readMembers),
    openMember: members(readOpenMembers),
    partnerLinks: new DataLoader(async (ids) => {
      const found = await readPartnerLinks(setting, principal, ids);
      return ids.map((id) => found.filter(({ memberId }) => memberId === id));
    }),
    termsNotices: new DataLoader(async (ids) => {
      const found = await readTermsNotices(setting, principal, ids);
      return ids.map((id) => found.filter(({ memberId }) => memberId === id));
    }),
  };
}
