import type { Pool } from 'pg';
import { uuidOf } from '../../../../kernel/values/id';
import { points, type Points } from '../../../../kernel/values/points';
import type { WalletOfProgramme } from '../points/account.store';
import { LINE_COLUMNS, lineFrom, type JournalLine, type JournalLineRow } from '../points/transaction.store';

const OF_WALLET = 't.bucket = $1 and t.wallet = $2 and t.programme_id = $3';
const scope = ({ key, programmeId }: WalletOfProgramme): unknown[] => [key.bucket, key.wallet, uuidOf(programmeId)];

/** Each line of a wallet with what it did to AVAILABLE and to PENDING: `points` of a line shows only one of them. */
const CHANGES = `/* ledger.asOf.changes */
  select t.*, t.available_after - coalesce(lag(t.available_after) over (order by t.seq), 0) as change,
         t.pending_after - coalesce(lag(t.pending_after) over (order by t.seq), 0) as pending_change
    from journal_transaction t where ${OF_WALLET}`;

const EFFECTIVE_BALANCE = `/* ledger.asOf.effectiveBalance */
select coalesce(sum(c.change), 0)::text as available from (${CHANGES}) c where c.occurred_at <= $4`;

/** AVAILABLE by what had happened in the world at an instant, whenever it was recorded. */
export async function loadEffectiveBalanceAt(pool: Pool, wallet: WalletOfProgramme, at: Date): Promise<Points> {
  const { rows } = await pool.query<{ available: string }>(EFFECTIVE_BALANCE, [...scope(wallet), at]);
  return points(BigInt(rows[0]?.available ?? '0'));
}

const RECORDED_PAGE = `/* ledger.asOf.recordedPage */
select ${LINE_COLUMNS} from journal_transaction t
 where ${OF_WALLET} and t.recorded_at <= $4 and t.seq < $5 order by t.seq desc limit $6`;

/** Statement lines recorded by an instant, newest first, before a version. */
export async function loadRecordedLines(
  pool: Pool,
  wallet: WalletOfProgramme,
  page: { asOf: Date; beforeSeq: bigint; limit: number },
): Promise<JournalLine[]> {
  const values = [...scope(wallet), page.asOf, page.beforeSeq.toString(), page.limit];
  const { rows } = await pool.query<JournalLineRow>(RECORDED_PAGE, values);
  return rows.map(lineFrom);
}

const EFFECTIVE_PAGE = `/* ledger.asOf.effectivePage */
select ${LINE_COLUMNS}, t.balance::text, t.pending_balance::text
  from (select c.*, sum(c.change) over happened as balance, sum(c.pending_change) over happened as pending_balance
          from (${CHANGES}) c window happened as (order by c.occurred_at, c.seq)) t
 where t.occurred_at <= $4 and (t.occurred_at, t.seq) < ($5::timestamptz, $6::bigint)
 order by t.occurred_at desc, t.seq desc limit $7`;

/** A place in the order things happened. */
export interface EffectivePlace {
  readonly occurredAt: Date;
  readonly seq: bigint;
}

/**
 * Statement lines of what had happened by an instant, latest first, before a place. AVAILABLE and PENDING in their balances are
 * what they were in that order, and below zero where points were spent or released before the earn that was told of late.
 */
export async function loadEffectiveLines(
  pool: Pool,
  wallet: WalletOfProgramme,
  page: { asOf: Date | null; before: EffectivePlace | null; limit: number },
): Promise<JournalLine[]> {
  const { asOf, before, limit } = page;
  const place = [before?.occurredAt ?? 'infinity', before?.seq.toString() ?? '0'];
  const { rows } = await pool.query<JournalLineRow & { balance: string; pending_balance: string }>(EFFECTIVE_PAGE, [
    ...scope(wallet),
    asOf ?? 'infinity',
    ...place,
    limit,
  ]);
  return rows.map((row) => lineFrom({ ...row, available_after: row.balance, pending_after: row.pending_balance }));
}

const VERSION_AT = `/* ledger.asOf.version */
select t.seq from journal_transaction t where ${OF_WALLET} and t.recorded_at <= $4 order by t.seq desc limit 1`;

/** The version an account had reached by an instant of recording; 0 before its first line. */
export async function loadVersionAt(pool: Pool, wallet: WalletOfProgramme, at: Date): Promise<bigint> {
  const { rows } = await pool.query<{ seq: string }>(VERSION_AT, [...scope(wallet), at]);
  return BigInt(rows[0]?.seq ?? '0');
}

/** A time a member stood on one rung. */
export interface TierSpan {
  readonly version: bigint;
  readonly code: string;
  readonly kind: string;
  readonly since: Date;
  /** Null while the member stands there. */
  readonly until: Date | null;
}

const TIER_SPANS = `/* ledger.asOf.tierSpans */
select s.seq, s.tier_after, s.kind, s.recorded_at, s.until
  from (select t.seq, t.tier_after, t.kind, t.recorded_at, lead(t.recorded_at) over (order by t.seq) as until
          from journal_transaction t
         where ${OF_WALLET} and t.tier_before is distinct from t.tier_after and t.tier_after is not null) s
 where s.seq < $4 order by s.seq desc limit $5`;

/** On which rungs a member stood, latest first, before a version. */
export async function loadTierSpans(
  pool: Pool,
  wallet: WalletOfProgramme,
  page: { beforeSeq: bigint; limit: number },
): Promise<TierSpan[]> {
  const { rows } = await pool.query<{
    seq: string;
    tier_after: string;
    kind: string;
    recorded_at: Date;
    until: Date | null;
  }>(TIER_SPANS, [...scope(wallet), page.beforeSeq.toString(), page.limit]);
  return rows.map(({ seq, tier_after: code, kind, recorded_at: since, until }) => {
    return { version: BigInt(seq), code, kind, since, until };
  });
}
