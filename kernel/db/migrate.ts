import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { MigrationExecutor, type QueryRunner } from 'typeorm';
import type { Database } from './database';
import { applyGrants, assertTablesExist } from './grants';
import { MIGRATION_TABLE } from './migration-table';
import { applyTenancy, assertTenancyComplete } from './tenancy';

export interface MigrateOptions {
  /** The role that is to work with the tables but not to own them; default: the owner itself is the application. */
  readonly applicationRole?: string;
}

/**
 * Runs the migrations that have not run yet, oldest first, each in its own transaction. When several processes start at
 * once, one migrates and the others wait and find nothing left to do. Then sees to it that the application's role has the
 * rights it needs and no others, and that rows of programmes are kept apart.
 *
 * @param database as the owner of the database
 * @returns the names of the migrations that ran now, in order
 * @throws TypeError when the definition calls a table append-only that does not exist, or leaves open whose rows one holds
 * @throws DatabaseFault HUB_DATABASE_TENANT_ROLE_MISSING
 */
export async function migrate(database: Database, { applicationRole }: MigrateOptions = {}): Promise<string[]> {
  const runner = database.dataSource.createQueryRunner();
  try {
    await acquireMigrationLock(runner);
    // A migration may rewrite a table for minutes, but must not queue behind a long reader and block everyone after it.
    await runner.query(`/* kernel.migrate.relax */ set statement_timeout = 0`);
    await runner.query(`/* kernel.migrate.restrain */ set lock_timeout = '10s'`);
    // First too: a migration as an owner that is new here would see no rows.
    await keepApart(runner, database, applicationRole);
    const executor = new MigrationExecutor(database.dataSource, runner);
    executor.transaction = 'each';
    const done = await executor.executePendingMigrations();
    await assertTablesExist(runner, database);
    if (applicationRole !== undefined)
      await applyGrants(runner, { role: applicationRole, appendOnly: database.appendOnly });
    if (database.tenancy !== null) await assertTenancyComplete(runner, { name: database.name, ...database.tenancy });
    await keepApart(runner, database, applicationRole);
    return done.map((migration) => migration.name);
  } finally {
    await releaseMigrationLock(runner);
    await runner.release();
  }
}

async function keepApart(runner: QueryRunner, database: Database, applicationRole?: string): Promise<void> {
  const { name, appendOnly, tenancy } = database;
  if (tenancy === null) return;
  const [owner] = (await runner.query('/* kernel.migrate.owner */ select current_user::text as role')) as {
    role: string;
  }[];
  await applyTenancy(runner, { name, appendOnly, ...tenancy, applicationRole: applicationRole ?? owner!.role });
}

/** Whether the role of this connection is one that `migrate` can work as. */
export async function mayMigrate(database: Database): Promise<boolean> {
  const { rows } = await database.pool.query<{ may: boolean }>(
    `/* kernel.migrate.mayMigrate */
     select coalesce((select pg_has_role(r.relowner, 'USAGE') from pg_class r
                       where r.relnamespace = 'public'::regnamespace and r.relname = $1),
                     has_schema_privilege('public', 'CREATE')) as may`,
    [MIGRATION_TABLE],
  );
  return rows[0]?.may === true;
}

/**
 * The migrations that have not run yet, oldest first; looking changes nothing. Where nobody has granted us a look at the
 * table that remembers them, `migrate` has work to do as well: all are named then.
 */
export async function pendingMigrations(database: Database): Promise<string[]> {
  const wanted = database.dataSource.migrations.map((migration) => migration.name ?? migration.constructor.name);
  const { rows } = await database.pool.query<{ readable: boolean | null }>(
    `/* kernel.migrate.canLook */ select has_table_privilege(to_regclass('public.${MIGRATION_TABLE}'), 'SELECT') as readable`,
  );
  if (rows[0]?.readable !== true) return wanted;
  const { rows: done } = await database.pool.query<{ name: string }>(
    `/* kernel.migrate.done */ select name from public.${MIGRATION_TABLE}`,
  );
  const names = new Set(done.map(({ name }) => name));
  return wanted.filter((name) => !names.has(name));
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
