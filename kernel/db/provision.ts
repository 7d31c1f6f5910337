import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import { clientName } from './client-name';
import { lockNumber } from './migrate';
import { tenantRoleOf } from './tenant-views';

/** A role and how it proves itself. */
export interface DatabaseAccount {
  readonly role: string;
  readonly password: string;
}

export interface ProvisionOptions {
  /** The database's name; lower case letters, digits and underscores. */
  readonly name: string;
  /** The role that owns the database and migrates it. */
  readonly owner: DatabaseAccount;
  /** The role the application runs as; default: the owner, which can then take away every guard of its tables. */
  readonly application?: DatabaseAccount;
  /** Whether the application's role may read the write-ahead log through a replication slot; default false. */
  readonly replication?: boolean;
}

/** By which URLs the two roles reach their database; they contain passwords. */
export interface DatabaseUrls {
  readonly owner: string;
  readonly application: string;
}

/**
 * Sees to it that a database and its two roles exist, and that no other ordinary role can connect to that database. Does no
 * harm when all exist already; then it only renews the passwords. A database in which the application's role owns
 * something, as an older version made them, is handed over to the owner. Beside the application's role stands one that cannot log
 * in, which it becomes for requests of one programme (`tenantRoleOf`). Safe when several processes do it at once.
 *
 * What the application may do with tables is granted when they are made: see `migrate`.
 *
 * @param superuserUrl any database of the server, as a role that may create roles and databases
 */
export async function provisionDatabase(superuserUrl: string, options: ProvisionOptions): Promise<DatabaseUrls> {
  const { name, owner, application = owner, replication = false } = options;
  if (application !== owner && application.role === owner.role)
    throw new TypeError(`provisionDatabase: ${owner.role} cannot be both the owner and the application of ${name}`);
  await asAdministrator(superuserUrl, async (client) => {
    // CREATE DATABASE cannot run inside a transaction, so the lock belongs to the session.
    await client.query('/* kernel.provision.lock */ select pg_advisory_lock($1, $2)', [
      lockNumber('loyalty-hub'),
      lockNumber('provision'),
    ]);
    if (application !== owner) await provisionRole(client, owner, false);
    await provisionRole(client, application, replication);
    await provisionTenantRole(client, application.role);
    const { isMade, isHandedOver } = await stateOf(client, { name, role: application.role });
    if (!isMade) await createDatabase(client, name, owner.role);
    else if (application !== owner && !isHandedOver) {
      await joinRoles(client, [owner.role, application.role]);
      await handOver(databaseOf(superuserUrl, name), { name, from: application.role, to: owner.role });
    }
    await client.query(`revoke all on database ${escapeIdentifier(name)} from public`);
    await client.query(`grant connect on database ${escapeIdentifier(name)} to ${escapeIdentifier(application.role)}`);
  });
  return {
    owner: urlFor(superuserUrl, { name, ...owner }),
    application: urlFor(superuserUrl, { name, ...application }),
  };
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
  const url = new URL(databaseOf(serverUrl, name));
  url.username = encodeURIComponent(role);
  url.password = encodeURIComponent(password);
  return url.toString();
}

