import { Pool, type QueryResultRow } from 'pg';

/** What a bench asks of its server, once and on a connection of its own. */
export async function askOnce<Row extends QueryResultRow>(
  url: string,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const pool = new Pool({ connectionString: url, max: 1 });
  try {
    const { rows } = await pool.query<Row>(text, [...values]);
    return rows;
  } finally {
    await pool.end();
  }
}

/** The server's version, such as `18.4`. */
export async function serverVersion(url: string): Promise<string> {
  const [row] = await askOnce<{ server_version: string }>(url, 'show server_version');
  return row!.server_version;
}

/** Deadlocks of the whole server since it was made. */
export async function deadlocks(url: string): Promise<number> {
  const [row] = await askOnce<{ count: string }>(url, 'select sum(deadlocks) as count from pg_stat_database');
  return Number(row!.count);
}

/** Segments of log that are made before measuring: what a server that has run for a day has at hand, 2.5 GB. */
const SEGMENTS = 160;

/**
 * Brings a new server into the state of one that has run for a while: segments of its log were written, and a checkpoint has put
 * them by for new use. Without it a bench of seconds measures how the disk makes files: 50 ms for each 16 MB.
 */
export async function warmLog(url: string): Promise<void> {
  const pool = new Pool({ connectionString: url, max: 1 });
  try {
    for (let made = 0; made < SEGMENTS; made += 1) {
      await pool.query(
        `select pg_logical_emit_message(false, 'hub.bench', 'a segment is not left while empty'), pg_switch_wal()`,
      );
    }
    await pool.query('checkpoint');
  } finally {
    await pool.end();
  }
}
