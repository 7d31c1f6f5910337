import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { projectRoot } from '../kernel/config/project-root';
import { auditCommand } from './commands/audit';
import { benchCommand } from './commands/bench';
import { doctorCommand } from './commands/doctor';
import { documentsCommand } from './commands/documents';
import { migrateCommand } from './commands/migrate';
import { operationsCommand } from './commands/operations';
import { presetCommand } from './commands/preset';
import { replayCommand } from './commands/replay';
import { seedCommand } from './commands/seed';
import { serveCommand } from './commands/serve';
import { makeBookCommand } from './commands/make-book';
import { settleBookCommand } from './commands/settle-book';
import { tokenCommand } from './commands/token';
import { upCommand } from './commands/up';
import { packageCommand } from './commands/package';
import { verifyStatementCommand } from './commands/verify-statement';
import { verifyCommand } from './commands/verify';
import { Failed, tell } from './console';

/** The hub's command line, with every command. */
export function hubProgram(): Command {
  const { version } = JSON.parse(readFileSync(join(projectRoot(), 'package.json'), 'utf8')) as { version: string };
  const program = new Command('hub')
    .description('The hub on which partner brands of a coalition share members, points and rewards.')
    .version(version)
    .showHelpAfterError('(hub --help shows every command; hub COMMAND --help its options)')
    .addHelpText('after', '\nConfiguration comes from the environment: docs/CONFIGURATION.md lists every variable.');
  const commands = [
    upCommand(),
    serveCommand(),
    migrateCommand(),
    seedCommand(),
    presetCommand(),
    replayCommand(),
    settleBookCommand(),
    makeBookCommand(),
    documentsCommand(),
    operationsCommand(),
    verifyCommand(),
    packageCommand(),
    verifyStatementCommand(),
    auditCommand(),
    benchCommand(),
    doctorCommand(),
    tokenCommand(),
  ];
  for (const command of commands) program.addCommand(wellBehaved(command));
  return program.exitOverride();
}

/** A wrong call of a command, or of a command beneath it, is answered here and does not end the process. */
function wellBehaved(command: Command): Command {
  command.commands.forEach(wellBehaved);
  return command.exitOverride().showHelpAfterError();
}

/**
 * Runs one command line.
 *
 * @returns the exit code: 0 done, 1 failed, 2 wrongly called
 */
export async function run(argv: readonly string[]): Promise<number> {
  try {
    await hubProgram().parseAsync([...argv]);
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof Failed) return 1;
    tell(inWords(error));
    return 1;
  }
}

/** A failure as a person reads it: faults by code and sentence, bugs with where they happened. */
export function inWords(error: unknown): string {
  if (!(error instanceof Error)) return `INTERNAL: ${String(error)}`;
  const { code } = error as { code?: unknown };
  if (typeof code === 'string' && code.startsWith('HUB_')) {
    return error.message.startsWith(code) ? error.message : `${code}: ${error.message}`;
  }
  return `INTERNAL: ${error.stack ?? error.message}`;
}
