import type { MigrationInterface, QueryRunner } from 'typeorm';
import { openTestDatabase, type TestDatabase } from '../testkit/database';
import { isRefusal, type Outcome, type Refusal } from '../errors/refusal';
import { COMMAND_KEY_DDL, once, type Command } from './command-key';
import { inTransaction, type Tx } from './transaction';

class CommandKeyTest1700000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(COMMAND_KEY_DDL);
    await runner.query('create table effect (id bigint generated always as identity, note text not null)');
  }
  async down(): Promise<void> {}
}

const command: Command = { caller: 'partner:ptr_a', operation: 'addThing', key: 'k-1', body: { note: 'x', size: 3n } };

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({
    name: 'command_key',
    rows: [],
    migrations: [CommandKeyTest1700000000000],
    appendOnly: [],
  });
});
afterAll(() => database.drop());
beforeEach(() => database.asOwner('truncate command_key, effect'));

const effects = async (): Promise<number> => {
  const { rows } = await database.pool.query<{ n: number }>('select count(*)::int as n from effect');
  return rows[0]!.n;
};

async function leaveEffect(tx: Tx): Promise<{ note: string; size: bigint; at: Date; parts: { of: bigint }[] }> {
  await tx.query('insert into effect (note) values ($1)', ['x']);
  return { note: 'x', size: 9_007_199_254_740_993n, at: new Date('2026-03-01T10:00:00.123Z'), parts: [{ of: 1n }] };
}

const call = <V extends object>(change: Partial<Command>, work: (tx: Tx) => Promise<Outcome<V>>) =>
  inTransaction(database, (tx) => once(tx, { ...command, ...change }, () => work(tx)));

const refusal = (change: Partial<Refusal> = {}): Refusal => ({
  kind: 'refusal',
  code: 'THINGS_FULL',
  message: 'No room.',
  retryable: false,
  facts: { missing: 5n },
  ...change,
});

describe('one intent, one effect', () => {
  it('works the first time and answers the same the second time, marked as replayed', async () => {
    const first = await call({}, leaveEffect);
    const second = await call({}, leaveEffect);
    expect(first.replayed).toBe(false);
    expect(second).toEqual({ ...first, replayed: true });
    expect(await effects()).toBe(1);
  });

  it('reads a body as the same whatever order its fields are in', async () => {
    await call({}, leaveEffect);
    const again = await call({ body: { size: 3n, note: 'x' } }, leaveEffect);
    expect(again.replayed).toBe(true);
  });

  it('refuses the key with another body, and leaves no effect', async () => {
    await call({}, leaveEffect);
    const other = await call({ body: { note: 'y' } }, leaveEffect);
    expect(other).toMatchObject({ kind: 'refusal', code: 'IDEMPOTENCY_MISMATCH', retryable: false, replayed: false });
    expect(await effects()).toBe(1);
  });

  it.each([{ caller: 'partner:ptr_b' }, { operation: 'dropThing' }, { key: 'k-2' }])(
    'keeps %j apart',
    async (change) => {
      await call({}, leaveEffect);
      expect((await call(change, leaveEffect)).replayed).toBe(false);
      expect(await effects()).toBe(2);
    },
  );
});

describe('what is kept', () => {
  it('answers a decided refusal again, with its facts', async () => {
    await call({}, async () => refusal());
    const again = await call({}, leaveEffect);
    expect(again).toEqual({ ...refusal(), replayed: true });
    expect(await effects()).toBe(0);
  });

  it.each([refusal({ retryable: true }), refusal({ code: 'INVALID_INPUT' }), refusal({ code: 'FORBIDDEN' })])(
    'lets the caller try again after $code (retryable: $retryable)',
    async (first) => {
      await call({}, async () => first);
      expect(isRefusal(await call({}, leaveEffect))).toBe(false);
      expect(await effects()).toBe(1);
    },
  );

  it('forgets the key when the work throws', async () => {
    await expect(
      call({}, async (tx) => {
        await leaveEffect(tx);
        throw new Error('a bug');
      }),
    ).rejects.toThrow('a bug');
    expect((await call({}, leaveEffect)).replayed).toBe(false);
    expect(await effects()).toBe(1);
  });
});

describe('the same key at the same time', () => {
  /** Two transactions, both under way before either may work. */
  async function race(attempt: (tx: Tx) => Promise<unknown>): Promise<unknown[]> {
    let arrived = 0;
    let open: () => void;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const one = (): Promise<unknown> =>
      inTransaction(database, async (tx) => {
        await tx.query('select 1');
        if (++arrived === 2) open();
        await gate;
        return attempt(tx);
      });
    return Promise.all([one(), one()]);
  }

  it('has one effect, and the call that came second is told to wait or is given the outcome', async () => {
    for (let round = 0; round < 20; round++) {
      const key = `race-${round}`;
      const outcomes = await race((tx) => once(tx, { ...command, key }, () => leaveEffect(tx)));
      const second = outcomes.find((outcome) => isRefusal(outcome) || (outcome as { replayed: boolean }).replayed);
      expect(second).toMatchObject(
        isRefusal(second) ? { code: 'IDEMPOTENCY_IN_PROGRESS', retryable: true } : { replayed: true },
      );
      expect(await call({ key }, leaveEffect)).toMatchObject({ replayed: true });
    }
    expect(await effects()).toBe(20);
  });

  it('negative control: looking before working, without the lock, has two effects', async () => {
    let looked = 0;
    let open: () => void;
    const bothLooked = new Promise<void>((resolve) => (open = resolve));
    await race(async (tx) => {
      const seen = await tx.query<unknown[]>('select 1 from command_key where key = $1', ['naive']);
      if (++looked === 2) open();
      await bothLooked;
      if (seen.length > 0) return;
      await leaveEffect(tx);
      await tx.query(`insert into command_key (caller, operation, key, body_hash, outcome) values ('a', 'b', 'naive', '', '{}')
                      on conflict do nothing`);
    });
    expect(await effects()).toBe(2);
  });
});
