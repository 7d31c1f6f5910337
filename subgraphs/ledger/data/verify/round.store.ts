import { borrowed } from '../../../../kernel/db/borrow';
import type { Pool } from 'pg';
import type { InvariantFinding } from '../../../../kernel/db/invariants';
import { sql } from '../../../../kernel/db/sql';

export type RoundKind = 'WINDOW' | 'ALL' | 'SEAL';

/** Rounds that never wait for each other: the night's takes long in a large book, and windows go on meanwhile. */
export type Pace = 'FREQUENT' | 'NIGHTLY';

/** Up to which instant the last round of each kind went; null when there was none. */
export type LastRounds = Readonly<Record<RoundKind, Date | null>>;

/** A round that ended. */
export interface VerificationRound {
  readonly kind: RoundKind;
  readonly since: Date | null;
  readonly upto: Date;
  readonly accounts: number;
  /** What was found wrong; empty where all is well. */
  readonly findings: readonly InvariantFinding[];
}

const LAST = sql`/* ledger.round.last */
select clock_timestamp() as now, max(upto) filter (where kind = 'WINDOW') as "WINDOW",
       max(upto) filter (where kind = 'ALL') as "ALL", max(upto) filter (where kind = 'SEAL') as "SEAL"
  from (select distinct on (kind) kind, upto from verification_round order by kind, upto desc) r`;
const INSERT = sql`/* ledger.round.insert */
insert into verification_round (kind, since, upto, accounts, findings) values ($1, $2, $3, $4, $5)`;
const LOCK = sql`/* ledger.round.lock */
select pg_try_advisory_lock(hashtext('ledger.verification.' || $1)) as locked`;
const UNLOCK = sql`/* ledger.round.unlock */
select pg_advisory_unlock(hashtext('ledger.verification.' || $1))`;

/** The last rounds, and the database's own time: rows are stamped by it. */
export async function lastRounds(pool: Pool): Promise<{ last: LastRounds; now: Date }> {
  const { rows } = await pool.query<LastRounds & { now: Date }>(LAST);
  const [row] = rows;
  if (row === undefined) throw new Error('ledger.round.last: no row');
  const { now, ...last } = row;
  return { last, now };
}

/** Keeps what a round found. */
export async function addRound(pool: Pool, round: VerificationRound): Promise<void> {
  const { kind, since, upto, accounts } = round;
  const findings = JSON.stringify(round.findings, (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
  await pool.query(INSERT, [kind, since, upto, accounts, findings]);
}

/** Does something in one process only; elsewhere meanwhile it is left out. @returns whether it was done here */
export async function aloneInRounds(pool: Pool, pace: Pace, act: () => Promise<void>): Promise<boolean> {
  return borrowed(pool, async (client) => {
    const { rows } = await client.query<{ locked: boolean }>(LOCK, [pace]);
    if (rows[0]?.locked !== true) return false;
    await act();
    await client.query(UNLOCK, [pace]);
    return true;
  });
}
