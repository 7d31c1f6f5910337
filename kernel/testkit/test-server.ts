import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { asAdministrator } from '../db/provision';
import { clusterFiles } from '../db/embedded/cluster-files';
import { startEmbeddedPostgres } from '../db/embedded/embedded-postgres';
import { isAlive, readPostmaster } from '../db/embedded/postmaster';
import { shutDownServer } from '../db/embedded/server';

/**
 * The environment by which Jest's global set-up tells its workers where the server is.
 *
 * `HUB_TEST_DATABASE_URL`: a server to use, as its superuser; nothing is started then.
 * `HUB_TEST_DATA_DIR`: a cluster to use and to keep, which saves creating one at each run.
 * `HUB_TEST_RUN`: set by us; marks the databases of one run.
 * `HUB_TEST_RUN_FOLDER`: set by us; what a run makes for all its tests, and removes.
 */
const { URL_VARIABLE, DIR_VARIABLE, RUN_VARIABLE, FOLDER_VARIABLE } = {
  URL_VARIABLE: 'HUB_TEST_DATABASE_URL',
  DIR_VARIABLE: 'HUB_TEST_DATA_DIR',
  RUN_VARIABLE: 'HUB_TEST_RUN',
  FOLDER_VARIABLE: 'HUB_TEST_RUN_FOLDER',
} as const;
const TEMPORARY = /^hub-test-(\d+)-[0-9a-f]+$/;

/** Tests hold little, and several runs may share a machine. */
const SMALL = { shared_buffers: '256MB', max_wal_size: '1GB' };

/** Marks the beginning of a run. It starts no server: a run of pure tests needs none, and the first that does starts it. */
export function beginTestRun(): void {
  process.env[RUN_VARIABLE] = randomBytes(4).toString('hex');
  process.env[FOLDER_VARIABLE] = join(tmpdir(), `hub-test-${process.pid}-${process.env[RUN_VARIABLE]}`);
  if (process.env[URL_VARIABLE] || process.env[DIR_VARIABLE]) return;
  process.env[DIR_VARIABLE] = join(runFolder(), 'cluster');
}

/** What a run makes for all its tests; it may not be there yet, and is removed at the run's end. */
export function runFolder(): string {
  const folder = process.env[FOLDER_VARIABLE];
  if (folder === undefined)
    throw new Error('jest.config.ts must name kernel/testkit/jest-global-setup.ts as globalSetup');
  return folder;
}

/** Marks a database as one of this run, so that the run's end can remove what tests forgot. */
export function runPrefix(): string {
  return `t_${process.env[RUN_VARIABLE] ?? String(process.pid)}_`;
}

/** The superuser URL of the run's server, which is started by whoever asks first. */
export async function testServerUrl(): Promise<string> {
  const given = process.env[URL_VARIABLE];
  if (given) return given;
  const dataDir = process.env[DIR_VARIABLE];
  if (!dataDir) throw new Error('jest.config.ts must name kernel/testkit/jest-global-setup.ts as globalSetup');
  const server = await startEmbeddedPostgres({ dataDir, lingers: true, throwaway: true, settings: SMALL });
  process.env[URL_VARIABLE] = server.superuserUrl;
  return server.superuserUrl;
}

/** Stops and removes what the run started; on a server that stays, only the run's databases. */
export async function endTestRun(): Promise<void> {
  const dataDir = process.env[DIR_VARIABLE];
  const temporary = dataDir !== undefined && TEMPORARY.test(basename(dirname(dataDir)));
  if (temporary) await removeTemporary(dirname(dataDir));
  else if (process.env[URL_VARIABLE] || (dataDir && existsSync(dataDir)))
    await dropDatabasesOfRun(await testServerUrl());
  if (!temporary && dataDir && !process.env[URL_VARIABLE]) {
    const server = await startEmbeddedPostgres({ dataDir });
    await server.stop();
  }
  if (!temporary) await removeTemporary(runFolder());
  await removeAbandonedRuns();
}

async function dropDatabasesOfRun(url: string): Promise<void> {
  await asAdministrator(url, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      '/* testkit.endRun.list */ select datname as name from pg_database where starts_with(datname, $1)',
      [runPrefix()],
    );
    for (const { name } of rows) await client.query(`drop database if exists "${name}" with (force)`);
  });
}

/** Runs that were interrupted could not clean up after themselves; the next one does. */
async function removeAbandonedRuns(): Promise<void> {
  for (const folder of readdirSync(tmpdir())) {
    const starter = TEMPORARY.exec(folder)?.[1];
    if (starter !== undefined && !isAlive(Number(starter))) await removeTemporary(join(tmpdir(), folder));
  }
}

async function removeTemporary(folder: string): Promise<void> {
  const { dataDir } = clusterFiles(join(folder, 'cluster'));
  const running = readPostmaster(dataDir);
  if (running) await shutDownServer(dataDir, running.pid);
  rmSync(folder, { recursive: true, force: true });
}