/** The same role of the same server, in another database. */
function databaseOf(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${encodeURIComponent(name)}`;
  return url.toString();
}

async function provisionRole(client: Client, { role, password }: DatabaseAccount, replication: boolean): Promise<void> {
  const wanted = { login: true, superuser: false, createdb: false, createrole: false, replication };
  const { rows } = await client.query<typeof wanted>(
    `/* kernel.provision.role */
     select rolcanlogin as login, rolsuper as superuser, rolcreatedb as createdb, rolcreaterole as createrole,
            rolreplication as replication
       from pg_roles where rolname = $1`,
    [role],
  );
  const [found] = rows;
  // An administrator that is no superuser may not even repeat that a role is none: only what differs is said.
  const rights = Object.entries(wanted)
    .filter(([right, value]) => found?.[right as keyof typeof wanted] !== value)
    .map(([right, value]) => (value ? right : `no${right}`));
  const verb = found === undefined ? 'create' : 'alter';
  await client.query(`${verb} role ${escapeIdentifier(role)} ${rights.join(' ')} password ${escapeLiteral(password)}`);
}

async function provisionTenantRole(client: Client, applicationRole: string): Promise<void> {
  const role = tenantRoleOf(applicationRole);
  const { rows } = await client.query<{ made: boolean; joined: boolean; inheritable: boolean }>(
    `/* kernel.provision.tenantRole */
     select exists (select 1 from pg_roles where rolname = $1) as made,
            exists (select 1 from pg_auth_members m where m.roleid = (select oid from pg_roles where rolname = $1)
                       and m.member = $2::regrole) as joined,
            current_setting('server_version_num')::int >= 160000 as inheritable`,
    [role, escapeIdentifier(applicationRole)],
  );
  const { made, joined, inheritable } = rows[0]!;
  if (!made) await client.query(`create role ${escapeIdentifier(role)} nologin`);
  if (joined) return;
  // To become it, not to hold its rights besides one's own; older servers know no difference, and it holds fewer.
  const how = inheritable ? ' with inherit false' : '';
  await client.query(`grant ${escapeIdentifier(role)} to ${escapeIdentifier(applicationRole)}${how}`);
}

/** Whether the database is there, and whether the role owns neither it nor anything in it. */
async function stateOf(
  client: Client,
  { name, role }: { name: string; role: string },
): Promise<{ isMade: boolean; isHandedOver: boolean }> {
  const { rows } = await client.query<{ owns: boolean }>(
    `/* kernel.provision.stateOf */
     select exists (select 1 from pg_shdepend o
                     where o.refclassid = 'pg_authid'::regclass and o.refobjid = $2::regrole and o.deptype = 'o'
                       and (o.dbid = d.oid or (o.classid = 'pg_database'::regclass and o.objid = d.oid))) as owns
       from pg_database d where d.datname = $1`,
    [name, escapeIdentifier(role)],
  );
  return { isMade: rows.length === 1, isHandedOver: rows[0]?.owns === false };
}

async function createDatabase(client: Client, name: string, owner: string): Promise<void> {
  await joinRoles(client, [owner]);
  await client.query(`create database ${escapeIdentifier(name)} owner ${escapeIdentifier(owner)}`);
}

/** An administrator that is no superuser, as hosted servers give, may hand things only to a role it is a member of. */
async function joinRoles(client: Client, roles: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ superuser: boolean }>(
    '/* kernel.provision.rank */ select rolsuper as superuser from pg_roles where rolname = current_user',
  );
  if (rows[0]?.superuser) return;
  for (const role of roles) await client.query(`grant ${escapeIdentifier(role)} to current_user`);
}

/**
 * Gives a database and all in it to another role. REASSIGN OWNED takes the databases that the role owns elsewhere along, so
 * those are given back in the same transaction.
 */
async function handOver(url: string, { name, from, to }: { name: string; from: string; to: string }): Promise<void> {
  const [former, owner] = [escapeIdentifier(from), escapeIdentifier(to)];
  await asAdministrator(url, async (client) => {
    await client.query('begin');
    const { rows: elsewhere } = await client.query<{ name: string }>(
      `/* kernel.provision.elsewhere */
       select datname as name from pg_database where datdba = $1::regrole and datname <> $2`,
      [former, name],
    );
    // The database first: who owns it may own the objects in it, whatever else it may do.
    await client.query(`alter database ${escapeIdentifier(name)} owner to ${owner}`);
    await client.query(`reassign owned by ${former} to ${owner}`);
    for (const other of elsewhere)
      await client.query(`alter database ${escapeIdentifier(other.name)} owner to ${former}`);
    await client.query('commit');
  });
}
