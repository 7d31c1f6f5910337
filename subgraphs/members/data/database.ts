import type { DatabaseDefinition } from '../../../kernel/db/database';
import { USUAL_TENANCY } from '../../../kernel/db/tenancy';
import { IdentityLinkRow } from './identity-link.row';
import { MemberRow } from './member.row';
import { Members1763890000000 } from './migrations/1763890000000-members';
import { MemberFacts1795825040000 } from './migrations/1795825040000-member-facts';
import { TermsNotices1795893000000 } from './migrations/1795893000000-terms-notices';
import { LeavingPartners1795825030000 } from './migrations/1795825030000-leaving-partners';
import { PartnerLinkRow } from './partner-link.row';
import { CommandKeysOfProgrammes1795892000000 } from './migrations/1795892000000-command-keys-of-programmes';

/** This subgraph's own database: nobody else reads it. */
export const membersDatabase = {
  name: 'members',
  rows: [MemberRow, IdentityLinkRow, PartnerLinkRow],
  migrations: [
    Members1763890000000,
    LeavingPartners1795825030000,
    MemberFacts1795825040000,
    CommandKeysOfProgrammes1795892000000,
    TermsNotices1795893000000,
  ],
  appendOnly: ['outbox', 'command_key'],
  tenancy: USUAL_TENANCY,
} as const satisfies DatabaseDefinition;
