import type { Database } from '../../../kernel/db/database';
import type { Tx } from '../../../kernel/db/transaction';

/** A database, as far as transactions on it can be interrupted. */
export type Mortal = Pick<Database, 'dataSource' | 'pool'>;

/** A database whose connection is lost with a statement, the first being 1; `fell` is told when that happens. */
export type Dying = (place: number, fell: () => void) => Mortal;

/** More statements than any step has, and how many come through between two crashes. */
const [STATEMENTS_MAX, APART] = [60, 3];

/** The database, whose connection is lost with one statement of a transaction. */
export function dyingAt(database: Mortal): Dying {
  return (place, fell) => {
    const lose = (tx: Tx) => {
      fell();
      return tx.query('select pg_terminate_backend(pg_backend_pid())');
    };
    const transaction = (level: 'READ COMMITTED', work: (tx: Tx) => Promise<unknown>) =>
      database.dataSource.transaction(level, (tx) => work(interrupted(tx, place, lose)));
    return { pool: database.pool, dataSource: { transaction } as never };
  };
}

/** The broken variant: each statement commits by itself, and the process ends between two of them. */
export function dyingInPieces(database: Mortal): Dying {
  return (place, fell) => {
    const end = () => {
      fell();
      return Promise.reject(new Error('the process ended'));
    };
    const transaction = async (_level: string, work: (tx: Tx) => Promise<unknown>) => {
      const runner = database.dataSource.createQueryRunner();
      try {
        return await work(interrupted(runner.manager, place, end));
      } finally {
        await runner.release();
      }
    };
    return { pool: database.pool, dataSource: { transaction } as never };
  };
}

function interrupted(tx: Tx, place: number, instead: (tx: Tx) => Promise<unknown>): Tx {
  let asked = 0;
  const query = (text: string, values: unknown[]) => {
    asked += 1;
    return asked === place ? instead(tx) : tx.query(text, values);
  };
  return new Proxy(tx, { get: (target, name) => (name === 'query' ? query : Reflect.get(target, name)) });
}

/** A database whose process stops for good within a transaction, and holds on to all it has locked; and how to make it lose that. */
export function hangingAt(database: Mortal, place: number): Mortal & { readonly hangs: Promise<number> } {
  let tell: (pid: number) => void = () => undefined;
  const hangs = new Promise<number>((resolve) => (tell = resolve));
  const hang = async (tx: Tx) => {
    const [row] = (await tx.query('select pg_backend_pid() as pid')) as { pid: number }[];
    tell(row?.pid ?? 0);
    return new Promise(() => undefined);
  };
  const transaction = (level: 'READ COMMITTED', work: (tx: Tx) => Promise<unknown>) =>
    database.dataSource.transaction(level, (tx) => work(interrupted(tx, place, hang)));
  return { pool: database.pool, dataSource: { transaction } as never, hangs };
}

/** Takes a step that is interrupted at its first statement, then some statements later, and so on until it comes through. */
export async function insist<T>(
  step: (on: Mortal) => Promise<T>,
  onDying: Dying,
): Promise<{ done: T; crashes: number }> {
  for (let [place, crashes] = [1, 0]; place <= STATEMENTS_MAX; place += APART, crashes += 1) {
    let fallen = false;
    const on = onDying(place, () => (fallen = true));
    const answer = await step(on).then(
      (done) => ({ done }),
      (error: unknown) => {
        if (!fallen) throw error;
        return null;
      },
    );
    if (answer !== null) return { ...answer, crashes };
  }
  throw new Error('a step has more statements than were thought of');
}
