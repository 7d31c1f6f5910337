import type { Pool } from 'pg';
import { DataSource, type MigrationInterface } from 'typeorm';
import type { ProgrammeId } from '../values/id';
import { survivesLosses } from './borrow';
import { clientName } from './client-name';
import { MIGRATION_TABLE } from './migration-table';
import { QuietLogger } from './quiet-logger';
import type { Tenancy } from './tenancy';
import { TenantViews, tenantRoleOf } from './tenant-views';

/** A class with TypeORM column decorators (`*.row.ts`). */
export type RowClass = new () => object;

/** A migration class; its name ends in the 13-digit moment it was written, which is the order they run in. */
export type MigrationClass = new () => MigrationInterface;

/** What a subgraph says about its own database. */
export interface DatabaseDefinition {
  /** The subgraph's name, in lower case. */
  readonly name: string;
  readonly rows: readonly RowClass[];
  /** Listed one by one, never by a file pattern, so that source, `dist/` and tests run the same ones. */
  readonly migrations: readonly MigrationClass[];
  /**
   * Tables whose rows are never changed or removed: the application's role may only read them and add to them. Each must
   * be one the migrations make. A migration must not undo this with a function that is `security definer`.
   */
  readonly appendOnly: readonly string[];
  /** How its rows are kept apart by programme; left out where no request reads it as one programme's. */
  readonly tenancy?: Tenancy;
}

export interface OpenDatabaseOptions extends DatabaseDefinition {
  /** As the application's role; as the owner only to migrate. */
  readonly url: string;
  /** At most this many connections, and as many again for what `within` reaches; default 10. */
  readonly poolSize?: number;
  /** The server breaks off a statement that takes longer; default 15,000. */
  readonly statementTimeoutMs?: number;
  /** The purpose part of the name seen in `pg_stat_activity`; default the subgraph's name. */
  readonly applicationName?: string;
}

/** An open connection pool to one subgraph's own database, with the two ways to speak to it. */
export interface Database {
  readonly name: string;
  /** As its definition says. */
  readonly appendOnly: readonly string[];
  readonly tenancy: Tenancy | null;
  /** For repositories and entity managers. */
  readonly dataSource: DataSource;
  /** The very pool the data source uses, for hot paths that speak `pg` directly. */
  readonly pool: Pool;
  /**
   * The same database as one programme sees it, held by row-level security and not by anybody's filter: no row of another can be
   * read or written through it, whatever the statement, and none at all where the programme is null. Closing it closes nothing.
   *
   * @throws TypeError when its definition does not say how rows are kept apart
   */
  within(programmeId: ProgrammeId | null): Database;
  /** Waits for what is under way, then closes the pool; calling it twice does no harm. */
  close(): Promise<void>;
}

/**
 * Connects to a subgraph's database. It does not migrate: see `migrate`.
 *
 * Numbers: `bigint` and `numeric` arrive as strings; map such a column with `bigintColumn`, and convert yourself in raw
 * queries. Never use `repository.sum()` on them: it rounds.
 *
 * @throws Error of `pg` when the server does not answer or refuses us
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<Database> {
  const logger = new QuietLogger(options.name);
  const dataSource = new DataSource({
    type: 'postgres',
    url: options.url,
    applicationName: clientName(options.applicationName ?? options.name),
    entities: [...options.rows],
    migrations: [...options.migrations],
    migrationsTableName: MIGRATION_TABLE,
    migrationsTransactionMode: 'each',
    installExtensions: false,
    uuidExtension: 'pgcrypto',
    logger,
    poolSize: options.poolSize ?? 10,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    extra: limitsOf(options),
  });
  await dataSource.initialize();
  const { master: pool } = dataSource.driver as unknown as { master: Pool };
  survivesLosses(pool);
  const views = options.tenancy === undefined ? null : openViews(options, dataSource, logger);
  const whole: Omit<Database, 'within' | 'close'> = {
    name: options.name,
    appendOnly: options.appendOnly,
    tenancy: options.tenancy ?? null,
    dataSource,
    pool,
  };
  const within = (programmeId: ProgrammeId | null): Database => {
    if (views === null) throw new TypeError(`within: ${options.name} does not say how its rows are kept apart`);
    return { ...whole, ...views.of(programmeId), within, close: () => Promise.resolve() };
  };
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> =>
    (closing ??= Promise.all([dataSource.destroy(), views?.close()]).then(() => undefined));
  return { ...whole, within, close };
}

const CONNECT_TIMEOUT_MS = 10_000;

function limitsOf({ statementTimeoutMs = 15_000 }: OpenDatabaseOptions) {
  return {
    statement_timeout: statementTimeoutMs,
    // A transaction whose owner hangs would hold its row locks for ever.
    idle_in_transaction_session_timeout: 60_000,
  };
}

function openViews(options: OpenDatabaseOptions, dataSource: DataSource, logger: QuietLogger): TenantViews {
  return new TenantViews(dataSource, {
    connectionString: options.url,
    application_name: clientName(`${options.applicationName ?? options.name}:tenant`),
    max: options.poolSize ?? 10,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    ...limitsOf(options),
    role: tenantRoleOf(decodeURIComponent(new URL(options.url).username)),
    onError: (error) => logger.log('warn', error.message),
  });
}
