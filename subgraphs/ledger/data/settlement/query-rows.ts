import type { Pool } from 'pg';
import type { Tx } from '../../../../kernel/db/transaction';

/** Runs a statement in a transaction or on the pool, and answers its rows. */
export async function queryRows<Row>(db: Tx | Pool, text: string, values: unknown[]): Promise<Row[]> {
  const run = db as { query(text: string, values: unknown[]): Promise<Row[] | { rows: Row[] }> };
  const answer = await run.query(text, values);
  return Array.isArray(answer) ? answer : answer.rows;
}
