import { spawn } from 'node:child_process';
import { closeSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DatabaseFault } from '../database-fault';
import { commandAs, handOver, type Account } from './account';
import type { Binaries } from './binaries';
import { logTail, readAccess, trimLog, usablePort, writeAccess, type ClusterFiles } from './cluster-files';
import { cleanEnvironment } from './initialise';
import { isAlive, isServerOf, readPostmaster, type Postmaster } from './postmaster';
import { serverSettings } from './settings';

const READY_WAIT_MS = 300_000; // recovery after a hard kill may replay four gigabytes of log
const PORT_ATTEMPTS = 3;

/**
 * Starts the server of an initialised cluster and waits until it accepts connections. The caller holds the start lock
 * and knows that no server runs.
 *
 * @throws DatabaseFault HUB_DATABASE_START_FAILED with the end of the server's log
 */
export async function launchServer(
  files: ClusterFiles,
  { binaries, account, settings }: { binaries: Binaries; account: Account; settings: Readonly<Record<string, string>> },
): Promise<Postmaster> {
  handOver(files.dataDir, account);
  // No server runs over this directory, so a note in it is a dead one's, possibly with a number that someone else has now.
  rmSync(join(files.dataDir, 'postmaster.pid'), { force: true });
  trimLog(files);
  for (let attempt = 1; ; attempt++) {
    const access = readAccess(files);
    const port = await usablePort(access.port);
    if (port !== access.port) writeAccess(files, { ...access, port });
    const outcome = await launchOnce(files, binaries, account, {
      ...serverSettings(),
      ...settings,
      port: String(port),
    });
    if (outcome !== 'failed') return outcome;
    const tail = logTail(files);
    // The port was free a moment ago; someone was quicker.
    if (attempt < PORT_ATTEMPTS && /could not (bind|create any TCP)/.test(tail)) continue;
    throw new DatabaseFault(
      'HUB_DATABASE_START_FAILED',
      `PostgreSQL did not start. Its log ${files.log} ends:\n${tail}`,
    );
  }
}

async function launchOnce(
  files: ClusterFiles,
  binaries: Binaries,
  account: Account,
  settings: Readonly<Record<string, string>>,
): Promise<Postmaster | 'failed'> {
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const { command, args, options } = commandAs(account, binaries.postgres, ['-D', files.dataDir, ...flags]);
  const log = openSync(files.log, 'a', 0o600);
  const child = spawn(command, args, {
    ...options,
    env: cleanEnvironment(),
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.unref();
  let ended = false;
  child.once('error', () => (ended = true));
  child.once('exit', () => (ended = true));
  const ready = await waitFor(READY_WAIT_MS, () => {
    if (ended) return 'failed';
    const postmaster = readPostmaster(files.dataDir);
    return postmaster?.ready ? postmaster : undefined;
  });
  if (ready === undefined) child.kill('SIGQUIT');
  return ready ?? 'failed';
}

/**
 * Stops a server and returns when it is gone: first by breaking off its clients and writing everything out, then
 * without writing out (the next start recovers from the log), then by force.
 */
export async function shutDownServer(dataDir: string, pid: number): Promise<void> {
  const steps: [NodeJS.Signals, number][] = [
    ['SIGINT', 30_000],
    ['SIGQUIT', 10_000],
    ['SIGKILL', 10_000],
  ];
  for (const [signal, patienceMs] of steps) {
    if (!isServerOf(dataDir, pid)) return;
    try {
      process.kill(pid, signal);
    } catch {
      return; // it ended between the two calls
    }
    if (await waitFor(patienceMs, () => !isAlive(pid) || undefined)) return;
  }
  throw new DatabaseFault(
    'HUB_DATABASE_NOT_ANSWERING',
    `the PostgreSQL (number ${pid}) over ${dataDir} cannot be stopped`,
  );
}

/** Asks until there is an answer or the time is up; then undefined. */
export async function waitFor<T>(patienceMs: number, ask: () => T | undefined): Promise<T | undefined> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const answer = ask();
    if (answer !== undefined || Date.now() > deadline) return answer;
    await pause(10);
  }
}
