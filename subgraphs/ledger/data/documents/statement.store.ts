import type { Pool } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import { uuidOf, type Id } from '../../../../kernel/values/id';
import type { ClaimGroup } from '../../core/documents/statement';

const LOAD_GROUPS = sql`/* ledger.statement.loadGroups */
select l.pair, l.kind, c.contract_version, count(*)::text as claims,
       coalesce(sum(c.points) filter (where l.dispute_id is null), 0)::text as points, sum(l.micros)::text as micros,
       sum(l.billed_minor)::text as billed_minor
  from statement_line l
  join claim c on c.bucket = l.bucket and c.wallet = l.wallet and c.seq = l.seq and c.n = l.claim_n
 where l.cycle_id = $1 and l.pair = any($2::smallint[]) and not l.is_disputed
 group by l.pair, l.kind, c.contract_version
 order by l.pair, l.kind, c.contract_version`;

/**
 * The claims of some pairs of a cycle, put together where they are alike: without those in suspense, which bill nothing. Points of
 * a line that ends a dispute were counted when they were first billed for.
 */
export async function loadClaimGroups(pool: Pool, cycleId: string, pairs: readonly number[]): Promise<ClaimGroup[]> {
  const { rows } = await pool.query<Record<string, string>>(LOAD_GROUPS, [uuidOf(cycleId as Id<'cyc'>), pairs]);
  return rows.map((row) => ({
    pair: Number(row.pair),
    kind: row.kind ?? '',
    contractVersion: Number(row.contract_version),
    claims: BigInt(row.claims ?? 0),
    points: BigInt(row.points ?? 0),
    micros: BigInt(row.micros ?? 0),
    billedMinor: BigInt(row.billed_minor ?? 0),
  }));
}

const LOAD_CLAIMS = sql`/* ledger.statement.loadClaims */
select l.pair, l.n, l.kind, c.contract_version, c.points, l.micros, l.billed_minor, l.is_disputed, l.wallet,
       l.seq, t.occurred_at, t.recorded_at
  from statement_line l
  join claim c on c.bucket = l.bucket and c.wallet = l.wallet and c.seq = l.seq and c.n = l.claim_n
  join journal_transaction t on t.bucket = l.bucket and t.wallet = l.wallet and t.seq = l.seq
 where l.cycle_id = $1 and l.pair = any($2::smallint[]) and (l.pair, l.n) > ($3::smallint, $4::integer)
 order by l.pair, l.n
 limit $5`;

/** One claim of a statement, with the wallet it was posted to. */
export interface StoredClaim {
  readonly pair: number;
  readonly n: number;
  readonly kind: string;
  readonly contractVersion: number;
  readonly points: bigint;
  readonly micros: bigint;
  readonly billedMinor: bigint;
  readonly isDisputed: boolean;
  readonly occurredAt: Date;
  readonly recordedAt: Date;
  readonly wallet: string;
  readonly seq: bigint;
}

/** A page of the claims of some pairs, by pair and number. */
export async function loadStatementClaims(
  pool: Pool,
  cycleId: string,
  { pairs, after, limit }: { pairs: readonly number[]; after: { pair: number; n: number }; limit: number },
): Promise<StoredClaim[]> {
  const values = [uuidOf(cycleId as Id<'cyc'>), pairs, after.pair, after.n, limit];
  const { rows } = await pool.query<
    Record<string, string> & { is_disputed: boolean; occurred_at: Date; recorded_at: Date }
  >(LOAD_CLAIMS, values);
  return rows.map((row) => ({
    pair: Number(row.pair),
    n: Number(row.n),
    kind: row.kind ?? '',
    contractVersion: Number(row.contract_version),
    points: BigInt(row.points ?? 0),
    micros: BigInt(row.micros ?? 0),
    billedMinor: BigInt(row.billed_minor ?? 0),
    isDisputed: row.is_disputed,
    occurredAt: row.occurred_at,
    recordedAt: row.recorded_at,
    wallet: row.wallet ?? '',
    seq: BigInt(row.seq ?? 0),
  }));
}
