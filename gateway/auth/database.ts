import type { DatabaseDefinition } from '../../kernel/db/database';
import { PartnerKeys1763890000000 } from './migrations/1763890000000-partner-keys';
import { SpentBudgets1795880000000 } from './migrations/1795880000000-spent-budgets';
import { TrustedDocuments1795880100000 } from './migrations/1795880100000-trusted-documents';

/** The gateway's own database: operational facts only, all of which could be read again from the partners' events. */
export const gatewayDatabase: DatabaseDefinition = {
  name: 'gateway',
  rows: [],
  migrations: [PartnerKeys1763890000000, SpentBudgets1795880000000, TrustedDocuments1795880100000],
  appendOnly: [],
};
