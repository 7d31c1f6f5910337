import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import { clientName } from './client-name';
import { lockNumber } from './migrate';

export interface ProvisionOptions {
  /** The database's name; lower case letters, digits and underscores. */
  readonly name: string;
  /** The one role that may connect to it, and owns it. */
  readonly role: string;
  readonly password: string;
  /** Whether the role may read the write-ahead log through a replication slot; default false. */
  readonly replication?: boolean;
}

/**
 * Sees to it that a role and a database of its own exist, and that no other ordinary role can connect to that database.
 * Does no harm when both exist already; then it only renews the password. Safe when several processes do it at once.
 *
 * @param superuserUrl any database of the server, as a role that may create roles and databases
 * @returns the URL by which the role reaches its database; contains the password
 */
export async function provisionDatabase(superuserUrl: string, options: ProvisionOptions): Promise<string> {
  await asAdministrator(superuserUrl, async (client) => {
    // CREATE DATABASE cannot run inside a transaction, so the lock belongs to the session.
    await client.query('/* kernel.provision.lock */ select pg_advisory_lock($1, $2)', [
      lockNumber('loyalty-hub'),
      lockNumber('provision'),
    ]);
    await provisionRole(client, options);
    if (!(await exists(client, 'select 1 from pg_database where datname = $1', options.name)))
      await createDatabase(client, options);
    await client.query(`revoke all on database ${escapeIdentifier(options.name)} from public`);
  });
  return urlFor(superuserUrl, options);
}

/** Runs `work` on one connection that is closed afterwards, and with it every lock it took. */
export async function asAdministrator<T>(superuserUrl: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: superuserUrl, application_name: clientName('administrator') });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The same server, seen by another role in another database; parameters such as `sslmode` are kept. */
export function urlFor(
  serverUrl: string,
  { name, role, password }: { name: string; role: string; password: string },
): string {
  const url = new URL(serverUrl);
  url.username = encodeURIComponent(role);
  url.password = encodeURIComponent(password);
  url.pathname = `/${encodeURIComponent(name)}`;
  return url.toString();
}

async function provisionRole(client: Client, { role, password, replication }: ProvisionOptions): Promise<void> {
  const verb = (await exists(client, 'select 1 from pg_roles where rolname = $1', role)) ? 'alter' : 'create';
  const rights = `login nosuperuser nocreatedb nocreaterole ${replication ? 'replication' : 'noreplication'}`;
  await client.query(`${verb} role ${escapeIdentifier(role)} ${rights} password ${escapeLiteral(password)}`);
}

/** An administrator that is no superuser, as hosted servers give, may hand a database only to a role it is a member of. */
async function createDatabase(client: Client, { name, role }: ProvisionOptions): Promise<void> {
  const { rows } = await client.query<{ superuser: boolean }>(
    '/* kernel.provision.rank */ select rolsuper as superuser from pg_roles where rolname = current_user',
  );
  if (!rows[0]?.superuser) await client.query(`grant ${escapeIdentifier(role)} to current_user`);
  await client.query(`create database ${escapeIdentifier(name)} owner ${escapeIdentifier(role)}`);
}

async function exists(client: Client, query: string, name: string): Promise<boolean> {
  const { rowCount } = await client.query(`/* kernel.provision.exists */ ${query}`, [name]);
  return rowCount === 1;
}
