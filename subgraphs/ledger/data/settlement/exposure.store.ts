import type { Client, Pool } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import type { Tx } from '../../../../kernel/db/transaction';
import { idFromUuid, uuidOf, type PartnerId, type ProgrammeId } from '../../../../kernel/values/id';
import { points } from '../../../../kernel/values/points';
import { owedWhenSpent, type Counter } from '../../core/caps/cap-use';
import type { TermsShelf } from '../points/terms.store';
import { CLAIMS_ROLLED_UP } from './roll-up.store';

const LOCK_PROGRAMME = sql`/* ledger.exposure.lockProgramme */ select pg_advisory_xact_lock(hashtextextended($1, 0))`;

const HELD = sql`/* ledger.exposure.held */
select l.issuer_id, l.terms_id, e.amount
  from hold h
  join entry e on e.bucket = h.bucket and e.wallet = h.wallet and e.seq = h.seq
  join lot l on l.bucket = e.bucket and l.wallet = e.wallet and l.lot_seq = e.lot_seq
 where h.programme_id = $1 and h.state = 'OPEN'`;

/** Claims of cycles that are not settled, rolled up or not: one statement, and so one instant. */
const OPEN_COUNTER = `/* ledger.exposure.open */
with ${CLAIMS_ROLLED_UP.rolledUp}, owed as (
  select p.debtor_id, p.creditor_id, p.micros
    from settlement_cycle y join claim_pair p on p.cycle_id = y.id
   where y.programme_id = $1 and y.state not in ('SETTLED', 'LOCKED')
   union all
  select c.debtor_id, c.creditor_id, c.micros
    from rolled_up r
    join journal_transaction t on (t.xid::text)::bigint >= (pg_snapshot_xmin(r.seen)::text)::bigint
     and not pg_visible_in_snapshot(t.xid, r.seen) and t.programme_id = $1
    join claim c on c.bucket = t.bucket and c.wallet = t.wallet and c.seq = t.seq
    join settlement_cycle y on y.id = c.cycle_id and y.state not in ('SETTLED', 'LOCKED')
)
insert into cap_share (programme_id, shard, partner_id, kind, period, cap_limit, granted, used)
select $1, $2, $3, 'NET_DEBIT', $4, $5, $5, $6::bigint
     + coalesce((select sum(micros) from owed where debtor_id = $3), 0) - coalesce((select sum(micros) from owed where creditor_id = $3), 0)
 where not exists (select from cap_share where programme_id = $1 and partner_id = $3 and kind = 'NET_DEBIT' and period = $4)`;

/**
 * Opens the counter of what a partner owes with what it owes so far: claims of cycles not settled, and what it will owe for holds. No
 * posting and no payment of the programme is under way meanwhile, so that each counts once, here or in the counter.
 *
 * @param client a connection with no transaction; to be closed when this throws
 */
export async function openNetDebit(
  client: Client,
  shelf: TermsShelf,
  { programmeId, counter, shard }: { programmeId: ProgrammeId; counter: Counter; shard: number },
): Promise<void> {
  const { partnerId, period, limit } = counter;
  await client.query('begin isolation level read committed');
  await client.query(LOCK_PROGRAMME, [programmeId]);
  const { rows } = await client.query<{ issuer_id: string; terms_id: string; amount: string }>(HELD, [
    uuidOf(programmeId),
  ]);
  const terms = await shelf.load(
    client,
    rows.map((row) => row.terms_id),
  );
  const parts = rows.map((row) => {
    const ofLot = terms.get(row.terms_id);
    if (ofLot === undefined) throw new Error(`openNetDebit: no terms ${row.terms_id}`);
    return { points: points(BigInt(row.amount)), lot: { issuerId: idFromUuid('ptr', row.issuer_id), terms: ofLot } };
  });
  const held = owedWhenSpent(parts, partnerId);
  const values = [uuidOf(programmeId), shard, uuidOf(partnerId), period, `${limit}`, `${held}`];
  await client.query(OPEN_COUNTER, values);
  await client.query('commit');
}

const LOCK_PROGRAMME_SHARED = sql`/* ledger.exposure.lockProgrammeShared */
select pg_advisory_xact_lock_shared(hashtextextended($1, 0))`;

/** In the order of lanes (cap.store.ts): an update takes its rows in whatever order the planner finds them. */
const LOCK_SHARES = sql`/* ledger.exposure.lockShares */
select from cap_share s where s.programme_id = $1 and s.kind = 'NET_DEBIT' and s.partner_id = any($2::uuid[])
 order by s.partner_id, s.kind, s.period, s.shard for no key update`;

const MOVE = sql`/* ledger.exposure.move */
update cap_share s set used = s.used + r.micros, version = s.version + 1
  from json_to_recordset($2::json) as r(partner_id uuid, micros bigint)
 where s.programme_id = $1 and s.kind = 'NET_DEBIT' and s.partner_id = r.partner_id
   and s.shard = (select min(o.shard) from cap_share o
                   where o.programme_id = s.programme_id and o.partner_id = s.partner_id and o.kind = s.kind and o.period = s.period)`;

/**
 * Changes what counts against net-debit caps by what settlement did: a payment made is owed no more. One share of a counter
 * takes it all; a lane that had read that share decides anew. Partners without a cap have no counter; one being opened is waited for.
 */
export async function moveExposure(
  tx: Tx,
  programmeId: ProgrammeId,
  moves: readonly { readonly partnerId: PartnerId; readonly micros: bigint }[],
): Promise<void> {
  const rows = moves
    .filter(({ micros }) => micros !== 0n)
    .map(({ partnerId, micros }) => ({ partner_id: uuidOf(partnerId), micros: `${micros}` }));
  if (rows.length === 0) return;
  await tx.query(LOCK_PROGRAMME_SHARED, [programmeId]);
  await tx.query(LOCK_SHARES, [uuidOf(programmeId), rows.map((row) => row.partner_id)]);
  await tx.query(MOVE, [uuidOf(programmeId), JSON.stringify(rows)]);
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
    -- Of a cap that was dropped and agreed again, the counter of now; the versions of all of them, since a version never falls.
    select sum(s.used) filter (where s.period = s.newest) as used, sum(s.version) as version
      from (select used, version, period, max(period) over () as newest from cap_share
             where programme_id = k.programme_id and partner_id = k.partner_id and kind = 'NET_DEBIT') s
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
