import type { Database } from '../../../kernel/db/database';
import { Rounds } from '../../../kernel/db/jobs/rounds';
import { inTransaction } from '../../../kernel/db/transaction';
import type { Logger } from '../../../kernel/telemetry/log';
import type { Clock } from '../../../kernel/values/clock';
import { tellSome } from '../data/terms-notice.store';

/** Between looks at whether somebody is to be told something. */
const LOOK_MS = 1_000;
/** The most members one transaction tells. */
const BATCH = 1_000;

export interface NoticeSurroundings {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
  /** The most members one transaction tells; default 1,000. */
  readonly batch?: number;
  readonly lookMs?: number;
}

/**
 * Tells members of terms that change, behind everything else; of several processes each takes another version. Interrupted, the next
 * round goes on where the last batch ended.
 */
export function noticeRounds({ database, clock, log, batch = BATCH, lookMs = LOOK_MS }: NoticeSurroundings): Rounds {
  const tell = () => inTransaction(database, (tx) => tellSome(tx, { limit: batch, at: clock.now() }));
  return new Rounds({
    everyMs: lookMs,
    round: async (goesOn) => {
      while (goesOn() && (await tell()));
    },
    onFailed: (error) => log.warn({ event: 'termsNotices.failed', err: error }),
  });
}
