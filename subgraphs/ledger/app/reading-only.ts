import type { PoolClient } from 'pg';
import { borrowed } from '../../../kernel/db/borrow';
import type { Ledger } from './ledger';

/** One view of the book, in which the database lets nothing be written. */
export function readingOnly<Result>(
  { database }: Pick<Ledger, 'database'>,
  read: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  return borrowed(database.pool, async (client) => {
    await client.query('begin isolation level repeatable read read only');
    const result = await read(client);
    await client.query('rollback');
    return result;
  });
}
