import type { Pool } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import type { Digest } from '../../../../kernel/values/canonical';
import { idFromUuid, uuidOf, type MemberId, type ProgrammeId } from '../../../../kernel/values/id';

const FIND = sql`/* ledger.document.find */
select d.wallet, d.seq from document d where d.hash = $1 and d.programme_id = $2`;

/** Where a document of a partner was posted: whose wallet, and which version; null when it was not. */
export async function findDocument(
  pool: Pool,
  { hash, programmeId }: { hash: Digest; programmeId: ProgrammeId },
): Promise<{ memberId: MemberId; seq: bigint } | null> {
  const { rows } = await pool.query<{ wallet: string; seq: string }>(FIND, [hash, uuidOf(programmeId)]);
  const [row] = rows;
  return row === undefined ? null : { memberId: idFromUuid('mem', row.wallet), seq: BigInt(row.seq) };
}
