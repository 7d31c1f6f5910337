import { Command, InvalidArgumentError } from 'commander';
import { readAudit } from '../../gateway/main';
import { instant } from '../arguments';
import { overGatewayDatabase } from '../composition/gateway-database';
import { print } from '../console';

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
      const lines = await overGatewayDatabase((database) => readAudit(database, since, most));
      for (const { number, writtenAt, line } of lines)
        print(JSON.stringify({ number: String(number), writtenAt, ...(JSON.parse(line) as object) }));
    });
}

function positive(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('must be a whole number from 1');
  return number;
}
