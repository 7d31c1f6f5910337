import type { DatabaseDefinition } from '../../kernel/db/database';
import { AuditLog1795880200000 } from './migrations/1795880200000-audit-log';
import { Intake1795880400000 } from './migrations/1795880400000-intake';
import { KeyAddresses1795881000000 } from './migrations/1795881000000-key-addresses';
import { PartnerKeys1763890000000 } from './migrations/1763890000000-partner-keys';
import { SpentBudgets1795880000000 } from './migrations/1795880000000-spent-budgets';
import { TrustedDocuments1795880100000 } from './migrations/1795880100000-trusted-documents';

/**
 * The gateway's own database, operational facts only: partner keys as partners announced them, what callers spent this minute, the
 * documents that may be named, and the audit log.
 */
export const gatewayDatabase: DatabaseDefinition = {
  name: 'gateway',
  rows: [],
  migrations: [
    PartnerKeys1763890000000,
    SpentBudgets1795880000000,
    TrustedDocuments1795880100000,
    AuditLog1795880200000,
    Intake1795880400000,
    KeyAddresses1795881000000,
  ],
  appendOnly: ['audit_line'],
};
