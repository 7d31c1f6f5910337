import { z } from 'zod';
import { readEnv } from '../../kernel/config/env';

/** What can be set about the ledger's process. */
export interface LedgerConfig {
  /** Posting lanes, each a connection of its own. */
  readonly lanes: number;
  /** The most commands one transaction carries. */
  readonly batchMax: number;
}

/** Reads it, once. */
export function readLedgerConfig(env: NodeJS.ProcessEnv = process.env): LedgerConfig {
  const read = readEnv(
    {
      HUB_LEDGER_LANES: z.coerce.number().int().min(1).max(64).default(2),
      HUB_LEDGER_BATCH_MAX: z.coerce.number().int().min(1).max(5_000).default(500),
    },
    env,
  );
  return { lanes: read.HUB_LEDGER_LANES, batchMax: read.HUB_LEDGER_BATCH_MAX };
}
