import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseFault } from '../database-fault';
import { commandAs, handOver, type Account } from './account';
import type { Binaries } from './binaries';
import { newPassword, usablePort, writeAccess, type ClusterFiles } from './cluster-files';

/**
 * Creates a cluster beside its final place and moves it there when it is whole, so that a start that was cut short
 * leaves nothing that looks like a cluster. The caller holds the start lock.
 *
 * Text sorts by code point on every platform (the built-in C.UTF-8), so that an index built on one reads well on another.
 *
 * @throws DatabaseFault HUB_DATABASE_DIRECTORY_FOREIGN, HUB_DATABASE_START_FAILED
 */
export async function initialiseCluster(
  files: ClusterFiles,
  { binaries, account, throwaway }: { binaries: Binaries; account: Account; throwaway: boolean },
): Promise<void> {
  refuseForeignDirectory(files.dataDir);
  rmSync(files.staging, { recursive: true, force: true });
  mkdirSync(files.staging, { mode: 0o700 });
  const password = newPassword();
  const passwordFile = join(files.staging, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  handOver(files.staging, account);

  const cluster = join(files.staging, 'cluster');
  await runInitdb(binaries, account, [
    ...['--pgdata', cluster, '--username', 'postgres', '--pwfile', passwordFile, '--auth', 'scram-sha-256'],
    ...['--encoding', 'UTF8', '--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'],
    ...['--no-instructions', ...(throwaway ? ['--no-sync'] : [])],
  ]);
  writeAccess(files, { port: await usablePort(), password });
  if (existsSync(files.dataDir)) rmdirSync(files.dataDir);
  renameSync(cluster, files.dataDir);
  rmSync(files.staging, { recursive: true, force: true });
}

function refuseForeignDirectory(dataDir: string): void {
  if (!existsSync(dataDir) || readdirSync(dataDir).length === 0) return;
  throw new DatabaseFault(
    'HUB_DATABASE_DIRECTORY_FOREIGN',
    `${dataDir} is not empty and holds no PostgreSQL cluster. Choose an empty or a new directory.`,
  );
}

function runInitdb(binaries: Binaries, account: Account, args: string[]): Promise<void> {
  const { command, args: line, options } = commandAs(account, binaries.initdb, args);
  return new Promise((done, fail) => {
    execFile(command, line, { ...options, env: cleanEnvironment() }, (error, _stdout, stderr) => {
      if (!error) return done();
      fail(new DatabaseFault('HUB_DATABASE_START_FAILED', `initdb failed: ${stderr.trim()}`, { cause: error }));
    });
  });
}

/** Without the PG* variables of the surroundings, which would redirect a server or a client elsewhere. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PG')));
}
