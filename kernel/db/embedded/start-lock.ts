import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readFileSync, rmSync, statSync, utimesSync, writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { DatabaseFault } from '../database-fault';
import { isAlive } from './postmaster';

/** The holder touches its lock this often; a lock untouched for `STALE_MS` belongs to nobody, whatever its number says. */
const TOUCH_MS = 1_000;
const STALE_MS = 15_000;

/**
 * Runs `work` while no other process does the same for this lock file. Whoever comes second waits. A lock left behind
 * by a killed process is broken.
 *
 * @param waitMs how long to wait for another holder
 * @throws DatabaseFault HUB_DATABASE_LOCKED
 */
export async function withLockFile<T>(file: string, waitMs: number, work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + waitMs;
  const token = `${process.pid} ${randomBytes(8).toString('hex')}`;
  while (!tryCreate(file, token)) {
    if (Date.now() > deadline) {
      throw new DatabaseFault(
        'HUB_DATABASE_LOCKED',
        `another process holds ${file}. If none is starting, remove that file.`,
      );
    }
    breakIfAbandoned(file);
    await pause(20);
  }
  const touching = setInterval(() => touch(file), TOUCH_MS).unref();
  try {
    return await work();
  } finally {
    clearInterval(touching);
    rmSync(file, { force: true });
  }
}

function tryCreate(file: string, content: string): boolean {
  try {
    const descriptor = openSync(file, 'wx', 0o600);
    writeSync(descriptor, content);
    closeSync(descriptor);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Only the one process that manages to create the breaker's file of exactly this holder may remove the lock, and only
 * after seeing that the lock is still that holder's; two waiters who both saw a dead holder cannot remove each other's.
 */
function breakIfAbandoned(file: string): void {
  const holder = readHolder(file);
  if (holder === undefined || !holder.abandoned) return;
  const breaker = `${file}.${holder.token.replace(/\W/g, '-')}`;
  if (!tryCreate(breaker, '')) return;
  if (readHolder(file)?.token === holder.token) rmSync(file, { force: true });
  rmSync(breaker, { force: true });
}

function readHolder(file: string): { token: string; abandoned: boolean } | undefined {
  try {
    const token = readFileSync(file, 'utf8');
    const untouchedMs = Date.now() - statSync(file).mtimeMs;
    const holderPid = Number(token.split(' ')[0]);
    // An empty file was created this instant, or by a process that died before writing into it.
    const dead = holderPid > 0 && !isAlive(holderPid);
    return { token, abandoned: dead || untouchedMs > STALE_MS };
  } catch {
    // The holder has just let go; the next attempt to create the file decides.
    return undefined;
  }
}

function touch(file: string): void {
  try {
    const now = new Date();
    utimesSync(file, now, now);
  } catch {
    // Removed by an operator: then the next one may have it, as the message above promises.
  }
}
