import type { DatabaseDefinition } from '../../../kernel/db/database';
import { LedgerBook1795600000000 } from './migrations/1795600000000-ledger-book';

/** The ledger's own database: all its tables are read and written by named SQL, so there are no rows to map. */
export const ledgerDatabase: DatabaseDefinition = {
  name: 'ledger',
  rows: [],
  migrations: [LedgerBook1795600000000],
  appendOnly: ['journal_transaction', 'entry', 'lot', 'claim', 'purchase', 'document', 'command_outcome'],
};
