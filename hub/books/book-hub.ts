import { join } from 'node:path';
import { withPrivateFolder } from '../../bench/private-folder';
import { isServerOf, readPostmaster } from '../../kernel/db/embedded/postmaster';
import { clusterFiles } from '../../kernel/db/embedded/cluster-files';
import type { HubConfig } from '../composition/config';
import { openHub, type Hub } from '../composition/open-hub';

/**
 * Works with a hub that books may be run in: over the databases of the configuration while a hub runs there or where they are
 * external, and otherwise over a server of its own in the data folder, which is removed afterwards: a book leaves nothing behind in a
 * hub that is not in use.
 */
export async function withBookHub<T>(
  config: HubConfig,
  tell: (line: string) => void,
  work: (hub: Hub) => Promise<T>,
): Promise<T> {
  const open = async (at: HubConfig) => {
    const hub = await openHub({ config: at, port: 0, onProgress: tell });
    try {
      return await work(hub);
    } finally {
      await hub.close();
    }
  };
  if (isInUse(config)) return open(config);
  return withPrivateFolder(config.dataDir, (dataDir) => open({ ...config, dataDir }));
}

function isInUse({ dataDir, databaseUrls }: HubConfig): boolean {
  if (Object.keys(databaseUrls).length > 0) return true;
  const cluster = clusterFiles(join(dataDir, 'postgres')).dataDir;
  const running = readPostmaster(cluster);
  return running !== undefined && isServerOf(cluster, running.pid);
}
