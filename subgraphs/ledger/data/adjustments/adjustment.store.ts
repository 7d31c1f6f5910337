import type { Pool } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import type { Tx } from '../../../../kernel/db/transaction';
import { idFromUuid, uuidOf, type Id, type ProgrammeId } from '../../../../kernel/values/id';
import { points } from '../../../../kernel/values/points';
import type { Adjustment, AdjustmentKind, AdjustmentState } from '../../core/adjustments/adjustment';
import { uuidOrNull } from '../points/journal-rows';

const INSERT = sql`/* ledger.adjustment.insert */
insert into adjustment (id, programme_id, member_id, kind, points, sponsor_id, lot_seq, expires_at, cost_centre, reason,
  content_hash, proposed_by, proposed_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`;

export async function insertAdjustment(tx: Tx, one: Adjustment): Promise<void> {
  await tx.query(INSERT, [
    uuidOf(one.id),
    uuidOf(one.programmeId),
    uuidOf(one.memberId),
    one.kind,
    one.points.toString(),
    uuidOrNull(one.sponsorId),
    one.lotSeq?.toString() ?? null,
    one.expiresAt,
    one.costCentre,
    one.reason,
    one.contentHash,
    one.proposedBy,
    one.proposedAt,
  ]);
}

const COLUMNS = `a.id, a.programme_id, a.member_id, a.kind, a.points, a.sponsor_id, a.lot_seq, a.expires_at, a.cost_centre, a.reason,
       a.content_hash, a.state, a.proposed_by, a.proposed_at, a.decided_by, a.decided_at, a.posted_seq, a.refused_code`;

const LOCK = `/* ledger.adjustment.lock */
select ${COLUMNS} from adjustment a where a.programme_id = $1 and a.id = $2 for update`;

/** An adjustment, locked; null when the programme has none of this id. */
export async function lockAdjustment(tx: Tx, programmeId: ProgrammeId, id: Id<'adj'>): Promise<Adjustment | null> {
  const rows = (await tx.query(LOCK, [uuidOf(programmeId), uuidOf(id)])) as Row[];
  return rows[0] === undefined ? null : adjustmentFrom(rows[0]);
}

const FIND = `/* ledger.adjustment.find */
select ${COLUMNS} from adjustment a where a.programme_id = $1 and a.id = $2`;

export async function findAdjustment(pool: Pool, programmeId: ProgrammeId, id: Id<'adj'>): Promise<Adjustment | null> {
  const { rows } = await pool.query<Row>(FIND, [uuidOf(programmeId), uuidOf(id)]);
  return rows[0] === undefined ? null : adjustmentFrom(rows[0]);
}

const PAGE = `/* ledger.adjustment.page */
select ${COLUMNS} from adjustment a
 where a.programme_id = $1 and ($2::uuid is null or a.id < $2) and ($3::text is null or a.state = $3)
 order by a.id desc limit $4`;

/** A programme's adjustments, newest first. */
export async function findAdjustments(
  pool: Pool,
  programmeId: ProgrammeId,
  page: { before: Id<'adj'> | null; state: AdjustmentState | null; limit: number },
): Promise<Adjustment[]> {
  const { rows } = await pool.query<Row>(PAGE, [uuidOf(programmeId), uuidOrNull(page.before), page.state, page.limit]);
  return rows.map(adjustmentFrom);
}

const DECIDE = sql`/* ledger.adjustment.decide */
update adjustment set state = $2, decided_by = $3, decided_at = $4 where id = $1 and state = 'PROPOSED'`;

export async function decideAdjustment(
  tx: Tx,
  id: Id<'adj'>,
  decision: { state: 'APPROVED' | 'REJECTED'; by: string; at: Date },
): Promise<void> {
  await tx.query(DECIDE, [uuidOf(id), decision.state, decision.by, decision.at]);
}

const SETTLE = sql`/* ledger.adjustment.settle */
update adjustment
   set posted_seq = $2, refused_code = $3, state = case when $3::text is null then 'APPROVED' else 'REFUSED' end
 where id = $1 and state = 'APPROVED' and posted_seq is null`;

/** Keeps what became of an approved adjustment: the version that posted it, or why the ledger refused. */
export async function settleAdjustment(
  pool: Pool,
  id: Id<'adj'>,
  outcome: { postedSeq: bigint | null; refusedCode: string | null },
): Promise<void> {
  await pool.query(SETTLE, [uuidOf(id), outcome.postedSeq?.toString() ?? null, outcome.refusedCode]);
}

interface Row {
  id: string;
  programme_id: string;
  member_id: string;
  kind: AdjustmentKind;
  points: string;
  sponsor_id: string | null;
  lot_seq: string | null;
  expires_at: Date | null;
  cost_centre: string;
  reason: string;
  content_hash: string;
  state: AdjustmentState;
  proposed_by: string;
  proposed_at: Date;
  decided_by: string | null;
  decided_at: Date | null;
  posted_seq: string | null;
  refused_code: string | null;
}

function adjustmentFrom(row: Row): Adjustment {
  return {
    id: idFromUuid('adj', row.id),
    programmeId: idFromUuid('prg', row.programme_id),
    memberId: idFromUuid('mem', row.member_id),
    kind: row.kind,
    points: points(BigInt(row.points)),
    sponsorId: row.sponsor_id === null ? null : idFromUuid('ptr', row.sponsor_id),
    lotSeq: row.lot_seq === null ? null : BigInt(row.lot_seq),
    expiresAt: row.expires_at,
    costCentre: row.cost_centre,
    reason: row.reason,
    contentHash: row.content_hash,
    state: row.state,
    proposedBy: row.proposed_by,
    proposedAt: row.proposed_at,
    decidedBy: row.decided_by,
    decidedAt: row.decided_at,
    postedSeq: row.posted_seq === null ? null : BigInt(row.posted_seq),
    refusedCode: row.refused_code,
  };
}
