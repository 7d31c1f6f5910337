import { Argument, Command } from 'commander';
import { gatewayDatabase } from '../../gateway/main';
import { DATABASE_OWNERS, readHubConfig, type DatabaseOwner } from '../composition/config';
import { HubDatabases, provisionExternal } from '../composition/databases';
import { openSecrets } from '../composition/secrets';
import { print, tell } from '../console';
import { definitions } from '../definitions';

/** `hub migrate`: brings databases up to date. */
export function migrateCommand(): Command {
  return new Command('migrate')
    .description('Brings the databases up to date and prints what was applied.')
    .addArgument(new Argument('[owner...]', 'whose databases; all when none is named').choices(DATABASE_OWNERS))
    .option('--provision', 'first make databases and roles on external servers, as HUB_DATABASE_ADMIN_URL')
    .action(async (owners: readonly DatabaseOwner[], { provision = false }: { provision?: boolean }) => {
      const config = readHubConfig();
      const wanted = owners.length === 0 ? DATABASE_OWNERS : owners;
      if (provision) for (const line of await provisionExternal(config, wanted)) print(line);
      const databases = await HubDatabases.open({
        config,
        secrets: openSecrets(config),
        owners: wanted,
        onProgress: tell,
      });
      try {
        for (const definition of [...definitions, gatewayDatabase]) {
          if (!wanted.includes(definition.name as DatabaseOwner)) continue;
          const applied = await databases.migrate(definition);
          print(
            applied.length === 0
              ? `${definition.name}: up to date`
              : `${definition.name}: applied ${applied.join(', ')}`,
          );
        }
      } finally {
        await databases.close();
      }
    });
}
