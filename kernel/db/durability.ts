import type { Database } from './database';
import { DatabaseFault } from './database-fault';

const OLDEST_SUPPORTED = 150_000; // server_version_num of PostgreSQL 15
const DURABLE_SETTINGS = ['fsync', 'full_page_writes', 'synchronous_commit'] as const;

/**
 * Refuses to go on over a server that could lose a commit it has acknowledged, or one too old for our statements. The
 * settings are read as our own role sees them, because a role or a database may carry its own.
 *
 * `synchronous_commit` may also be a stronger or a narrower kind of waiting (`remote_apply`, `local`): all but `off` wait
 * for our own disk.
 *
 * @throws DatabaseFault HUB_DATABASE_NOT_DURABLE naming every setting at fault, HUB_DATABASE_TOO_OLD
 */
export async function assertDurable(database: Database): Promise<void> {
  const { rows } = await database.pool.query<{ name: string; setting: string }>(
    `/* kernel.durability.settings */
     select name, setting from pg_settings where name = any ($1) order by name`,
    [[...DURABLE_SETTINGS, 'server_version_num']],
  );
  const settings = new Map(rows.map(({ name, setting }) => [name, setting]));
  const version = Number(settings.get('server_version_num'));
  if (version < OLDEST_SUPPORTED) {
    throw new DatabaseFault(
      'HUB_DATABASE_TOO_OLD',
      `the server of ${database.name} is PostgreSQL ${Math.floor(version / 10_000)}; 15 is the oldest that works`,
    );
  }
  const off = DURABLE_SETTINGS.filter((name) => settings.get(name) === 'off');
  if (off.length === 0) return;
  throw new DatabaseFault(
    'HUB_DATABASE_NOT_DURABLE',
    `the server of ${database.name} could lose acknowledged commits in a crash: ${off.join(', ')} must be on`,
  );
}
