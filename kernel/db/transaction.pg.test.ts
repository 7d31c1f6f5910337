import { openTestDatabase, type TestDatabase } from '../testkit/database';
import { jars, JarRow } from '../testkit/jars';
import { inTransaction, sqlStateOf } from './transaction';

describe('inTransaction', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase(jars);
  });
  afterAll(() => database.drop());
  beforeEach(() => database.pool.query(`delete from jar; insert into jar values ('a', 5), ('b', 5)`));

  const coins = async (id: string): Promise<bigint> =>
    (await database.dataSource.getRepository(JarRow).findOneByOrFail({ id })).coins;

  it('commits what the work did when it returns', async () => {
    const answer = await inTransaction(database, async (tx) => {
      await tx.query(`update jar set coins = 9007199254740993 where id = 'a'`);
      return 'done';
    });
    expect(answer).toBe('done');
    expect(await coins('a')).toBe(9007199254740993n);
  });

  it('undoes everything when the work throws', async () => {
    const failing = inTransaction(database, async (tx) => {
      await tx.query(`update jar set coins = 0 where id = 'a'`);
      await tx.query(`update jar set coins = -1 where id = 'b'`);
    });
    await expect(failing.catch((error: unknown) => sqlStateOf(error))).resolves.toBe('23514');
    expect(await coins('a')).toBe(5n);
  });

  it('runs at READ COMMITTED', async () => {
    const [row] = await inTransaction(database, (tx) => tx.query('show transaction_isolation'));
    expect(row).toEqual({ transaction_isolation: 'read committed' });
  });

  it('tries a deadlock again until both sides are through', async () => {
    let attempts = 0;
    const arrived: (() => void)[] = [];
    const bothHoldOne = new Promise<void>((open) => arrived.push(open));
    let holding = 0;
    const move = (first: string, second: string): Promise<void> =>
      inTransaction(database, async (tx) => {
        attempts += 1;
        await tx.query('update jar set coins = coins - 1 where id = $1', [first]);
        if (++holding === 2) arrived[0]?.();
        await bothHoldOne;
        await tx.query('update jar set coins = coins + 1 where id = $1', [second]);
      });
    await Promise.all([move('a', 'b'), move('b', 'a')]);
    expect(attempts).toBeGreaterThan(2);
    expect([await coins('a'), await coins('b')]).toEqual([5n, 5n]);
  });

  it('gives up after a bounded number of attempts', async () => {
    let attempts = 0;
    const hopeless = inTransaction(database, async (tx) => {
      attempts += 1;
      await tx.query(`do $$ begin raise exception 'again' using errcode = '40001'; end $$`);
    });
    await expect(hopeless.catch(sqlStateOf)).resolves.toBe('40001');
    expect(attempts).toBe(5);
  });
});
