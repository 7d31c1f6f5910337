import { Command, InvalidArgumentError } from 'commander';
import { gatewayDatabase, readAudit } from '../../gateway/main';
import { readHubConfig } from '../composition/config';
import { HubDatabases } from '../composition/databases';
import { openSecrets } from '../composition/secrets';
import { print, tell } from '../console';

const A_DAY_MS = 24 * 60 * 60 * 1000;

/** `hub audit`: what people did and read. */
export function auditCommand(): Command {
  return new Command('audit')
    .description(
      'Prints what staff, admins, finance and the host did, and which personal data they read: one JSON object a line, oldest first. ' +
        '`hub verify` checks that no line was changed or removed.',
    )
    .option('--since <instant>', 'from then on, such as 2026-03-10T12:00:00Z; a day ago when not given', instant)
    .option('--most <lines>', 'how many lines at most', positive, 1_000)
    .action(async ({ since = new Date(Date.now() - A_DAY_MS), most }: { since?: Date; most: number }) => {
      const config = readHubConfig();
      const owners = ['gateway'] as const;
      const databases = await HubDatabases.open({ config, secrets: openSecrets(config), owners, onProgress: tell });
      try {
        const lines = await readAudit(await databases.connectMigrated(gatewayDatabase), since, most);
        for (const { number, writtenAt, line } of lines)
          print(JSON.stringify({ number: String(number), writtenAt, ...(JSON.parse(line) as object) }));
      } finally {
        await databases.close();
      }
    });
}

function instant(text: string): Date {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) throw new InvalidArgumentError('must be an instant such as 2026-03-10T12:00:00Z');
  return at;
}

function positive(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('must be a whole number from 1');
  return number;
}
