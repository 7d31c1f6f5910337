import type { Pool } from 'pg';
import { DataSource, EntitySchema } from 'typeorm';
import type { Case } from './measure';

const ROWS = 20_000;

/**
 * The floor: one statement that inserts one row and updates another, by the same driver over 16 connections. No earn writes
 * less.
 */
export async function floor(pool: Pool): Promise<Case> {
  await pool.query(`create table floor_row (id uuid primary key default gen_random_uuid(), body text not null);
    create table floor_balance (id integer primary key, amount bigint not null) with (fillfactor = 50);
    insert into floor_balance select n, 0 from generate_series(1, ${ROWS}) n`);
  const text = `/* bench.floor.earn */
with inserted as (insert into floor_row (body) values ($2))
update floor_balance set amount = amount + 1 where id = $1`;
  const once = async () => {
    await pool.query({ name: 'floor', text, values: [1 + Math.floor(Math.random() * ROWS), 'one purchase'] });
    return 1;
  };
  return { callers: 16, once };
}

interface NaiveWallet {
  id: number;
  balance: string;
}

const walletEntity = new EntitySchema<NaiveWallet>({
  name: 'naive_wallet',
  columns: { id: { type: 'integer', primary: true }, balance: { type: 'bigint' } },
});
const record = (name: string) =>
  new EntitySchema<{ id?: number; wallet: number; amount: string; reference: string }>({
    name,
    columns: {
      id: { type: 'bigint', primary: true, generated: 'increment' },
      wallet: { type: 'integer' },
      amount: { type: 'bigint' },
      reference: { type: 'text' },
    },
  });
const [purchaseEntity, entryEntity, lotEntity] = ['naive_purchase', 'naive_entry', 'naive_lot'].map(record);

/** An earn as an ORM invites one to write it: find the wallet for update, then save purchase, entry, lot and wallet. */
export async function naive(url: string, callers: number): Promise<Case & { close(): Promise<void> }> {
  const source = new DataSource({
    type: 'postgres',
    url,
    entities: [walletEntity, purchaseEntity!, entryEntity!, lotEntity!],
    synchronize: true,
    extra: { max: 16 },
  });
  await source.initialize();
  await source.query(`insert into naive_wallet select n, 0 from generate_series(1, ${ROWS}) n`);
  let receipts = 0;
  const once = async () => {
    const [id, reference] = [1 + Math.floor(Math.random() * ROWS), `naive-${(receipts += 1)}`];
    await source.transaction(async (manager) => {
      const lock = { mode: 'pessimistic_write' } as const;
      const wallet = await manager.findOneOrFail(walletEntity, { where: { id }, lock });
      const one = { wallet: id, amount: '12', reference };
      await manager.save(purchaseEntity!, { ...one });
      await manager.save(entryEntity!, { ...one });
      await manager.save(lotEntity!, { ...one });
      wallet.balance = `${BigInt(wallet.balance) + 12n}`;
      await manager.save(walletEntity, wallet);
    });
    return 1;
  };
  return { callers, once, close: () => source.destroy() };
}
