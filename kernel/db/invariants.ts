import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { borrowed } from './borrow';
import type { Database } from './database';

/** At most this many offending rows are kept per invariant: enough to see what is wrong. */
const ROWS_KEPT = 20;

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

/**
 * Runs every invariant of a folder over one consistent view of the database. Each file is a single query that returns the
 * offending rows; none is healthy. The transaction is read only, so that a faulty invariant can change nothing.
 *
 * @returns one finding per file, by name, the healthy ones too
 */
export async function runInvariants(database: Database, folder: string): Promise<InvariantFinding[]> {
  return borrowed(database.pool, async (client) => {
    await client.query('begin isolation level repeatable read read only');
    // A whole book is read: longer than any statement of a caller may take.
    await client.query('set local statement_timeout = 0');
    const findings: InvariantFinding[] = [];
    for (const { name, sql } of readSqlFolder(folder)) {
      // A cursor, so that a book gone wrong in a million places does not arrive here as a million rows.
      await client.query(`declare offending no scroll cursor for ${sql}`);
      const { rows } = await client.query<Record<string, unknown>>(`fetch ${ROWS_KEPT} from offending`);
      const { rowCount: more } = await client.query('move forward all in offending');
      await client.query('close offending');
      findings.push({ name, total: rows.length + (more ?? 0), rows });
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
