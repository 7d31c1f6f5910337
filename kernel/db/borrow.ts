import type { Pool, PoolClient } from 'pg';

/**
 * Works on one connection of a pool, for what needs several statements on the same one. A connection that is lost while it is
 * borrowed fails the statement under way; without a listener of its own it would end the process as well. After a failure it is
 * closed instead of given back: whatever it still held, a transaction or a lock, ends with it.
 */
export async function borrowed<Result>(pool: Pool, work: (client: PoolClient) => Promise<Result>): Promise<Result> {
  const client = await pool.connect();
  const told = (): void => undefined;
  client.on('error', told);
  let isSound = false;
  try {
    const result = await work(client);
    isSound = true;
    return result;
  } finally {
    client.off('error', told);
    client.release(!isSound);
  }
}

/**
 * Gives each connection of a pool a listener for as long as it lives. A pool listens to those that idle; one that is closed instead of
 * given back, as after a failure, is heard by nobody, and a server that ends in that moment would end the process as well.
 */
export function survivesLosses(pool: Pool): void {
  const heard = new WeakSet<PoolClient>();
  pool.on('acquire', (client) => {
    if (heard.has(client)) return;
    heard.add(client);
    client.on('error', () => undefined);
  });
}
