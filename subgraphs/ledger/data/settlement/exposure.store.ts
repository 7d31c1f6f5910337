import type { Pool } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import type { Tx } from '../../../../kernel/db/transaction';
import { uuidOf, type PartnerId, type ProgrammeId } from '../../../../kernel/values/id';

const MOVE = sql`/* ledger.exposure.move */
update cap_share s set used = s.used + r.micros, version = s.version + 1
  from json_to_recordset($2::json) as r(partner_id uuid, micros bigint)
 where s.programme_id = $1 and s.kind = 'NET_DEBIT' and s.partner_id = r.partner_id
   and s.shard = (select min(o.shard) from cap_share o
                   where o.programme_id = s.programme_id and o.partner_id = s.partner_id and o.kind = s.kind and o.period = s.period)`;

/**
 * Changes what counts against net-debit caps by what settlement did: a payment made is owed no more. One share of a counter
 * takes it all; a lane that had read that share decides anew. Partners without a cap have no counter.
 */
export async function moveExposure(
  tx: Tx,
  programmeId: ProgrammeId,
  moves: readonly { readonly partnerId: PartnerId; readonly micros: bigint }[],
): Promise<void> {
  const rows = moves
    .filter(({ micros }) => micros !== 0n)
    .sort((a, b) => (a.partnerId < b.partnerId ? -1 : 1))
    .map(({ partnerId, micros }) => ({ partner_id: uuidOf(partnerId), micros: `${micros}` }));
  if (rows.length > 0) await tx.query(MOVE, [uuidOf(programmeId), JSON.stringify(rows)]);
}

/** What a partner would owe if we settled now. */
export interface StoredExposure {
  readonly programmeId: string;
  readonly partnerId: string;
  readonly micros: bigint;
  readonly version: bigint;
}

const LOAD = sql`/* ledger.exposure.load */
select k.programme_id, k.partner_id, coalesce(c.used, l.micros, 0)::text as micros,
       (coalesce(c.version, 0) + coalesce(l.lines, 0) + coalesce(y.version, 0))::text as version
  from unnest($1::uuid[], $2::uuid[]) as k(programme_id, partner_id)
 cross join lateral (
    select sum(s.used) as used, sum(s.version) as version
      from cap_share s where s.programme_id = k.programme_id and s.partner_id = k.partner_id and s.kind = 'NET_DEBIT'
 ) c
 cross join lateral (select sum(version) as version from settlement_cycle where programme_id = k.programme_id) y
 cross join lateral (
    select sum(p.lines) as lines,
           sum(case when p.debtor_id = k.partner_id then p.micros else -p.micros end)
             filter (where o.state not in ('SETTLED', 'LOCKED')) as micros
      from settlement_cycle o
      join claim_pair p on p.cycle_id = o.id and (p.debtor_id = k.partner_id or p.creditor_id = k.partner_id)
     where o.programme_id = k.programme_id
 ) l`;

/**
 * Exposures of partners. With a net-debit cap: what its counter holds, to the last posting, holds included. Without: claims rolled
 * up and not settled, a few seconds behind. The version rises with everything that can change it.
 */
export async function loadExposures(
  pool: Pool,
  of: readonly { readonly programmeId: ProgrammeId; readonly partnerId: PartnerId }[],
): Promise<StoredExposure[]> {
  const { rows } = await pool.query<{ programme_id: string; partner_id: string; micros: string; version: string }>(
    LOAD,
    [of.map(({ programmeId }) => uuidOf(programmeId)), of.map(({ partnerId }) => uuidOf(partnerId))],
  );
  return rows.map((row) => ({
    programmeId: row.programme_id,
    partnerId: row.partner_id,
    micros: BigInt(row.micros),
    version: BigInt(row.version),
  }));
}
