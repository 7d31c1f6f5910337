import { isRefusal, type Outcome, type Refusal } from '../errors/refusal';
import { refuseShared } from '../errors/shared-refusals';
import { canonicalHash } from '../values/canonical';
import { sql } from './sql';
import type { Tx } from './transaction';

/** The table of idempotency keys, made by the first migration of every subgraph that calls `once`. */
export const COMMAND_KEY_DDL = `
create table command_key (
  caller text not null,
  operation text not null,
  key text not null,
  body_hash bytea not null,
  outcome jsonb not null,
  recorded_at timestamptz not null default now(),
  primary key (caller, operation, key)
);`;

/**
 * Says whose an intent is: the programme the connection is set to, '' for the hub's own. Those written before have none; they are
 * found by their caller alone, as they always were.
 */
export const COMMAND_KEY_OF_PROGRAMME_DDL = `
alter table command_key add column programme_id text;
-- Apart from the column, or the rows that are there would be given it as well.
alter table command_key alter column programme_id set default coalesce(current_setting('hub.programme', true), '');`;

/** One intent of one caller. */
export interface Command {
  /** Who asks, stable over key rotation and token renewal: `callerOf(principal)`. */
  readonly caller: string;
  /** The mutation, such as `addPartner`. */
  readonly operation: string;
  /** The caller's own name for this intent, 1 to 255 characters. */
  readonly key: string;
  /** What was asked, without the key; compared by hash, so the order of its fields does not matter. */
  readonly body: unknown;
}

/** An outcome, and whether it is that of an earlier call with the same key. */
export type Replayable<Value extends object, R extends Refusal = Refusal> = Outcome<Value, R> & {
  readonly replayed: boolean;
};

/** A wrong credential or input decides nothing about the intent: put right, the same key may be sent again. */
const NEVER_STORED: ReadonlySet<string> = new Set([
  'INVALID_INPUT',
  'FORBIDDEN',
  'IDEMPOTENCY_MISMATCH',
  'IDEMPOTENCY_IN_PROGRESS',
]);

/**
 * Does `work` once per key. The first call works and stores what came of it in the transaction of the fact; a repeat with
 * the same body answers that, with another body IDEMPOTENCY_MISMATCH, and while the first still runs
 * IDEMPOTENCY_IN_PROGRESS. Successes and decided refusals are stored; retryable refusals are not, nor is work that throws.
 *
 * Call it after authorisation, as the first step of the transaction. `work` must write nothing before it refuses, because a
 * refusal commits. Strings, numbers, booleans, nulls, bigints, dates, arrays and plain objects come back from the store as
 * they went in.
 *
 * Keep secrets out of what `work` answers: it is stored for as long as the fact.
 */
export async function once<Value extends object, R extends Refusal = Refusal>(
  tx: Tx,
  command: Command,
  work: () => Promise<Outcome<Value, R>>,
): Promise<Replayable<Value, R | Refusal>> {
  if (!(await lockKey(tx, command))) {
    return {
      ...refuseShared('IDEMPOTENCY_IN_PROGRESS', 'The first call with this key has not finished.'),
      replayed: false,
    };
  }
  const hash = canonicalHash(command.body);
  const first = await firstCall(tx, command);
  if (first !== null) {
    if (first.bodyHash.equals(hash)) return { ...(revive(first.outcome) as Outcome<Value, R>), replayed: true };
    return { ...refuseShared('IDEMPOTENCY_MISMATCH', 'This key was used before with another body.'), replayed: false };
  }
  const outcome = await work();
  if (isWorthKeeping(outcome)) await keep(tx, command, { hash, outcome });
  return { ...outcome, replayed: false };
}

const LOCK_KEY = sql`/* kernel.commandKey.lock */ select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as held`;

/**
 * Held until the transaction ends, and never waited for: a caller that repeats itself impatiently is told so at once
 * instead of occupying one connection per repeat. Two keys of one hash cost one of the callers a retry, nothing more.
 */
async function lockKey(tx: Tx, { caller, operation, key }: Command): Promise<boolean> {
  const [answer] = await tx.query<{ held: boolean }[]>(LOCK_KEY, [
    JSON.stringify(['command_key', caller, operation, key]),
  ]);
  return answer?.held === true;
}

const FIRST_CALL = sql`/* kernel.commandKey.find */
select body_hash, outcome
  from command_key
 where caller = $1 and operation = $2 and key = $3`;

async function firstCall(
  tx: Tx,
  { caller, operation, key }: Command,
): Promise<{ bodyHash: Buffer; outcome: unknown } | null> {
  const [row] = await tx.query<{ body_hash: Buffer; outcome: unknown }[]>(FIRST_CALL, [caller, operation, key]);
  return row === undefined ? null : { bodyHash: row.body_hash, outcome: row.outcome };
}

const KEEP = sql`/* kernel.commandKey.keep */
insert into command_key (caller, operation, key, body_hash, outcome)
values ($1, $2, $3, $4, $5)`;

async function keep(
  tx: Tx,
  { caller, operation, key }: Command,
  { hash, outcome }: { hash: Buffer; outcome: object },
): Promise<void> {
  await tx.query(KEEP, [caller, operation, key, hash, JSON.stringify(storable(outcome))]);
}

function isWorthKeeping(outcome: object): boolean {
  return !isRefusal(outcome) || (!outcome.retryable && !NEVER_STORED.has(outcome.code));
}

/** JSON has no bigint and no date: each is stored as an object of one field under a name no outcome's field has. */
const MARK = { bigint: '$bigint', date: '$date' };

function storable(value: unknown): unknown {
  if (typeof value === 'bigint') return { [MARK.bigint]: value.toString() };
  if (value instanceof Date) return { [MARK.date]: value.toISOString() };
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, storable(field)]));
}

function revive(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revive);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value);
  const [name, field] = fields.length === 1 ? fields[0]! : [];
  if (name === MARK.bigint) return BigInt(String(field));
  if (name === MARK.date) return new Date(String(field));
  return Object.fromEntries(fields.map(([key, inner]) => [key, revive(inner)]));
}
