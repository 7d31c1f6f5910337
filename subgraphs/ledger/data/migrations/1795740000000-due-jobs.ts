import type { MigrationInterface, QueryRunner } from 'typeorm';
import { installJobQueue } from '../../../../kernel/db/jobs/job-schema';

/** The queue of jobs that do what falls due (docs/adr/0010). */
export class DueJobs1795740000000 implements MigrationInterface {
  readonly name = 'DueJobs1795740000000';
  /** The queue's own migrations begin and end their transactions; repeated after an interruption they go on. */
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await installJobQueue(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema jobs cascade');
  }
}
