import { sql } from '../../../kernel/db/sql';
import type { Tx } from '../../../kernel/db/transaction';
import type { PartnerId, ProgrammeId } from '../../../kernel/values/id';
import type { Branch, ChannelName } from '../core/branch';

const INSERT = sql`/* partners.addBranch.insert */
insert into partner_branch (programme_id, partner_id, code, name, channels, opens_at)
values ($1, $2, $3, $4, $5, $6)
on conflict (partner_id, code) do nothing
returning code`;

/** Writes a branch; false when the partner has or had one of this code, then nothing is written. */
export async function insertBranch(tx: Tx, programmeId: ProgrammeId, branch: Branch): Promise<boolean> {
  const { partnerId, code, name, channels, opensAt } = branch;
  return (await tx.query<unknown[]>(INSERT, [programmeId, partnerId, code, name, channels, opensAt])).length === 1;
}

const CLOSE = sql`/* partners.closeBranch.close */
update partner_branch
   set closed_at = greatest($4, opens_at)
 where programme_id = $1 and partner_id = $2 and code = $3 and closed_at is null`;

/** Closes a branch; one that is closed stays as it is. */
export async function closeBranchAt(
  tx: Tx,
  programmeId: ProgrammeId,
  { partnerId, code, at }: { partnerId: PartnerId; code: string; at: Date },
): Promise<void> {
  await tx.query(CLOSE, [programmeId, partnerId, code, at]);
}

const FIND = sql`/* partners.branch.find */
select partner_id, code, name, channels, opens_at, closed_at
  from partner_branch
 where programme_id = $1 and ($2::text[] is null or partner_id = any($2))
 order by partner_id, code`;

interface BranchRow {
  readonly partner_id: PartnerId;
  readonly code: string;
  readonly name: string;
  readonly channels: ChannelName[];
  readonly opens_at: Date;
  readonly closed_at: Date | null;
}

/** Branches of some partners of a programme, or of all for null, by partner and code; closed ones as well. */
export async function findBranches(
  tx: Tx,
  programmeId: ProgrammeId,
  partnerIds: readonly PartnerId[] | null,
): Promise<Branch[]> {
  const rows = await tx.query<BranchRow[]>(FIND, [programmeId, partnerIds]);
  return rows.map(({ partner_id: partnerId, opens_at: opensAt, closed_at: closedAt, ...branch }) => ({
    ...branch,
    ...{ partnerId, opensAt, closedAt },
  }));
}
