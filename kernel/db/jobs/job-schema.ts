import { Logger, runMigrations } from 'graphile-worker';
import { Pool } from 'pg';
import type { QueryRunner } from 'typeorm';
import { clientName } from '../client-name';
import { JOB_SCHEMA } from './names';

/**
 * Makes or renews the tables of the job queue, on a connection of its own and as the owner; for a migration that sets
 * `transaction = false`, because the queue's migrations begin and end their own. Repeated, it does nothing.
 *
 * A newer queue with new tables needs a new migration that calls this again: the application's role cannot make tables.
 */
export async function installJobQueue(runner: QueryRunner): Promise<void> {
  const { url } = runner.connection.options as { url?: string };
  const pool = new Pool({ connectionString: url, max: 1, application_name: clientName('job-schema') });
  const failed = new Promise<never>((_resolve, reject) => {
    pool.on('error', reject);
    pool.on('connect', (client) => client.on('error', reject));
  });
  failed.catch(() => undefined);
  try {
    await Promise.race([
      runMigrations({ pgPool: pool, schema: JOB_SCHEMA, logger: new Logger(() => () => undefined) }),
      failed,
    ]);
    // Row security without a policy lets nobody in but the owner; who may do what is said by grants here.
    const { rows } = await pool.query<{ name: string }>(
      `/* kernel.jobs.guarded */
       select format('%I.%I', $1::text, relname) as name
         from pg_class where relnamespace = $1::regnamespace and relrowsecurity`,
      [JOB_SCHEMA],
    );
    for (const { name } of rows) {
      await pool.query(`/* kernel.jobs.unguard */ alter table ${name} disable row level security`);
    }
  } finally {
    await pool.end();
  }
}
