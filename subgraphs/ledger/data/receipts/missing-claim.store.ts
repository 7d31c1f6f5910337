import type { Pool } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import type { Tx } from '../../../../kernel/db/transaction';
import {
  idFromUuid,
  uuidOf,
  type Id,
  type MemberId,
  type PartnerId,
  type ProgrammeId,
} from '../../../../kernel/values/id';
import type { MissingClaim, MissingClaimState, Settlement } from '../../core/receipts/receipt';
import { uuidOrNull } from '../points/journal-rows';
import { queryRows } from '../settlement/query-rows';
import { STOPPED_WALLETS } from '../verify/freeze.store';

const INSERT = sql`/* ledger.missingClaim.insert */
insert into missing_claim (id, programme_id, member_id, partner_id, external_ref, amount_minor, currency, occurred_at, opened_at,
  answer_by)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict (programme_id, partner_id, external_ref) where state = 'OPEN' do nothing returning id`;

/** Opens a claim; false when one of the same receipt is open. */
export async function insertClaim(tx: Tx, claim: MissingClaim): Promise<boolean> {
  const rows = (await tx.query(INSERT, [
    uuidOf(claim.id),
    uuidOf(claim.programmeId),
    uuidOf(claim.memberId),
    uuidOf(claim.partnerId),
    claim.externalRef,
    claim.amountMinor.toString(),
    claim.currency,
    claim.occurredAt,
    claim.openedAt,
    claim.answerBy,
  ])) as unknown[];
  return rows.length === 1;
}

const COLUMNS = `c.id, c.programme_id, c.member_id, c.partner_id, c.external_ref, c.amount_minor, c.currency, c.occurred_at, c.opened_at,
       c.answer_by, c.state, c.reason, c.closed_at, c.settles_as`;

const COUNT_OPEN = sql`/* ledger.missingClaim.countOpen */
select count(*)::int as open from missing_claim where programme_id = $1 and member_id = $2 and state = 'OPEN'`;

/** How many claims of a member are open. */
export async function countOpenClaims(tx: Tx, programmeId: ProgrammeId, memberId: MemberId): Promise<number> {
  const rows = (await tx.query(COUNT_OPEN, [uuidOf(programmeId), uuidOf(memberId)])) as { open: number }[];
  return rows[0]?.open ?? 0;
}

const FIND = `/* ledger.missingClaim.find */
select ${COLUMNS} from missing_claim c where c.programme_id = $1 and c.id = $2`;

export async function findClaim(pool: Pool, programmeId: ProgrammeId, id: Id<'mpc'>): Promise<MissingClaim | null> {
  const { rows } = await pool.query<Row>(FIND, [uuidOf(programmeId), uuidOf(id)]);
  return rows[0] === undefined ? null : claimFrom(rows[0]);
}

/** A claim, locked; null when the programme has none of this id. */
export async function lockClaim(tx: Tx, programmeId: ProgrammeId, id: Id<'mpc'>): Promise<MissingClaim | null> {
  const rows = (await tx.query(`${FIND} for update`, [uuidOf(programmeId), uuidOf(id)])) as Row[];
  return rows[0] === undefined ? null : claimFrom(rows[0]);
}

const FIND_OPEN = `/* ledger.missingClaim.findOpen */
select ${COLUMNS} from missing_claim c
 where c.programme_id = $1 and c.partner_id = $2 and c.external_ref = $3 and c.state = 'OPEN'`;

/** The open claim of a partner's receipt. */
export async function findOpenClaim(
  pool: Pool,
  { programmeId, partnerId, externalRef }: { programmeId: ProgrammeId; partnerId: PartnerId; externalRef: string },
): Promise<MissingClaim | null> {
  const { rows } = await pool.query<Row>(FIND_OPEN, [uuidOf(programmeId), uuidOf(partnerId), externalRef]);
  return rows[0] === undefined ? null : claimFrom(rows[0]);
}

/** Claims of programme $1 that are due by $2; those of stopped accounts wait. */
const IS_DUE = `programme_id = $1 and state = 'OPEN' and answer_by <= $2
   and member_id not in ${STOPPED_WALLETS}`;

const FIND_DUE = `/* ledger.missingClaim.findDue */
select ${COLUMNS} from missing_claim c
 where ${IS_DUE}
 order by c.answer_by, c.id limit $3`;

