import type { Logger } from 'typeorm';
import { openLog } from '../telemetry/log';

/**
 * What TypeORM may write to the log: failed and slow statements by the name in their opening comment, and warnings.
 * Parameters are personal and never written; nor are error texts of the server, which quote them.
 */
export class QuietLogger implements Logger {
  constructor(
    private readonly database: string,
    private readonly write: (event: Readonly<Record<string, unknown>>) => void = writeToLog,
  ) {}

  logQuery(): void {}

  /** The caller gets the error itself and decides what it means; the log keeps only which statement and which SQLSTATE. */
  logQueryError(error: string | Error, query: string): void {
    const sqlState = typeof error === 'string' ? undefined : (error as { code?: string }).code;
    if (sqlState !== undefined && isExpected(sqlState)) return;
    this.write({
      event: 'database.statement.failed',
      database: this.database,
      statement: statementName(query),
      sqlState,
    });
  }

  logQuerySlow(time: number, query: string): void {
    this.write({
      event: 'database.statement.slow',
      database: this.database,
      statement: statementName(query),
      ms: time,
    });
  }

  logSchemaBuild(): void {}

  logMigration(): void {}

  log(level: 'log' | 'info' | 'warn', message: unknown): void {
    if (level === 'warn') this.write({ event: 'database.warning', database: this.database, message: String(message) });
  }
}

/** Conflicts (23xxx) and retries (40xxx) are how stores find out about races: their callers turn them into refusals. */
function isExpected(sqlState: string): boolean {
  return sqlState.startsWith('23') || sqlState.startsWith('40');
}

function statementName(query: string): string {
  const named = /^\s*\/\*\s*([^*]+?)\s*\*\//.exec(query);
  return named?.[1] ?? (query.trim().split(/\s+/, 1)[0] ?? '').toLowerCase();
}

let log: ReturnType<typeof openLog> | undefined;

function writeToLog(event: Readonly<Record<string, unknown>>): void {
  log ??= openLog('database');
  log.warn(event);
}
