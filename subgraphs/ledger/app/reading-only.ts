import type { PoolClient } from 'pg';
import { borrowed } from '../../../kernel/db/borrow';
import type { Ledger } from './ledger';

/** One view of the book of every programme, in which the database lets nothing be written: for what prices or replays all of a stretch. */
export function readingOnly<Result>(
  { whole }: Pick<Ledger, 'whole'>,
  read: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  return borrowed(whole.pool, async (client) => {
    await client.query('begin isolation level repeatable read read only');
    const result = await read(client);
    await client.query('rollback');
    return result;
  });
}
