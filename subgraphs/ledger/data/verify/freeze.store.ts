import type { Pool } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import type { Tx } from '../../../../kernel/db/transaction';
import { idFromUuid, newId, uuidOf, type MemberId, type ProgrammeId } from '../../../../kernel/values/id';
import { walletKeyOf, type WalletKey } from '../../core/points/wallet';
import type { AccountFreeze, StandingFreezes } from '../../core/verify/account-freeze';

/** Accounts of programme $1 whose posting is stopped: nothing is due on them until it is allowed again. */
export const STOPPED_WALLETS = '(select wallet from wallet where programme_id = $1 and frozen_at is not null)';

const FREEZE = sql`/* ledger.freeze.stop */
with stopped as (
  update wallet w set frozen_at = clock_timestamp()
    from unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::text[], $5::bigint[]) as f(id, bucket, wallet, found, seq)
   where w.bucket = f.bucket and w.wallet = f.wallet and w.frozen_at is null
  returning f.id, w.programme_id, w.bucket, w.wallet, f.found, f.seq
)
insert into account_freeze (id, programme_id, bucket, wallet, found, seq)
select id, programme_id, bucket, wallet, found, seq from stopped returning wallet`;

/** Stops posting on accounts; one that is stopped already stays as it is. @returns the accounts stopped now */
export async function freezeAccounts(
  pool: Pool,
  findings: readonly { readonly key: WalletKey; readonly found: string; readonly seq: bigint | null }[],
): Promise<string[]> {
  if (findings.length === 0) return [];
  const { rows } = await pool.query<{ wallet: string }>(FREEZE, [
    findings.map(() => uuidOf(newId('frz'))),
    findings.map(({ key }) => key.bucket),
    findings.map(({ key }) => key.wallet),
    findings.map(({ found }) => found),
    findings.map(({ seq }) => seq?.toString() ?? null),
  ]);
  return rows.map(({ wallet }) => wallet);
}

const RELEASE = sql`/* ledger.freeze.release */
with thawed as (
  update wallet set frozen_at = null
   where bucket = $1 and wallet = $2 and programme_id = $3 and frozen_at is not null returning bucket, wallet
)
update account_freeze f set released_at = clock_timestamp(), released_by = $4, reason = $5
  from thawed t where f.bucket = t.bucket and f.wallet = t.wallet and f.released_at is null
returning f.id, f.wallet, f.found, f.seq, f.frozen_at, f.released_at, f.released_by, f.reason`;

/** Allows posting again; null when it was not stopped. */
export async function releaseAccount(
  tx: Tx,
  at: { programmeId: ProgrammeId; memberId: MemberId; by: string; reason: string },
): Promise<AccountFreeze | null> {
  const { bucket, wallet } = walletKeyOf(at.memberId);
  const [rows] = (await tx.query(RELEASE, [bucket, wallet, uuidOf(at.programmeId), at.by, at.reason])) as [
    Row[],
    number,
  ];
  return rows[0] === undefined ? null : freezeFrom(rows[0]);
}

const LIST = sql`/* ledger.freeze.list */
select f.id, f.wallet, f.found, f.seq, f.frozen_at, f.released_at, f.released_by, f.reason from account_freeze f
 where f.programme_id = $1 and ($2::boolean is null or (f.released_at is null) = $2) order by f.id desc limit $3`;

/** Stops of a programme's accounts, newest first. */
export async function findFreezes(
  pool: Pool,
  programmeId: ProgrammeId,
  page: { standing: boolean | null; limit: number },
): Promise<AccountFreeze[]> {
  const { rows } = await pool.query<Row>(LIST, [uuidOf(programmeId), page.standing, page.limit]);
  return rows.map(freezeFrom);
}

const STANDING = sql`/* ledger.freeze.standing */
select p.id as programme_id,
       (select count(*) + count(f.released_at) from account_freeze f where f.programme_id = p.id)::text as version,
       (select count(*) from account_freeze f where f.programme_id = p.id and f.released_at is null)::integer as standing,
       coalesce((select json_agg(s.* order by s.id desc) from (
         select f.id, f.wallet, f.found, f.seq::text as seq, f.frozen_at from account_freeze f
          where f.programme_id = p.id and f.released_at is null order by f.id desc limit $2) s), '[]') as newest
  from unnest($1::uuid[]) as p(id)`;

/**
 * Stops that stand, of each programme, the newest of them shown. The version counts stops made and ended: it rises with each.
 *
 * @returns in no order of its own
 */
export async function loadStandingFreezes(
  pool: Pool,
  programmeIds: readonly ProgrammeId[],
  shown: number,
): Promise<(StandingFreezes & { readonly programmeId: ProgrammeId; readonly version: bigint })[]> {
  const { rows } = await pool.query<StandingRow>(STANDING, [programmeIds.map(uuidOf), shown]);
  return rows.map(({ programme_id, version, standing, newest }) => ({
    programmeId: idFromUuid('prg', programme_id),
    version: BigInt(version),
    standing,
    newest: newest.map((row) => freezeFrom({ ...row, ...NOT_RELEASED, frozen_at: new Date(row.frozen_at) })),
  }));
}

const NOT_RELEASED = { released_at: null, released_by: null, reason: null } as const;

interface StandingRow {
  programme_id: string;
  version: string;
  standing: number;
  newest: { id: string; wallet: string; found: string; seq: string | null; frozen_at: string }[];
}

interface Row {
  id: string;
  wallet: string;
  found: string;
  seq: string | null;
  frozen_at: Date;
  released_at: Date | null;
  released_by: string | null;
  reason: string | null;
}

function freezeFrom(row: Row): AccountFreeze {
  return {
    id: idFromUuid('frz', row.id),
    memberId: idFromUuid('mem', row.wallet),
    found: row.found,
    seq: row.seq === null ? null : BigInt(row.seq),
    frozenAt: row.frozen_at,
    releasedAt: row.released_at,
    releasedBy: row.released_by,
    reason: row.reason,
  };
}
