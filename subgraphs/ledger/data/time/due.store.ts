import type { Pool } from 'pg';
import { idFromUuid, uuidOf, type MemberId, type ProgrammeId } from '../../../../kernel/values/id';
import { STOPPED_WALLETS } from '../verify/freeze.store';

/** What time alone brings about on a member's account, in the order in which it happens when it is due at the same instant. */
export type DueKind = 'RELEASE' | 'HOLD_TIMEOUT' | 'EXPIRY' | 'TIER';

/** One thing that is due. */
export interface DueItem {
  readonly kind: DueKind;
  readonly memberId: MemberId;
  /** The lot to release, or the version that made the hold; 0 where the account as a whole is meant. */
  readonly number: bigint;
  /** When the account's qualifying points began to be counted; for a tier. */
  readonly countedSince: Date | null;
}

/**
 * Accounts whose posting is stopped wait until it is allowed again: nothing is due on them meanwhile. $1 is the programme, $3
 * accounts that are left out this time.
 */
const LEFT_OUT = `left_out as materialized (
  ${STOPPED_WALLETS} union all select unnest($3::uuid[]))`;
const NOT_LEFT_OUT = 'wallet not in (select wallet from left_out)';

/** Each part uses an index that holds only what has a date. */
const NEXT_DUE = `/* ledger.due.next */
with ${LEFT_OUT}
select least(
  (select min(release_at) from pending_lot
    where programme_id = $1 and release_at is not null and release_at <= $2 and ${NOT_LEFT_OUT}),
  (select min(expires_at) from hold where programme_id = $1 and state = 'OPEN' and expires_at <= $2 and ${NOT_LEFT_OUT}),
  (select min(expires_at) from open_lot
    where programme_id = $1 and expires_at < 'infinity' and expires_at <= $2 and ${NOT_LEFT_OUT}),
  (select min(tier_due_at) from wallet
    where programme_id = $1 and tier_due_at is not null and tier_due_at <= $2 and ${NOT_LEFT_OUT})) as due`;

/** The earliest instant up to `upTo` at which something of an account is due; null when nothing is. */
export async function nextDue(pool: Pool, programmeId: ProgrammeId, upTo: Date): Promise<Date | null> {
  const { rows } = await pool.query<{ due: Date | null }>(NEXT_DUE, [uuidOf(programmeId), upTo, []]);
  return rows[0]?.due ?? null;
}

const LOAD_DUE = `/* ledger.due.load */
with ${LEFT_OUT}
select d.kind, d.wallet, d.number, d.counted_since
  from (
    (select 1 as place, 'RELEASE' as kind, wallet, lot_seq as number, null::timestamptz as counted_since, release_at as due_at
       from pending_lot where programme_id = $1 and release_at is not null and release_at <= $2 and ${NOT_LEFT_OUT}
      order by release_at limit $4)
    union all
    (select 2, 'HOLD_TIMEOUT', wallet, seq, null, expires_at
       from hold where programme_id = $1 and state = 'OPEN' and expires_at <= $2 and ${NOT_LEFT_OUT} order by expires_at limit $4)
    union all
    (select 3, 'EXPIRY', wallet, 0, null, min(expires_at)
       from (select wallet, expires_at from open_lot
              where programme_id = $1 and expires_at < 'infinity' and expires_at <= $2 and ${NOT_LEFT_OUT}
              order by expires_at limit $4) o
      group by wallet)
    union all
    (select 4, 'TIER', wallet, 0, counted_since, tier_due_at
       from wallet where programme_id = $1 and tier_due_at is not null and tier_due_at <= $2 and ${NOT_LEFT_OUT}
      order by tier_due_at limit $4)
  ) d
 order by d.due_at, d.place, d.wallet, d.number limit $4`;

/** What has come due by `now`, in the order it came, at most `limit` of it, and nothing of the members left out. */
export async function loadDue(
  pool: Pool,
  programmeId: ProgrammeId,
  { now, limit, leftOut = [] }: { now: Date; limit: number; leftOut?: readonly MemberId[] },
): Promise<DueItem[]> {
  const { rows } = await pool.query<{ kind: DueKind; wallet: string; number: string; counted_since: Date | null }>(
    LOAD_DUE,
    [uuidOf(programmeId), now, leftOut.map(uuidOf), limit],
  );
  return rows.map(({ kind, wallet, number, counted_since: countedSince }) => ({
    kind,
    memberId: idFromUuid('mem', wallet),
    number: BigInt(number),
    countedSince,
  }));
}
