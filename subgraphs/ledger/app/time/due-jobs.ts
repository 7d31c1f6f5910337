import type { Job, JobQueueOptions } from '../../../../kernel/db/jobs/job-queue';
import type { Logger } from '../../../../kernel/telemetry/log';
import { idFromUuid, parseId } from '../../../../kernel/values/id';
import { programmesOnWallTime } from '../../data/programme.store';
import { doDueWork, nextDueInstant, type DueLedger } from './due-work';

/** Finds out, every minute, which programmes have something due before the next one. */
export const LOOK_FOR_DUE_WORK = 'ledger.dueWork.look';
/** Does what is due in one programme; payload `{ programmeId }`. */
export const DO_DUE_WORK = 'ledger.dueWork.do';

/** Items in one transaction: a till that comes for one of their wallets waits for so many at the most. */
export const DUE_BATCH = 100;
/** Items in one job, so that no programme keeps the others waiting. */
const DUE_JOB_ITEMS_MAX = 5_000;
/** How long what is due waits for a wallet that somebody else keeps locked, before it is left for the next minute. */
export const DUE_LOCK_WAIT_MS_MAX = 200;

const MINUTE_MS = 60_000;

/**
 * The jobs by which programmes on wall time do what falls due; a sandbox with a test clock waits for its clock. Two may run at
 * once and any may be killed and begun anew: what was done is not due any more.
 *
 * @param ledger with lanes of its own, so that no till queues behind what is due
 */
export function dueJobs(ledger: DueLedger, log: Logger): Pick<JobQueueOptions, 'jobs' | 'everyMinute'> {
  const look: Job = async (_payload, queue) => {
    const now = ledger.clock.now();
    for (const uuid of await programmesOnWallTime(ledger.database.pool)) {
      if (queue.stopping.aborted) return;
      const programmeId = idFromUuid('prg', uuid);
      const due = await nextDueInstant(ledger, programmeId, new Date(now.getTime() + MINUTE_MS));
      if (due !== null) await queue.add(jobOf(programmeId, due));
    }
  };
  const work: Job = async (payload, queue) => {
    const programmeId = parseId('prg', (payload as { programmeId: string }).programmeId);
    if (programmeId === null) throw new TypeError(`${DO_DUE_WORK}: no programme`);
    const { isDone } = await doDueWork(ledger, programmeId, {
      now: ledger.clock.now(),
      batch: DUE_BATCH,
      itemsMax: DUE_JOB_ITEMS_MAX,
      stopping: queue.stopping,
      onLeft: (memberId, error) => log.warn({ event: 'due.left', programmeId, memberId, err: error }),
    });
    if (!isDone) await queue.add(jobOf(programmeId, ledger.clock.now()));
  };
  return { jobs: { [LOOK_FOR_DUE_WORK]: look, [DO_DUE_WORK]: work }, everyMinute: [LOOK_FOR_DUE_WORK] };
}

/** The one waiting job of a programme. */
function jobOf(programmeId: string, runAt: Date) {
  return { task: DO_DUE_WORK, key: `${DO_DUE_WORK}:${programmeId}`, payload: { programmeId }, runAt };
}
