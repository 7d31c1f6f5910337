import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { borrowed } from './borrow';
import type { Database } from './database';

/** At most this many offending rows are kept per invariant: enough to see what is wrong. */
const ROWS_KEPT = 20;
/** Rows read at a time by whoever wants to see them all. */
const PAGE = 1_000;

export interface SqlFile {
  /** The file's name without `.sql`. */
  readonly name: string;
  readonly sql: string;
}

/** Reads the `*.sql` files of a folder, by name; a folder that does not exist holds none. */
export function readSqlFolder(folder: string): SqlFile[] {
  let files: string[];
  try {
    files = readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  const sqlFiles = files.filter((file) => file.endsWith('.sql')).sort();
  return sqlFiles.map((file) => ({ name: basename(file, '.sql'), sql: readFileSync(join(folder, file), 'utf8') }));
}

/** What one invariant found. */
export interface InvariantFinding {
  readonly name: string;
  /** How many rows offend; 0 is healthy. */
  readonly total: number;
  /** The first of them, at most 20. */
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** Offending rows of one invariant, some of them at a time. */
export type Offending = Pick<InvariantFinding, 'name' | 'rows'>;

/**
 * Runs every invariant of a folder over one consistent view of the database. Each file is a single query that returns the
 * offending rows; none is healthy. The transaction is read only, so that a faulty invariant can change nothing.
 *
 * @param see shown every offending row, page after page, each before the next is read; what it throws ends the run
 * @returns one finding per file, by name, the healthy ones too
 */
export async function runInvariants(
  database: Database,
  folder: string,
  see?: (offending: Offending) => Promise<void>,
): Promise<InvariantFinding[]> {
  return borrowed(database.pool, async (client) => {
    await client.query('begin isolation level repeatable read read only');
    // A whole book is read: longer than any statement of a caller may take.
    await client.query('set local statement_timeout = 0');
    const findings: InvariantFinding[] = [];
    for (const { name, sql } of readSqlFolder(folder)) {
      // A cursor, so that a book gone wrong in a million places does not arrive here as a million rows.
      await client.query(`declare offending no scroll cursor for ${sql}`);
      const fetch = async (count: number) =>
        (await client.query<Record<string, unknown>>(`fetch ${count} from offending`)).rows;
      const kept = await fetch(ROWS_KEPT);
      let total = kept.length;
      if (see === undefined) total += (await client.query('move forward all in offending')).rowCount ?? 0;
      else {
        for (let rows = kept; rows.length > 0; rows = await fetch(PAGE)) {
          if (rows !== kept) total += rows.length;
          await see({ name, rows });
        }
      }
      await client.query('close offending');
      findings.push({ name, total, rows: kept });
    }
    await client.query('rollback');
    return findings;
  });
}

/** The invariants that found something, as lines for a test's message or an operator. */
export function describeFindings(findings: readonly InvariantFinding[]): string[] {
  return findings
    .filter(({ total }) => total > 0)
    .map(({ name, total, rows }) => `${name}: ${total} rows, first ${JSON.stringify(rows[0])}`);
}
