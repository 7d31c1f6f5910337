import type { Pool } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import type { Tx } from '../../../../kernel/db/transaction';
import { idFromUuid, uuidOf, type Id, type PartnerId, type ProgrammeId } from '../../../../kernel/values/id';
import type { Waterfall } from '../../core/settlement/default';
import type { Party } from '../../core/settlement/directional-total';
import { uuidOrNull } from '../points/journal-rows';
import { queryRows } from './query-rows';
import { partyFrom } from './total.store';

/** A payment that was declared in default. */
export interface StoredDefault {
  readonly id: Id<'dft'>;
  readonly cycleId: string;
  readonly partnerId: PartnerId;
  readonly waterfall: Waterfall;
  readonly reason: string;
  readonly contentHash: string;
  readonly proposedBy: string;
  readonly proposedAt: Date;
  readonly approvedBy: string | null;
  /** The cycle in whose payments the shares of the loss count; null until it is approved. */
  readonly postedCycleId: string | null;
}

const PROPOSE = sql`/* ledger.partnerDefault.propose */
insert into partner_default as d (id, programme_id, cycle_id, partner_id, owed_minor, deposit_minor, fund_minor, reason, content_hash,
  proposed_by, proposed_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict (cycle_id, partner_id) do update
  set owed_minor = excluded.owed_minor, deposit_minor = excluded.deposit_minor, fund_minor = excluded.fund_minor,
      reason = excluded.reason, content_hash = excluded.content_hash, proposed_by = excluded.proposed_by,
      proposed_at = excluded.proposed_at
where d.approved_by is null returning id`;
const FORGET_SHARES = sql`/* ledger.partnerDefault.forgetShares */ delete from default_share where default_id = $1`;
const SAVE_SHARES = sql`/* ledger.partnerDefault.saveShares */
insert into default_share (default_id, party_id, minor)
select $1, party_id, minor from json_to_recordset($2::json) as r(party_id uuid, minor bigint)`;

type Proposal = Omit<StoredDefault, 'approvedBy' | 'postedCycleId'>;

/** Keeps a proposal in place of an earlier one of the same payment; answers the id it has had since the first. */
export async function proposeDefault(tx: Tx, programmeId: ProgrammeId, one: Proposal): Promise<Id<'dft'>> {
  const { waterfall, cycleId, partnerId, reason, contentHash, proposedBy, proposedAt } = one;
  const { owedMinor, depositMinor, fundMinor, shares } = waterfall;
  const place = [uuidOf(one.id), uuidOf(programmeId), uuidOf(cycleId as Id<'cyc'>), uuidOf(partnerId)];
  const amounts = [`${owedMinor}`, `${depositMinor}`, `${fundMinor}`];
  const [row] = await queryRows<{ id: string }>(tx, PROPOSE, [
    ...place,
    ...amounts,
    ...[reason, contentHash, proposedBy, proposedAt],
  ]);
  if (row === undefined) throw new Error('proposeDefault: it was approved before');
  const rows = shares.map(({ partyId, minor }) => ({ party_id: uuidOrNull(partyId), minor: `${minor}` }));
  await tx.query(FORGET_SHARES, [row.id]);
  await tx.query(SAVE_SHARES, [row.id, JSON.stringify(rows)]);
  return idFromUuid('dft', row.id);
}

const APPROVE = sql`/* ledger.partnerDefault.approve */
update partner_default set approved_by = $2, approved_at = $3, posted_cycle_id = $4 where id = $1`;

export async function approveDefault(
  tx: Tx,
  id: Id<'dft'>,
  { by, at, postedCycleId }: { by: string; at: Date; postedCycleId: string },
): Promise<void> {
  await tx.query(APPROVE, [uuidOf(id), by, at, uuidOf(postedCycleId as Id<'cyc'>)]);
}

const FIND = sql`/* ledger.partnerDefault.find */
select d.id, d.cycle_id, d.partner_id, d.owed_minor, d.deposit_minor, d.fund_minor, d.reason, d.content_hash, d.proposed_by,
       d.proposed_at, d.approved_by, d.posted_cycle_id,
       coalesce((select json_agg(json_build_object('party', s.party_id, 'minor', s.minor::text) order by s.party_id nulls last)
                   from default_share s where s.default_id = d.id), '[]') as shares
  from partner_default d
 where d.programme_id = $1 and (d.id = $2 or d.cycle_id = any($3::uuid[]) or d.posted_cycle_id = any($3::uuid[]))
 order by d.id`;

interface Row {
  id: string;
  cycle_id: string;
  partner_id: string;
  owed_minor: string;
  deposit_minor: string;
  fund_minor: string;
  reason: string;
  content_hash: string;
  proposed_by: string;
  proposed_at: Date;
  approved_by: string | null;
  posted_cycle_id: string | null;
  shares: { party: string | null; minor: string }[];
}

/** Defaults by id, or of cycles: those of payments of theirs, and those whose shares count in their payments. */
export async function findDefaults(
  db: Tx | Pool,
  programmeId: ProgrammeId,
  of: { readonly id?: Id<'dft'>; readonly cycleIds?: readonly string[] },
): Promise<StoredDefault[]> {
  const cycles = (of.cycleIds ?? []).map((id) => uuidOf(id as Id<'cyc'>));
  const id = of.id === undefined ? null : uuidOf(of.id);
  const rows = await queryRows<Row>(db, FIND, [uuidOf(programmeId), id, cycles]);
  return rows.map((row) => ({
    ...{ id: idFromUuid('dft', row.id), cycleId: idFromUuid('cyc', row.cycle_id) },
    ...{ partnerId: idFromUuid('ptr', row.partner_id), reason: row.reason, contentHash: row.content_hash },
    ...{ proposedBy: row.proposed_by, proposedAt: row.proposed_at, approvedBy: row.approved_by },
    postedCycleId: row.posted_cycle_id === null ? null : idFromUuid('cyc', row.posted_cycle_id),
    waterfall: {
      ...{
        owedMinor: BigInt(row.owed_minor),
        depositMinor: BigInt(row.deposit_minor),
        fundMinor: BigInt(row.fund_minor),
      },
      shares: row.shares.map(({ party, minor }) => ({ partyId: partyFrom(party), minor: BigInt(minor) })),
    },
  }));
}

/** Partners whose payments in a cycle others have paid. */
export async function inDefault(tx: Tx, programmeId: ProgrammeId, cycleId: string): Promise<Set<Party>> {
  const all = await findDefaults(tx, programmeId, { cycleIds: [cycleId] });
  return new Set(
    all.filter((one) => one.cycleId === cycleId && one.approvedBy !== null).map(({ partnerId }) => partnerId),
  );
}

/** What each partner bears in the payments of a cycle, of defaults declared while it was open. */
export async function loadShares(tx: Tx, programmeId: ProgrammeId, cycleId: string): Promise<Map<Party, bigint>> {
  const all = await findDefaults(tx, programmeId, { cycleIds: [cycleId] });
  const borne = new Map<Party, bigint>();
  for (const { waterfall, postedCycleId } of all) {
    if (postedCycleId !== cycleId) continue;
    for (const { partyId, minor } of waterfall.shares) {
      if (partyId !== null) borne.set(partyId, (borne.get(partyId) ?? 0n) + minor);
    }
  }
  return borne;
}
