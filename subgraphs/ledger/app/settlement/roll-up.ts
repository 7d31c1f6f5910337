import type { Database } from '../../../../kernel/db/database';
import { inTransaction } from '../../../../kernel/db/transaction';
import type { Logger } from '../../../../kernel/telemetry/log';
import { idsGivenOut, rollUpSome } from '../../data/settlement/roll-up.store';

/** Between looks at how many transaction ids were given out. */
const LOOK_MS = 2_000;
/** Fewer ids between two looks: nobody is in a hurry, so claims are rolled up now. */
const QUIET_IDS = 100;
/** More ids since the last pass: rolled up whether it is quiet or not, so that a close never has more to catch up with. */
const WAITING_IDS_MAX = 3_000;
/** Ids that a pass and the keeping of its state take themselves. */
const OWN_IDS = 2;

/** Whether claims should be rolled up now: something waits, and it is quiet or too much waits. */
export function isTimeToRollUp({ waiting, sinceLook }: { waiting: number; sinceLook: number }): boolean {
  return waiting > OWN_IDS && (sinceLook < QUIET_IDS || waiting > WAITING_IDS_MAX);
}

/** Rolls up everything that was committed by now, in steps of a transaction each. */
export async function rollUpInSteps(database: Database): Promise<void> {
  for (;;) if ((await inTransaction(database, rollUpSome))?.isDone !== false) return;
}

/** Rolls claims up behind the postings; of several processes one at a time does. */
export class RollUps {
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> = Promise.resolve();
  private lastGivenOut = 0;
  private isStopped = false;

  constructor(
    private readonly database: Database,
    private readonly log: Logger,
  ) {}

  start(): void {
    if (this.isStopped) return;
    this.timer = setTimeout(() => {
      this.running = this.look().then(() => this.start());
    }, LOOK_MS);
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
    await this.running;
  }

  private async look(): Promise<void> {
    try {
      const { givenOut, rolledUp } = await idsGivenOut(this.database.pool);
      const sinceLook = givenOut - this.lastGivenOut;
      this.lastGivenOut = givenOut;
      if (isTimeToRollUp({ waiting: givenOut - rolledUp, sinceLook })) await rollUpInSteps(this.database);
    } catch (error) {
      // The database is away, or stops with us: the next look makes up for it.
      if (!this.isStopped) this.log.warn({ event: 'rollUp.failed', err: error });
    }
  }
}
