import type { Tx } from '../../../kernel/db/transaction';
import type { ProgrammeId } from '../../../kernel/values/id';
import type { PartnerStatus } from '../core/enrolment';
import { upsertPartnerStanding } from '../data/partner-standing.store';

/** Keeps where partners stand as of a version of the rule book; older versions, heard again or late, change nothing. */
export async function recordPartnerStandings(
  tx: Tx,
  programmeId: ProgrammeId,
  { version, partners }: { version: bigint; partners: readonly { id: string; status: PartnerStatus }[] },
): Promise<void> {
  for (const { id, status } of partners)
    await upsertPartnerStanding(tx, programmeId, { partnerId: id, status, version });
}
