import { setTimeout as pause } from 'node:timers/promises';
import { Logger, parseCronItems, run, type Runner, type TaskList } from 'graphile-worker';
import { Pool } from 'pg';
import type { Logger as Log } from '../../telemetry/log';
import { clientName } from '../client-name';
import { JOB_SCHEMA } from './names';

/** Where and when a job is to run. */
export interface NewJob {
  readonly task: string;
  /** One waiting job for each key: adding it again changes that one. One that is running makes room for a new one. */
  readonly key: string;
  readonly payload: object;
  /** Not before; default at once. */
  readonly runAt?: Date;
}

/** What a job does; it may be run again after a failure, or by two at once, and must bear both. */
export type Job = (payload: unknown, queue: RunningQueue) => Promise<void>;

/** What a job may ask of the queue it runs in. */
export interface RunningQueue {
  add(job: NewJob): Promise<void>;
  /** Aborted when the process is to stop: a long job ends after its present batch. */
  readonly stopping: AbortSignal;
}

export interface JobQueueOptions {
  /** As the application's role. */
  readonly url: string;
  readonly log: Log;
  readonly jobs: Readonly<Record<string, Job>>;
  /** Tasks that are begun every minute by one of all processes, and once by each that starts. */
  readonly everyMinute: readonly string[];
}

/** How long a queue whose runner ended waits before it opens another. */
const REOPEN_MS = 1_000;
/** How often jobs that wait for an instant are looked for; a job to be run at once is told of by NOTIFY. */
const POLL_MS = 1_000;

/**
 * Runs jobs of a queue that lives in the database (`installJobQueue`), one at a time in each process. A job is leased by one
 * process; one whose process died is begun anew by the next start or the next minute, because the key of a leased job is free
 * for a new one. When the database goes away it waits for it and goes on.
 */
export class JobQueue {
  private readonly ending = new AbortController();
  private runner: Runner | null = null;
  private running: Promise<void> = Promise.resolve();
  private readonly logger: Logger;

  constructor(private readonly options: JobQueueOptions) {
    this.logger = new Logger(() => (level, message) => {
      if (level === 'error' || level === 'warning') options.log.warn({ event: 'jobs.queue', message });
    });
  }

  start(): void {
    this.running = this.keepRunning();
  }

  /** Waits for the job under way, which ends after its present batch. */
  async stop(): Promise<void> {
    this.ending.abort();
    // A runner that ended by itself says so by rejecting, and there is nothing left to stop.
    await this.runner?.stop().catch(() => undefined);
    await this.running;
  }

  private async keepRunning(): Promise<void> {
    const { signal } = this.ending;
    while (!signal.aborted) {
      await this.runOnce().catch((error: unknown) => this.options.log.warn({ event: 'jobs.ended', err: error }));
      if (!signal.aborted) await pause(REOPEN_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Until it is stopped, or the database has been away for long. */
  private async runOnce(): Promise<void> {
    const { url, log, everyMinute } = this.options;
    const pool = new Pool({ connectionString: url, max: 4, application_name: clientName('jobs') });
    const onError = (error: Error) => log.warn({ event: 'jobs.disconnected', err: error });
    pool.on('error', onError);
    pool.on('connect', (client) => client.on('error', onError));
    try {
      this.runner = await run({
        pgPool: pool,
        schema: JOB_SCHEMA,
        logger: this.logger,
        taskList: this.taskList(),
        parsedCronItems: parseCronItems(
          everyMinute.map((task) => ({ task, match: '* * * * *', options: { jobKey: task, backfillPeriod: 0 } })),
        ),
        concurrency: 1,
        pollInterval: POLL_MS,
        noHandleSignals: true,
      });
      const { runner } = this;
      if (this.ending.signal.aborted) await runner.stop();
      else for (const task of everyMinute) await runner.addJob(task, {}, { jobKey: task });
      await runner.promise;
    } finally {
      this.runner = null;
      await pool.end();
    }
  }

  private taskList(): TaskList {
    const { jobs } = this.options;
    return Object.fromEntries(
      Object.entries(jobs).map(([name, job]): [string, TaskList[string]] => [
        name,
        (payload, { addJob }) =>
          job(payload, {
            stopping: this.ending.signal,
            add: async ({ task, key, payload: what, runAt }) => {
              await addJob(task, what, { jobKey: key, ...(runAt && { runAt }) });
            },
          }),
      ]),
    );
  }
}
