import type { Pool } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import type { Tx } from '../../../../kernel/db/transaction';
import { idFromUuid, uuidOf, type ProgrammeId } from '../../../../kernel/values/id';
import type { PartyDetails, PartyIdentity } from '../../core/documents/party-details';
import { uuidOrNull } from '../points/journal-rows';

const SAVE = sql`/* ledger.onSettlementDetailsSet.save */
insert into party_details (programme_id, partner_id, version, valid_from, identity) values ($1, $2, $3, $4, $5)
on conflict do nothing`;

/** Keeps one version; one already held stays as it is. */
export async function savePartyDetails(tx: Tx, programmeId: ProgrammeId, details: PartyDetails): Promise<void> {
  const { partnerId, version, validFrom, ...identity } = details;
  await tx.query(SAVE, [uuidOf(programmeId), uuidOrNull(partnerId), version, validFrom, JSON.stringify(identity)]);
}

const LOAD = sql`/* ledger.partyDetails.load */
select partner_id, version, valid_from, identity from party_details where programme_id = $1 order by partner_id, version`;

/** Every version of every party of a programme. */
export async function loadPartyDetails(pool: Pool, programmeId: ProgrammeId): Promise<PartyDetails[]> {
  const { rows } = await pool.query<{
    partner_id: string | null;
    version: number;
    valid_from: Date;
    identity: PartyIdentity;
  }>(LOAD, [uuidOf(programmeId)]);
  return rows.map(({ partner_id, version, valid_from, identity }) => ({
    ...identity,
    partnerId: partner_id === null ? null : idFromUuid('ptr', partner_id),
    version,
    validFrom: valid_from,
  }));
}
