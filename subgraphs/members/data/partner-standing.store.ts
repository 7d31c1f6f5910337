import { sql } from '../../../kernel/db/sql';
import type { Tx } from '../../../kernel/db/transaction';
import type { PartnerId, ProgrammeId } from '../../../kernel/values/id';
import type { PartnerStatus } from '../core/enrolment';

const UPSERT = sql`/* members.partnerStanding.upsert */
insert into partner_standing (programme_id, partner_id, status, version)
values ($1, $2, $3, $4)
on conflict (programme_id, partner_id) do update
   set status = excluded.status, version = excluded.version
 where partner_standing.version < excluded.version`;

/** Keeps where a partner stands, unless a newer version is kept already. */
export async function upsertPartnerStanding(
  tx: Tx,
  programmeId: ProgrammeId,
  { partnerId, status, version }: { partnerId: string; status: PartnerStatus; version: bigint },
): Promise<void> {
  await tx.query(UPSERT, [programmeId, partnerId, status, version]);
}

const FIND = sql`/* members.partnerStanding.find */
select status
  from partner_standing
 where programme_id = $1 and partner_id = $2`;

/** Where a partner stands; null when nothing was heard of it yet. */
export async function findPartnerStanding(
  tx: Tx,
  programmeId: ProgrammeId,
  partnerId: PartnerId,
): Promise<PartnerStatus | null> {
  const [row] = await tx.query<{ status: PartnerStatus }[]>(FIND, [programmeId, partnerId]);
  return row?.status ?? null;
}
