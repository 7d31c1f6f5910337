import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { basename, dirname, join, resolve } from 'node:path';
import { DatabaseFault } from '../database-fault';

/** Where a cluster keeps what is not PostgreSQL's own: all beside the data directory and named after it. */
export interface ClusterFiles {
  readonly dataDir: string;
  /** Port and password, readable by the owner only. */
  readonly access: string;
  readonly log: string;
  readonly lock: string;
  /** A half-made cluster lives here, so that a data directory is always whole. */
  readonly staging: string;
}

/** How to reach a cluster as its superuser. */
export interface Access {
  readonly port: number;
  readonly password: string;
}

export function clusterFiles(dataDir: string): ClusterFiles {
  const absolute = resolve(dataDir);
  const beside = (suffix: string): string => join(dirname(absolute), `${basename(absolute)}.${suffix}`);
  return {
    dataDir: absolute,
    access: beside('access.json'),
    log: beside('log'),
    lock: beside('lock'),
    staging: beside('initialising'),
  };
}

/** Creates the folder that holds the data directory: others may pass through, as PostgreSQL's account must, but not look. */
export function makeParent(files: ClusterFiles): void {
  mkdirSync(dirname(files.dataDir), { recursive: true, mode: 0o711 });
}

/** @throws DatabaseFault HUB_DATABASE_DIRECTORY_FOREIGN when the directory holds something else than a cluster */
export function isInitialised(files: ClusterFiles, majorVersion: string): boolean {
  const versionFile = join(files.dataDir, 'PG_VERSION');
  if (!existsSync(versionFile)) return false;
  const version = readFileSync(versionFile, 'utf8').trim();
  if (version === majorVersion) return true;
  throw new DatabaseFault(
    'HUB_DATABASE_DIRECTORY_FOREIGN',
    `${files.dataDir} was written by PostgreSQL ${version}, and this is PostgreSQL ${majorVersion}. ` +
      'Move it away to start afresh, or move its contents over by dump and restore.',
  );
}

/** @throws DatabaseFault HUB_DATABASE_ACCESS_LOST */
export function readAccess(files: ClusterFiles): Access {
  try {
    const { port, password } = JSON.parse(readFileSync(files.access, 'utf8')) as Partial<Access>;
    if (typeof port !== 'number' || typeof password !== 'string') throw new TypeError('port or password is missing');
    return { port, password };
  } catch (cause) {
    throw new DatabaseFault(
      'HUB_DATABASE_ACCESS_LOST',
      `the password of the cluster in ${files.dataDir} cannot be read from ${files.access}. ` +
        'Restore that file, or remove the data directory to start afresh.',
      { cause },
    );
  }
}

/** Replaces the access file as a whole, so that no reader sees half of it. */
export function writeAccess(files: ClusterFiles, access: Access): void {
  const draft = `${files.access}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(access), { mode: 0o600 });
  renameSync(draft, files.access);
}

export function newPassword(): string {
  return randomBytes(24).toString('base64url');
}

const LOG_LIMIT_BYTES = 16 * 1024 * 1024;

/** The server appends to one log for ever; a start is the moment to begin a new one when it has grown. */
export function trimLog(files: ClusterFiles): void {
  if ((statSync(files.log, { throwIfNoEntry: false })?.size ?? 0) > LOG_LIMIT_BYTES) rmSync(files.log);
}

/** The last lines of the server's log, for a fault's message. */
export function logTail(files: ClusterFiles): string {
  if (!existsSync(files.log)) return '';
  return readFileSync(files.log, 'utf8').trimEnd().split('\n').slice(-8).join('\n');
}

/** The remembered port when nobody listens on it, else another free one; always on the loopback address. */
export async function usablePort(remembered?: number): Promise<number> {
  if (remembered !== undefined && (await bindOnce(remembered)) !== undefined) return remembered;
  const port = await bindOnce(0);
  if (port === undefined) throw new DatabaseFault('HUB_DATABASE_START_FAILED', 'no free port on 127.0.0.1');
  return port;
}

function bindOnce(port: number): Promise<number | undefined> {
  return new Promise((settle) => {
    const probe = createServer();
    probe.once('error', () => settle(undefined));
    probe.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      const address = probe.address();
      probe.close(() => settle(typeof address === 'object' && address ? address.port : undefined));
    });
  });
}
