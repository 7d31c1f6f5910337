import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { clientName, clientNamePrefix } from '../client-name';
import { DatabaseFault } from '../database-fault';
import { chooseAccount } from './account';
import { findBinaries } from './binaries';
import { clusterFiles, isInitialised, logTail, makeParent, readAccess, type ClusterFiles } from './cluster-files';
import { initialiseCluster } from './initialise';
import { isAlive, isServerOf, readPostmaster, type Postmaster } from './postmaster';
import { launchServer, shutDownServer, waitFor } from './server';
import { withLockFile } from './start-lock';

const MAJOR_VERSION = '18';
const START_WAIT_MS = 90_000;
const PRESENCE = clientName('presence');
const LEFT = 'hub:left';

export interface EmbeddedPostgresOptions {
  /** The cluster's directory, created when missing. Log, lock and password live beside it. */
  readonly dataDir: string;
  /** Told in a few words what takes time. */
  readonly onProgress?: (message: string) => void;
  /** Server settings on top of ours, for this start only; ignored when the server already runs. */
  readonly settings?: Readonly<Record<string, string>>;
  /** A cluster whose loss does not matter: created without waiting for the disk. */
  readonly throwaway?: boolean;
  /** The server outlives all its users: nobody's leaving stops it, until someone calls `stop({ evenIfShared: true })`. */
  readonly lingers?: boolean;
  /** The folder with `bin/` and `lib/`, when not that of the installed package. */
  readonly nativeDir?: string;
}

export interface EmbeddedPostgres {
  readonly port: number;
  /** False when the server was already there: a neighbour's, or one that outlived its starter. */
  readonly startedHere: boolean;
  /** `postgres://postgres:…@127.0.0.1:port/postgres`. Contains the password: never log it. */
  readonly superuserUrl: string;
  /**
   * Leaves the server, and stops it when nobody else is connected; calling it twice does no harm. Close own pools first:
   * a server that stops cuts them off.
   */
  stop(options?: { evenIfShared?: boolean }): Promise<void>;
}

/**
 * Gives a running PostgreSQL on 127.0.0.1 over a data directory, made if need be. Several processes may ask for the same
 * directory at once: one starts the server, the others join it, and the last to leave stops it. A server whose starter
 * was killed is joined as well.
 *
 * The server is no child in the usual sense: it has its own session, so that Ctrl-C reaches us and not it, and we can
 * finish what we are doing before it stops.
 *
 * @throws DatabaseFault with any of the HUB_DATABASE_* codes about binaries, directories, locks and starting
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const files = clusterFiles(options.dataDir);
  if (options.lingers) {
    const running = readPostmaster(files.dataDir);
    if (running?.ready && isServerOf(files.dataDir, running.pid)) return handleOf(files, running, undefined, false);
  }
  makeParent(files);
  return withLockFile(files.lock, START_WAIT_MS, async () => {
    const joined = await joinRunning(files, options.onProgress);
    const server = joined ?? (await start(files, options));
    const presence = options.lingers ? undefined : await announcePresence(files, server);
    return handleOf(files, server, presence, joined === undefined);
  });
}

/** The server that already owns the directory, once it answers; undefined when there is none. */
async function joinRunning(
  files: ClusterFiles,
  onProgress?: (message: string) => void,
): Promise<Postmaster | undefined> {
  const found = readPostmaster(files.dataDir);
  if (!found || !isServerOf(files.dataDir, found.pid)) return undefined;
  onProgress?.(`joining the PostgreSQL that already runs on port ${found.port}`);
  const settled = await waitFor(START_WAIT_MS, () => {
    if (!isServerOf(files.dataDir, found.pid)) return 'gone';
    const now = readPostmaster(files.dataDir);
    return now?.ready ? now : undefined;
  });
  if (settled === 'gone') return undefined;
  if (settled) return settled;
  throw new DatabaseFault(
    'HUB_DATABASE_NOT_ANSWERING',
    `a PostgreSQL (number ${found.pid}) owns ${files.dataDir} but does not get ready. Its log ${files.log} ends:\n${logTail(files)}`,
  );
}

