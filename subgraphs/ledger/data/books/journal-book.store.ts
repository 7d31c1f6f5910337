import type { Pool } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import { idFromUuid, uuidOf, type MemberId, type ProgrammeId } from '../../../../kernel/values/id';
import type { Party } from '../../core/points/lot';
import { instantOrNull } from '../points/instants';

/** One journal transaction of a programme. */
export interface JournalLineOfBook {
  readonly memberId: MemberId;
  readonly wallet: string;
  readonly seq: bigint;
  /** The version of the same member it followed from, as an offset follows from what it is set off against. */
  readonly causeSeq: bigint | null;
  readonly kind: string;
  readonly occurredAt: Date;
  readonly recordedAt: Date;
  readonly ruleBookVersion: bigint;
}

/** Where a page ends: the wallet and the number within it. */
export interface BookPlace {
  readonly wallet: string;
  readonly number: bigint;
}

const START: BookPlace = { wallet: '00000000-0000-0000-0000-000000000000', number: 0n };

const JOURNAL = sql`/* ledger.journalBook.load */
select t.wallet, t.seq, t.cause_seq, t.kind, t.occurred_at, t.recorded_at, t.rule_book_version
  from wallet w
  join journal_transaction t on t.bucket = w.bucket and t.wallet = w.wallet
 where w.programme_id = $1 and (w.wallet, t.seq) > ($2::uuid, $3::bigint)
 order by w.wallet, t.seq limit $4`;

/** A page of a programme's journal, member by member, each in the order of its versions. */
export async function loadJournalBook(
  pool: Pool,
  programmeId: ProgrammeId,
  { after, limit }: { after: BookPlace | null; limit: number },
): Promise<JournalLineOfBook[]> {
  const { wallet, number } = after ?? START;
  const { rows } = await pool.query<{
    wallet: string;
    seq: string;
    cause_seq: string | null;
    kind: string;
    occurred_at: Date;
    recorded_at: Date;
    rule_book_version: string;
  }>(JOURNAL, [uuidOf(programmeId), wallet, number.toString(), limit]);
  return rows.map((row) => ({
    memberId: idFromUuid('mem', row.wallet),
    wallet: row.wallet,
    seq: BigInt(row.seq),
    causeSeq: row.cause_seq === null ? null : BigInt(row.cause_seq),
    kind: row.kind,
    occurredAt: row.occurred_at,
    recordedAt: row.recorded_at,
    ruleBookVersion: BigInt(row.rule_book_version),
  }));
}

/** A lot, and where its points are. */
export interface LotOfBook {
  readonly memberId: MemberId;
  readonly wallet: string;
  readonly lotSeq: bigint;
  /** The version of the member that issued it. */
  readonly seq: bigint;
  readonly issuerId: Party;
  readonly parent: BookPlace | null;
  readonly quantity: bigint;
  readonly pending: bigint;
  readonly available: bigint;
  readonly held: bigint;
  readonly earnedAt: Date;
  readonly expiresAt: Date | null;
}

const LOTS = sql`/* ledger.lotBook.load */
select l.wallet, l.lot_seq, l.seq, l.issuer_id, l.parent_wallet, l.parent_lot_seq, l.quantity, l.earned_at,
       greatest(l.expires_at, (select max(x.expires_at) from lot_extension x
         where x.bucket = l.bucket and x.wallet = l.wallet and x.lot_seq = l.lot_seq)) as expires_at,
       e.pending, e.available, e.held
  from wallet w
  join lot l on l.bucket = w.bucket and l.wallet = w.wallet
  cross join lateral (
    select coalesce(sum(amount * ((credit_kind = 'PENDING')::int - (debit_kind = 'PENDING')::int)), 0) as pending,
           coalesce(sum(amount * ((credit_kind = 'AVAILABLE')::int - (debit_kind = 'AVAILABLE')::int)), 0) as available,
           coalesce(sum(amount * ((credit_kind = 'HELD')::int - (debit_kind = 'HELD')::int)), 0) as held
      from entry e where e.bucket = l.bucket and e.wallet = l.wallet and e.lot_seq = l.lot_seq
  ) e
 where w.programme_id = $1 and (w.wallet, l.lot_seq) > ($2::uuid, $3::bigint)
 order by w.wallet, l.lot_seq limit $4`;

interface LotRow {
  wallet: string;
  lot_seq: string;
  seq: string;
  issuer_id: string | null;
  parent_wallet: string | null;
  parent_lot_seq: string | null;
  quantity: string;
  earned_at: Date;
  expires_at: Date | number | null;
  pending: string;
  available: string;
  held: string;
}

/** A page of a programme's lots, spent ones too, member by member in the order of their numbers. */
export async function loadLotBook(
  pool: Pool,
  programmeId: ProgrammeId,
  { after, limit }: { after: BookPlace | null; limit: number },
): Promise<LotOfBook[]> {
  const { wallet, number } = after ?? START;
  const { rows } = await pool.query<LotRow>(LOTS, [uuidOf(programmeId), wallet, number.toString(), limit]);
  return rows.map((row) => ({
    memberId: idFromUuid('mem', row.wallet),
    wallet: row.wallet,
    lotSeq: BigInt(row.lot_seq),
    seq: BigInt(row.seq),
    issuerId: row.issuer_id === null ? null : idFromUuid('ptr', row.issuer_id),
    parent: row.parent_wallet === null ? null : { wallet: row.parent_wallet, number: BigInt(row.parent_lot_seq ?? 0) },
    quantity: BigInt(row.quantity),
    pending: BigInt(row.pending),
    available: BigInt(row.available),
    held: BigInt(row.held),
    earnedAt: row.earned_at,
    expiresAt: instantOrNull(row.expires_at),
  }));
}
