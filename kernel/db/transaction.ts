import { setTimeout as pause } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import type { Database } from './database';

/** A transaction under way: TypeORM's entity manager, bound to one connection. Its `query` runs raw SQL inside it. */
export type Tx = EntityManager;

const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 5;

/** What PostgreSQL answers when nothing is wrong but the timing: serialization failure, deadlock. */
const RETRYABLE_STATES: ReadonlySet<string> = new Set(['40001', '40P01']);

/**
 * Runs `work` in a READ COMMITTED transaction: committed when it returns, rolled back when it throws. A deadlock or a
 * serialization failure is tried again, at most four times, after a growing random pause.
 *
 * `work` may therefore run more than once: it must change nothing outside `tx`. A refusal is a value and does commit;
 * throw to undo. Correctness rests on row locks, conditional updates and constraints, never on the isolation level.
 */
export async function inTransaction<T>(database: Database, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await database.dataSource.transaction('READ COMMITTED', work);
    } catch (error) {
      if (attempt === ATTEMPTS || !RETRYABLE_STATES.has(sqlStateOf(error) ?? '')) throw error;
      await pause(Math.random() * FIRST_PAUSE_MS * 2 ** attempt);
    }
  }
}

/** The SQLSTATE of an error of `pg` or TypeORM, such as `23505` for a broken uniqueness; undefined for any other error. */
export function sqlStateOf(error: unknown): string | undefined {
  const { code, driverError } = (error ?? {}) as { code?: unknown; driverError?: { code?: unknown } };
  const state = driverError?.code ?? code;
  // Every class of SQLSTATE has a digit in its code; EPIPE, an error of the system with five letters, has none.
  return typeof state === 'string' && /^(?=.*[0-9])[0-9A-Z]{5}$/.test(state) ? state : undefined;
}
