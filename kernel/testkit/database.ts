import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client, QueryResult } from 'pg';
import { openDatabase, type Database, type DatabaseDefinition, type OpenDatabaseOptions } from '../db/database';
import { lockNumber, migrate } from '../db/migrate';
import { asAdministrator, provisionDatabase, urlFor, type DatabaseAccount } from '../db/provision';
import { sqlStateOf } from '../db/transaction';
import { runPrefix, testServerUrl } from './test-server';

/** A database of one test file's own. */
export interface TestDatabase extends Database {
  /** As the application's role, for another pool or another process. */
  readonly url: string;
  /** As the role that owns the tables, which can do what the application cannot, such as spoil a book on purpose. */
  readonly ownerUrl: string;
  /** Runs SQL as the owner, on a connection of its own: several statements, or one with values. */
  asOwner(statements: string, values?: unknown[]): Promise<QueryResult>;
  /** Closes the pool and removes the database; call it in `afterAll`. */
  drop(): Promise<void>;
}

export interface TestDatabaseOptions extends Partial<Pick<OpenDatabaseOptions, 'poolSize' | 'statementTimeoutMs'>> {
  /** A server to make it on, as its superuser; default the run's own. */
  readonly serverUrl?: string;
}

/**
 * A fresh, migrated, empty database, open under a role of its own that owns nothing in it, as in production. It is copied
 * from a template that is migrated once per run, which takes about 30 ms instead of the migrations' time.
 *
 * @param definition what the subgraph says about its database; two with the same name and migrations share a template
 * @param options    pool size and the like; another server than the run's
 */
export async function openTestDatabase(
  definition: DatabaseDefinition,
  { serverUrl: given, ...options }: TestDatabaseOptions = {},
): Promise<TestDatabase> {
  const serverUrl = given ?? (await testServerUrl());
  const accounts = accountsOf(serverUrl, definition.name);
  const template = await migratedTemplate(serverUrl, definition, accounts);
  const name = `${runPrefix()}${definition.name}_w${process.env.JEST_WORKER_ID ?? '0'}_${randomBytes(4).toString('hex')}`;
  await asAdministrator(serverUrl, async (client) => {
    await client.query(`create database "${name}" owner "${accounts.owner.role}" template "${template}"`);
    // The rights inside come with the template; those on the database itself do not.
    await client.query(`revoke all on database "${name}" from public`);
    await client.query(`grant connect on database "${name}" to "${accounts.application.role}"`);
  });
  const url = urlFor(serverUrl, { name, ...accounts.application });
  const ownerUrl = urlFor(serverUrl, { name, ...accounts.owner });
  const database = await openDatabase({ ...definition, ...options, url });
  return {
    ...database,
    url,
    ownerUrl,
    asOwner: (statements, values) => asAdministrator(ownerUrl, (client) => client.query(statements, values)),
    drop: async () => {
      await database.close();
      await asAdministrator(serverUrl, (client) => dropFor(client, name));
    },
  };
}

/** SQLSTATE of a database that somebody uses: a reader of its log that was ended may take a moment to be gone. */
const IN_USE = '55006';
const DROPS_MAX = 100;

async function dropFor(client: Client, name: string): Promise<void> {
  for (let tried = 1; ; tried += 1) {
    try {
      await client.query(`drop database if exists "${name}" with (force)`);
      return;
    } catch (error) {
      if (tried === DROPS_MAX || sqlStateOf(error) !== IN_USE) throw error;
      await pause(100);
    }
  }
}

interface Accounts {
  readonly owner: DatabaseAccount;
  readonly application: DatabaseAccount;
}

function accountsOf(serverUrl: string, name: string): Accounts {
  const account = (role: string): DatabaseAccount => ({
    role,
    password: createHash('sha256').update(`${serverUrl} ${role}`).digest('base64url'),
  });
  return { owner: account(`hub_test_${name}_owner`), application: account(`hub_test_${name}`) };
}

/** The template appears under its name only when it is whole: it is migrated under another and renamed. */
async function migratedTemplate(
  serverUrl: string,
  definition: DatabaseDefinition,
  accounts: Accounts,
): Promise<string> {
  const fingerprint = createHash('sha256')
    .update([...definition.migrations.map(String), ...definition.appendOnly].join('\n'))
    .digest('hex')
    .slice(0, 8);
  const template = `${runPrefix()}${definition.name}_template_${fingerprint}`;
  await asAdministrator(serverUrl, async (client) => {
    await client.query('/* testkit.template.lock */ select pg_advisory_lock($1, $2)', [
      lockNumber('template'),
      lockNumber(template),
    ]);
    const { rowCount } = await client.query(
      '/* testkit.template.find */ select 1 from pg_database where datname = $1',
      [template],
    );
    if (rowCount === 1) return;
    const draft = `${template}_draft`;
    await client.query(`drop database if exists "${draft}" with (force)`);
    // Events may be read from the log, so test roles may as well.
    const urls = await provisionDatabase(serverUrl, { name: draft, ...accounts, replication: true });
    const database = await openDatabase({ ...definition, url: urls.owner, poolSize: 2 });
    try {
      await migrate(database, { applicationRole: accounts.application.role });
    } finally {
      await database.close();
    }
    await client.query(`alter database "${draft}" rename to "${template}"`);
  });
  return template;
}
