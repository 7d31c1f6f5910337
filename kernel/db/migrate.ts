import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { MigrationExecutor, type QueryRunner } from 'typeorm';
import type { Database } from './database';

/**
 * Runs the migrations that have not run yet, oldest first, each in its own transaction. When several processes start at
 * once, one migrates and the others wait and find nothing left to do.
 *
 * @returns the names of the migrations that ran now, in order
 */
export async function migrate(database: Database): Promise<string[]> {
  const runner = database.dataSource.createQueryRunner();
  try {
    await acquireMigrationLock(runner);
    // A migration may rewrite a table for minutes, but must not queue behind a long reader and block everyone after it.
    await runner.query(`/* kernel.migrate.relax */ set statement_timeout = 0`);
    await runner.query(`/* kernel.migrate.restrain */ set lock_timeout = '10s'`);
    const executor = new MigrationExecutor(database.dataSource, runner);
    executor.transaction = 'each';
    const done = await executor.executePendingMigrations();
    return done.map((migration) => migration.name);
  } finally {
    await releaseMigrationLock(runner);
    await runner.release();
  }
}

const [LOCK_CLASS, LOCK_OBJECT] = [lockNumber('loyalty-hub'), lockNumber('migrate')];

/**
 * Asks again and again instead of waiting inside the statement: a waiting statement holds a snapshot, and a
 * CREATE INDEX CONCURRENTLY of the process that migrates waits for every snapshot, so both would wait for ever.
 */
async function acquireMigrationLock(runner: QueryRunner): Promise<void> {
  for (;;) {
    const [answer] = (await runner.query(`/* kernel.migrate.lock */ select pg_try_advisory_lock($1, $2) as held`, [
      LOCK_CLASS,
      LOCK_OBJECT,
    ])) as { held: boolean }[];
    if (answer?.held) return;
    await pause(50);
  }
}

async function releaseMigrationLock(runner: QueryRunner): Promise<void> {
  if (runner.isTransactionActive) await runner.rollbackTransaction();
  await runner.query(`/* kernel.migrate.restore */ reset statement_timeout`);
  await runner.query(`/* kernel.migrate.unrestrain */ reset lock_timeout`);
  await runner.query(`/* kernel.migrate.unlock */ select pg_advisory_unlock($1, $2)`, [LOCK_CLASS, LOCK_OBJECT]);
}

/** A number for an advisory lock from a name: 32 signed bits, the same everywhere. */
export function lockNumber(name: string): number {
  return createHash('sha256').update(name).digest().readInt32BE(0);
}
