import { join } from 'node:path';
import { openDatabase, type Database, type DatabaseDefinition } from '../../kernel/db/database';
import { assertDurable } from '../../kernel/db/durability';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../kernel/db/embedded/embedded-postgres';
import { mayMigrate, migrate, pendingMigrations } from '../../kernel/db/migrate';
import { provisionDatabase, type DatabaseAccount } from '../../kernel/db/provision';
import { Fault } from '../../kernel/errors/fault';
import { roleOf, type DatabaseOwner, type HubConfig } from './config';
import type { OwnSecrets } from './secrets';

/** Where an owner's database is; the URLs contain passwords. */
interface Whereabouts {
  /** As the role the application runs as. */
  readonly application: string;
  /** As the role that owns the tables; null when nobody gave us one, and the application's role may be the owner. */
  readonly owner: string | null;
}

/** How many connections migrating takes: the one that works, and one to look with. */
const MIGRATION_POOL = 2;

/** The databases of one process: each external where the configuration says so, the rest on the embedded server. */
export class HubDatabases {
  private readonly opened: Database[] = [];
  private readonly found = new Map<DatabaseOwner, Promise<Whereabouts>>();

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

  /** Where the application finds an owner's database; on the embedded server it is made on the way. Contains a password. */
  async urlOf(owner: DatabaseOwner): Promise<string> {
    return (await this.whereIs(owner)).application;
  }

  /**
   * Connects to one database as the application, without changing it.
   *
   * @throws Fault HUB_DATABASE_UNREACHABLE in words; DatabaseFault when the server could lose commits or is too old
   */
  async connect(definition: DatabaseDefinition): Promise<Database> {
    const { application } = await this.whereIs(definition.name as DatabaseOwner);
    const database = await openDurable(definition, application, this.config.databasePool);
    this.opened.push(database);
    return database;
  }

  /**
   * Brings one database up to date, as its owner, and the rights of the application with it. A process that was given no
   * owner only sees to it that somebody else has done so.
   *
   * @returns the names of the migrations that ran now, in order
   * @throws Fault HUB_DATABASE_NOT_MIGRATED when there is something to do and nobody to do it as
   */
  async migrate(definition: DatabaseDefinition): Promise<string[]> {
    const { application, owner } = await this.whereIs(definition.name as DatabaseOwner);
    const database = await openDurable(definition, owner ?? application, MIGRATION_POOL);
    try {
      if (owner !== null) return await migrate(database, { applicationRole: roleOf(application) });
      if (await mayMigrate(database)) return await migrate(database);
      await assertMigrated(database);
      return [];
    } finally {
      await closeFully(database);
    }
  }

  /** Brings one database up to date and connects to it as the application. */
  async connectMigrated(definition: DatabaseDefinition): Promise<Database> {
    await this.migrate(definition);
    return this.connect(definition);
  }

  /** Asked once: on the embedded server the answer makes what is missing. */
  private whereIs(owner: DatabaseOwner): Promise<Whereabouts> {
    const known = this.found.get(owner);
    if (known !== undefined) return known;
    const found = this.find(owner);
    this.found.set(owner, found);
    return found;
  }

  private async find(owner: DatabaseOwner): Promise<Whereabouts> {
    const external = this.config.databaseUrls[owner];
    if (external !== undefined) return { application: external, owner: this.config.databaseOwnerUrls[owner] ?? null };
    if (this.embedded === null) throw new TypeError(`find: ${owner} was not among the owners this was opened for`);
    return provisionDatabase(this.embedded.superuserUrl, {
      name: `hub_${owner}`,
      owner: { role: `hub_${owner}_owner`, password: this.secrets.databasePassword(owner, 'owner') },
      application: { role: `hub_${owner}`, password: this.secrets.databasePassword(owner, 'application') },
      replication: owner === 'ledger',
    });
  }

  /** Closes the pools, then leaves the embedded server, which stops when nobody else is there. */
  async close(): Promise<void> {
    await Promise.all(this.opened.map(closeFully));
    await this.embedded?.stop();
  }
}

async function openDurable(definition: DatabaseDefinition, url: string, poolSize: number): Promise<Database> {
  const database = await openDatabase({ ...definition, url, poolSize }).catch((cause: Error) => {
    const where = `${new URL(url).host}/${new URL(url).pathname.slice(1)}`;
    throw new Fault(
      'HUB_DATABASE_UNREACHABLE',
      `The database of ${definition.name} at ${where} cannot be used: ${cause.message}`,
      { cause },
    );
  });
  try {
    await assertDurable(database);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function assertMigrated(database: Database): Promise<void> {
  const pending = await pendingMigrations(database);
  if (pending.length === 0) return;
  const variable = `HUB_DATABASE_OWNER_URL_${database.name.toUpperCase()}`;
  throw new Fault(
    'HUB_DATABASE_NOT_MIGRATED',
    `The database of ${database.name} lacks ${pending.join(', ')}, and this role does not own it. Run hub migrate with ${variable}.`,
  );
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
 * Makes the databases and roles that the configured URLs name, on a server of somebody else's; what exists stays, but a
 * database that its application's role owns is handed over to the owner's, where a URL names one.
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
    const application = accountOf(url);
    const ownerUrl = config.databaseOwnerUrls[owner];
    const name = decodeURIComponent(new URL(url).pathname.slice(1));
    const accounts = ownerUrl === undefined ? { owner: application } : { owner: accountOf(ownerUrl), application };
    await provisionDatabase(administrator, { name, ...accounts, replication: owner === 'ledger' });
    lines.push(
      ownerUrl === undefined
        ? `${owner}: database ${name} and role ${application.role}, which owns it, are there`
        : `${owner}: database ${name}, its owner ${accounts.owner.role} and role ${application.role} are there`,
    );
  }
  return lines;
}

function accountOf(url: string): DatabaseAccount {
  return { role: roleOf(url), password: decodeURIComponent(new URL(url).password) };
}
