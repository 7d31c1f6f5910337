import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { clusterFiles } from '../kernel/db/embedded/cluster-files';
import { isAlive, readPostmaster } from '../kernel/db/embedded/postmaster';
import { shutDownServer } from '../kernel/db/embedded/server';

const FOLDER = /^bench-(\d+)$/;

/** Where the server of a bench keeps its files, as a hub's does. */
export const clusterOf = (folder: string): string => join(folder, 'postgres');

/**
 * Works in a folder of this process within the data folder, so on the disk the hub would use, and removes it afterwards, also
 * when interrupted; what runs that were killed left behind is removed first: a bench may leave many gigabytes.
 */
export async function withPrivateFolder<T>(dataDir: string, work: (folder: string) => Promise<T>): Promise<T> {
  mkdirSync(dataDir, { recursive: true });
  for (const name of readdirSync(dataDir)) {
    const starter = FOLDER.exec(name)?.[1];
    if (starter !== undefined && !isAlive(Number(starter))) await removeFolder(join(dataDir, name));
  }
  const folder = join(dataDir, `bench-${process.pid}`);
  mkdirSync(folder, { mode: 0o700 });
  const interrupted = () => void removeFolder(folder).finally(() => process.exit(130));
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.once(signal, interrupted);
  try {
    return await work(folder);
  } finally {
    for (const signal of signals) process.off(signal, interrupted);
    await removeFolder(folder);
  }
}

async function removeFolder(folder: string): Promise<void> {
  const { dataDir } = clusterFiles(clusterOf(folder));
  const running = readPostmaster(dataDir);
  if (running) await shutDownServer(dataDir, running.pid);
  rmSync(folder, { recursive: true, force: true });
}
