import { join } from 'node:path';
import { openDatabase, type Database, type DatabaseDefinition } from '../../kernel/db/database';
import { assertDurable } from '../../kernel/db/durability';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../kernel/db/embedded/embedded-postgres';
import { migrate } from '../../kernel/db/migrate';
import { provisionDatabase } from '../../kernel/db/provision';
import { Fault } from '../../kernel/errors/fault';
import type { DatabaseOwner, HubConfig } from './config';
import type { OwnSecrets } from './secrets';

/** The databases of one process: each external where the configuration says so, the rest on the embedded server. */
export class HubDatabases {
  private readonly opened: Database[] = [];

  private constructor(
    private readonly config: HubConfig,
    private readonly secrets: OwnSecrets,
    private readonly embedded: EmbeddedPostgres | null,
  ) {}

  /** Starts or joins the embedded server when one of `owners` needs it. */
  static async open(options: {
    config: HubConfig;
    secrets: OwnSecrets;
    owners: readonly DatabaseOwner[];
    onProgress?: (message: string) => void;
  }): Promise<HubDatabases> {
    const { config, secrets, owners, onProgress } = options;
    const needsEmbedded = owners.some((owner) => config.databaseUrls[owner] === undefined);
    const embedded = needsEmbedded ? await startEmbeddedPostgres({ dataDir: clusterDir(config), onProgress }) : null;
    return new HubDatabases(config, secrets, embedded);
  }

  /** The superuser's URL of the embedded server, for benches; null when every database is external. */
  get embeddedUrl(): string | null {
    return this.embedded?.superuserUrl ?? null;
  }

  /** Where an owner's database is; on the embedded server it is made on the way. Contains a password. */
  async urlOf(owner: DatabaseOwner): Promise<string> {
    const external = this.config.databaseUrls[owner];
    if (external !== undefined) return external;
    if (this.embedded === null) throw new TypeError(`urlOf: ${owner} was not among the owners this was opened for`);
    return provisionDatabase(this.embedded.superuserUrl, {
      name: `hub_${owner}`,
      role: `hub_${owner}`,
      password: this.secrets.databasePassword(owner),
      replication: owner === 'ledger',
    });
  }

  /**
   * Connects to one database without changing it.
   *
   * @throws Fault HUB_DATABASE_UNREACHABLE in words; DatabaseFault when the server could lose commits or is too old
   */
  async connect(definition: DatabaseDefinition): Promise<Database> {
    const owner = definition.name as DatabaseOwner;
    const url = await this.urlOf(owner);
    const database = await openDatabase({ ...definition, url, poolSize: this.config.databasePool }).catch(
      (cause: Error) => {
        const where = `${new URL(url).host}/${new URL(url).pathname.slice(1)}`;
        throw new Fault(
          'HUB_DATABASE_UNREACHABLE',
          `The database of ${owner} at ${where} cannot be used: ${cause.message}`,
          { cause },
        );
      },
    );
    this.opened.push(database);
    await assertDurable(database);
    return database;
  }

  /** Connects to one database and brings it up to date. */
  async connectMigrated(definition: DatabaseDefinition): Promise<Database> {
    const database = await this.connect(definition);
    await migrate(database);
    return database;
  }

  /** Closes the pools, then leaves the embedded server, which stops when nobody else is there. */
  async close(): Promise<void> {
    await Promise.all(this.opened.map(closeFully));
    await this.embedded?.stop();
  }
}

const GOODBYE_MS = 2_000;

/**
 * Closes a pool and waits until its connections are gone: the pool itself says so while they are still saying goodbye, and a
 * server that stops meanwhile would complain to each of them.
 */
async function closeFully(database: Database): Promise<void> {
  let left = database.pool.totalCount;
  const gone = new Promise<void>((resolve) => {
    database.pool.on('remove', () => {
      left -= 1;
      if (left <= 0) resolve();
    });
    if (left === 0) resolve();
  });
  await database.close();
  await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, GOODBYE_MS).unref())]);
}

/** The folder of the embedded cluster. */
export function clusterDir(config: HubConfig): string {
  return join(config.dataDir, 'postgres');
}

/**
 * Makes the databases and roles that the configured URLs name, on a server of somebody else's; what exists stays.
 *
 * @throws Fault HUB_DATABASE_ADMIN_MISSING without a URL of one who may
 */
export async function provisionExternal(config: HubConfig, owners: readonly DatabaseOwner[]): Promise<string[]> {
  const administrator = config.databaseAdminUrl;
  if (administrator === null) {
    throw new Fault(
      'HUB_DATABASE_ADMIN_MISSING',
      'Set HUB_DATABASE_ADMIN_URL to a role that may create databases and roles.',
    );
  }
  const lines: string[] = [];
  for (const owner of owners) {
    const url = config.databaseUrls[owner];
    if (url === undefined) continue;
    const { pathname, username, password } = new URL(url);
    const [name, role] = [decodeURIComponent(pathname.slice(1)), decodeURIComponent(username)];
    const replication = owner === 'ledger';
    await provisionDatabase(administrator, { name, role, password: decodeURIComponent(password), replication });
    lines.push(`${owner}: database ${name} and role ${role} are there`);
  }
  return lines;
}
