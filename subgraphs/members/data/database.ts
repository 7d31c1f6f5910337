import type { DatabaseDefinition } from '../../../kernel/db/database';
import { IdentityLinkRow } from './identity-link.row';
import { MemberRow } from './member.row';
import { Members1763890000000 } from './migrations/1763890000000-members';
import { MemberFacts1795825040000 } from './migrations/1795825040000-member-facts';
import { TermsNotices1795891500000 } from './migrations/1795891500000-terms-notices';
import { LeavingPartners1795825030000 } from './migrations/1795825030000-leaving-partners';
import { PartnerLinkRow } from './partner-link.row';

/** This subgraph's own database: nobody else reads it. */
export const membersDatabase = {
  name: 'members',
  rows: [MemberRow, IdentityLinkRow, PartnerLinkRow],
  migrations: [Members1763890000000, LeavingPartners1795825030000, MemberFacts1795825040000, TermsNotices1795891500000],
  appendOnly: ['outbox', 'command_key'],
} as const satisfies DatabaseDefinition;
