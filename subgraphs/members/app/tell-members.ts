import type { Database } from '../../../kernel/db/database';
import { inTransaction } from '../../../kernel/db/transaction';
import type { Logger } from '../../../kernel/telemetry/log';
import type { Clock } from '../../../kernel/values/clock';
import { tellSome } from '../data/terms-notice.store';

/** Between looks at whether somebody is to be told something. */
const LOOK_MS = 1_000;
/** The most members one transaction tells. */
const BATCH = 1_000;

/** Tells members of terms that change, behind everything else; of several processes each takes another version. */
export class NoticeRounds {
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> = Promise.resolve();
  private isStopped = false;

  constructor(
    private readonly surroundings: {
      readonly database: Database;
      readonly clock: Clock;
      readonly log: Logger;
      /** The most members one transaction tells; default 1,000. */
      readonly batch?: number;
      readonly lookMs?: number;
    },
  ) {}

  start(): void {
    if (this.isStopped) return;
    this.timer = setTimeout(() => {
      this.running = this.look().then(() => this.start());
    }, this.surroundings.lookMs ?? LOOK_MS);
  }

  /** Waits for the batch under way; what is left is told after the next start. */
  async stop(): Promise<void> {
    this.isStopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
    await this.running;
  }

  private async look(): Promise<void> {
    const { database, clock, log, batch: limit = BATCH } = this.surroundings;
    try {
      while (!this.isStopped) {
        if (!(await inTransaction(database, (tx) => tellSome(tx, { limit, at: clock.now() })))) return;
      }
    } catch (error) {
      // The database is away, or stops with us: the next look goes on where the last batch ended.
      if (!this.isStopped) log.warn({ event: 'termsNotices.failed', err: error });
    }
  }
}
