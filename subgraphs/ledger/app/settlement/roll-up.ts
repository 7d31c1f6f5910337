import type { Database } from '../../../../kernel/db/database';
import { Rounds } from '../../../../kernel/db/jobs/rounds';
import { inTransaction } from '../../../../kernel/db/transaction';
import type { Logger } from '../../../../kernel/telemetry/log';
import type { RollUp } from '../../data/roll-up';
import { CLAIMS_ROLLED_UP } from '../../data/settlement/roll-up.store';

/** Between looks at how many transaction ids were given out. */
const LOOK_MS = 2_000;
/** Fewer ids between two looks: nobody is in a hurry, so what waits is rolled up now. */
const QUIET_IDS = 100;
/** More ids since the last pass: rolled up whether it is quiet or not, so that a close, or a report, never has more to catch up with. */
const WAITING_IDS_MAX = 3_000;
/** Ids that a pass and the keeping of its state take themselves. */
const OWN_IDS = 2;

/** Whether it is time to roll up: something waits, and it is quiet or too much waits. */
export function isTimeToRollUp({ waiting, sinceLook }: { waiting: number; sinceLook: number }): boolean {
  return waiting > OWN_IDS && (sinceLook < QUIET_IDS || waiting > WAITING_IDS_MAX);
}

/** Rolls up everything that was committed by now, in steps of a transaction each; claims when nothing else is said. */
export async function rollUpInSteps(database: Database, what: RollUp = CLAIMS_ROLLED_UP): Promise<void> {
  for (;;) if ((await inTransaction(database, (tx) => what.some(tx)))?.isDone !== false) return;
}

/** Rolls up behind the postings; of several processes one at a time does. */
export function rollUpRounds(database: Database, log: Logger, what: RollUp): Rounds {
  let lastGivenOut = 0;
  return new Rounds({
    everyMs: LOOK_MS,
    round: async () => {
      const { givenOut, rolledUp } = await what.idsGivenOut(database.pool);
      const sinceLook = givenOut - lastGivenOut;
      lastGivenOut = givenOut;
      if (isTimeToRollUp({ waiting: givenOut - rolledUp, sinceLook })) await rollUpInSteps(database, what);
    },
    onFailed: (error) => log.warn({ event: 'rollUp.failed', of: what.name, err: error }),
  });
}
