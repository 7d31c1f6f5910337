import { gatewayDatabase } from '../../gateway/main';
import type { Database } from '../../kernel/db/database';
import { tell } from '../console';
import { readHubConfig } from './config';
import { HubDatabases } from './databases';
import { openSecrets } from './secrets';

/** Does a piece of work over the gateway's own database, brought up to date, and leaves it. */
export async function overGatewayDatabase<T>(work: (database: Database) => Promise<T>): Promise<T> {
  const config = readHubConfig();
  const owners = ['gateway'] as const;
  const databases = await HubDatabases.open({ config, secrets: openSecrets(config), owners, onProgress: tell });
  try {
    return await work(await databases.connectMigrated(gatewayDatabase));
  } finally {
    await databases.close();
  }
}
