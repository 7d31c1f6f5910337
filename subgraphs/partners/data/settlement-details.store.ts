import { sql } from '../../../kernel/db/sql';
import type { Tx } from '../../../kernel/db/transaction';
import type { PartnerId, ProgrammeId } from '../../../kernel/values/id';
import type { SettlementDetails, SettlementIdentity } from '../core/settlement-details';

const INSERT = sql`/* partners.setSettlementDetails.insert */
insert into settlement_details (programme_id, partner_id, version, valid_from, identity, set_at) values ($1, $2, $3, $4, $5, $6)`;

/** Writes one version; it is never changed. */
export async function insertSettlementDetails(
  tx: Tx,
  programmeId: ProgrammeId,
  { details, setAt }: { details: SettlementDetails; setAt: Date },
): Promise<void> {
  const { partnerId, version, validFrom, ...identity } = details;
  await tx.query(INSERT, [programmeId, partnerId, version, validFrom, JSON.stringify(identity), setAt]);
}

const FIND = sql`/* partners.settlementDetails.find */
select partner_id, version, valid_from, identity
  from settlement_details
 where programme_id = $1 and (partner_id = any($2) or ($3 and partner_id is null))
 order by partner_id nulls first, version`;

/** Every version of some partners' details, oldest first; null among the ids means the operator's. */
export async function findSettlementDetails(
  tx: Tx,
  programmeId: ProgrammeId,
  ids: readonly (PartnerId | null)[],
): Promise<SettlementDetails[]> {
  const rows = await tx.query<
    { partner_id: PartnerId | null; version: number; valid_from: Date; identity: SettlementIdentity }[]
  >(FIND, [programmeId, ids.filter((id) => id !== null), ids.includes(null)]);
  return rows.map((row) => ({
    ...row.identity,
    partnerId: row.partner_id,
    version: row.version,
    validFrom: row.valid_from,
  }));
}
