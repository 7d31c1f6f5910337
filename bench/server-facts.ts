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