/** Open claims that are due, longest first. */
export async function findDueClaims(
  pool: Pool,
  programmeId: ProgrammeId,
  due: { now: Date; limit: number },
): Promise<MissingClaim[]> {
  const { rows } = await pool.query<Row>(FIND_DUE, [uuidOf(programmeId), due.now, due.limit]);
  return rows.map(claimFrom);
}

const NEXT_DUE = `/* ledger.missingClaim.nextDue */
select min(answer_by) as due from missing_claim where ${IS_DUE}`;

/** The earliest instant up to `upTo` at which a claim is due; null when none is. */
export async function nextClaimDue(pool: Pool, programmeId: ProgrammeId, upTo: Date): Promise<Date | null> {
  const { rows } = await pool.query<{ due: Date | null }>(NEXT_DUE, [uuidOf(programmeId), upTo]);
  return rows[0]?.due ?? null;
}

const BEGIN_SETTLING = sql`/* ledger.missingClaim.beginSettling */
update missing_claim set settles_as = $2 where id = $1 and state = 'OPEN' and (settles_as is null or settles_as = $2)`;

/**
 * Decides that a claim will be settled so, before anything is posted for it: its row is the lock, and it outlives a crash.
 *
 * @returns false when the claim is closed, or is being settled otherwise
 */
export async function beginSettling(pool: Pool, id: Id<'mpc'>, as: Settlement): Promise<boolean> {
  const { rowCount } = await pool.query(BEGIN_SETTLING, [uuidOf(id), as]);
  return rowCount === 1;
}

/** Decides that a claim will be credited, of one that is locked and can be. */
export async function beginCrediting(tx: Tx, id: Id<'mpc'>): Promise<void> {
  await tx.query(BEGIN_SETTLING, [uuidOf(id), 'CREDITED']);
}

const CLOSE = sql`/* ledger.missingClaim.close */
update missing_claim set state = $2, reason = $3, closed_at = $4
 where id = $1 and state = 'OPEN' and ($2 <> 'REJECTED' or settles_as is null)`;

/** Closes a claim; what is closed stays as it is, and what is being settled is not rejected. */
export async function closeClaim(
  db: Tx | Pool,
  id: Id<'mpc'>,
  end: { state: Exclude<MissingClaimState, 'OPEN'>; reason: string | null; at: Date },
): Promise<void> {
  await queryRows(db, CLOSE, [uuidOf(id), end.state, end.reason, end.at]);
}

const PAGE = `/* ledger.missingClaim.page */
select ${COLUMNS} from missing_claim c
 where c.programme_id = $1 and ($2::uuid is null or c.partner_id = $2) and ($3::uuid is null or c.member_id = $3)
   and ($4::uuid is null or c.id < $4)
 order by c.id desc limit $5`;

/** Claims, newest first: of one partner, of one member, or of the whole programme. */
export async function findClaims(
  pool: Pool,
  programmeId: ProgrammeId,
  page: { partnerId: PartnerId | null; memberId: MemberId | null; before: Id<'mpc'> | null; limit: number },
): Promise<MissingClaim[]> {
  const { rows } = await pool.query<Row>(PAGE, [
    uuidOf(programmeId),
    uuidOrNull(page.partnerId),
    uuidOrNull(page.memberId),
    uuidOrNull(page.before),
    page.limit,
  ]);
  return rows.map(claimFrom);
}

interface Row {
  id: string;
  programme_id: string;
  member_id: string;
  partner_id: string;
  external_ref: string;
  amount_minor: string;
  currency: string;
  occurred_at: Date;
  opened_at: Date;
  answer_by: Date;
  state: MissingClaimState;
  reason: string | null;
  closed_at: Date | null;
  settles_as: Settlement | null;
}

function claimFrom(row: Row): MissingClaim {
  return {
    id: idFromUuid('mpc', row.id),
    programmeId: idFromUuid('prg', row.programme_id),
    memberId: idFromUuid('mem', row.member_id),
    partnerId: idFromUuid('ptr', row.partner_id),
    externalRef: row.external_ref,
    amountMinor: BigInt(row.amount_minor),
    currency: row.currency,
    occurredAt: row.occurred_at,
    openedAt: row.opened_at,
    answerBy: row.answer_by,
    state: row.state,
    reason: row.reason,
    closedAt: row.closed_at,
    settlesAs: row.settles_as,
  };
}