async function start(files: ClusterFiles, options: EmbeddedPostgresOptions): Promise<Postmaster> {
  const binaries = findBinaries(options.nativeDir);
  const account = chooseAccount(files.dataDir, binaries.postgres);
  if (!isInitialised(files, MAJOR_VERSION)) {
    options.onProgress?.('creating the PostgreSQL cluster');
    await initialiseCluster(files, { binaries, account, throwaway: options.throwaway ?? false });
  }
  options.onProgress?.('starting PostgreSQL');
  return launchServer(files, { binaries, account, settings: options.settings ?? {} });
}

/** An idle connection by which neighbours see that we still need the server. It vanishes with us, however we end. */
async function announcePresence(files: ClusterFiles, server: Postmaster): Promise<Client> {
  const presence = new Client({ connectionString: urlOf(files, server), application_name: PRESENCE });
  presence.on('error', () => undefined); // the server went away: the pools that matter report it themselves
  try {
    await presence.connect();
  } catch (cause) {
    throw new DatabaseFault(
      'HUB_DATABASE_NOT_ANSWERING',
      `the PostgreSQL on port ${server.port} over ${files.dataDir} refuses us. Its log is ${files.log}.`,
      { cause },
    );
  }
  keepAlive(presence, false);
  return presence;
}

/**
 * Whether a connection keeps this process alive: not while it idles, or a finished process would not end; but while we
 * leave, or a process with nothing else to do would end before the server has stopped.
 */
function keepAlive(presence: Client, needed: boolean): void {
  const connection = presence as Client & { ref(): void; unref(): void }; // missing in the published types
  if (needed) connection.ref();
  else connection.unref();
}

function urlOf(files: ClusterFiles, server: Postmaster): string {
  return `postgres://postgres:${readAccess(files).password}@127.0.0.1:${server.port}/postgres`;
}

function handleOf(
  files: ClusterFiles,
  server: Postmaster,
  presence: Client | undefined,
  startedHere: boolean,
): EmbeddedPostgres {
  let leaving: Promise<void> | undefined;
  return {
    port: server.port,
    startedHere,
    superuserUrl: urlOf(files, server),
    stop: (options) => (leaving ??= leave(files, server, presence, options?.evenIfShared ?? false)),
  };
}

/** Under the start lock, so that of two who leave at once the second sees the first gone, and nobody joins meanwhile. */
async function leave(
  files: ClusterFiles,
  server: Postmaster,
  presence: Client | undefined,
  evenIfShared: boolean,
): Promise<void> {
  await withLockFile(files.lock, START_WAIT_MS, async () => {
    if (presence) keepAlive(presence, true);
    const needed = presence !== undefined && (await hasOtherClients(presence));
    await withdrawPresence(presence);
    if (evenIfShared || (presence !== undefined && !needed)) await shutDownServer(files.dataDir, server.pid);
  });
}

/** Under another name first: the server lists a closed connection for an instant more, and that one is no user. */
async function withdrawPresence(presence: Client | undefined): Promise<void> {
  try {
    await presence?.query(`set application_name = '${LEFT}'`);
    await presence?.end();
  } catch {
    // The server is gone, and the announcement with it.
  }
}

/**
 * Whether anyone but this process is connected; a second user inside this process counts as another. A connection that
 * was closed a moment ago is still listed for an instant, so what is no announcement gets that long to disappear.
 */
async function hasOtherClients(presence: Client): Promise<boolean> {
  const deadline = Date.now() + VANISHING_MS;
  try {
    for (;;) {
      const { rows } = await presence.query<{ announced: string | null }>(OTHER_CLIENTS, [clientNamePrefix, PRESENCE]);
      // An announcement outlives its process, when that was killed, until the server notices: the dead need nothing.
      const others = rows.filter(({ announced }) => announced === null || isAlive(Number(announced)));
      if (others.length === 0) return false;
      if (others.some(({ announced }) => announced !== null) || Date.now() > deadline) return true;
      await pause(10);
    }
  } catch {
    return false; // it no longer answers us; if it runs at all, it runs for nobody
  }
}

const VANISHING_MS = 300;

const OTHER_CLIENTS = `/* kernel.embedded.otherClients */
  select substring(application_name from '^hub:([0-9]+):presence$') as announced
    from pg_stat_activity
   where backend_type in ('client backend', 'walsender')
     and pid <> pg_backend_pid()
     and application_name <> '${LEFT}'
     and (not starts_with(application_name, $1) or application_name = $2)`;
