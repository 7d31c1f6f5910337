import type { Pool } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import type { Tx } from '../../../../kernel/db/transaction';
import { idFromUuid, uuidOf, type MemberId, type ProgrammeId } from '../../../../kernel/values/id';
import { walletKeyOf } from '../../core/points/wallet';
import { STOPPED_WALLETS } from '../verify/freeze.store';

/** When members of a programme are warned: so many days before, by the calendar of its zone. */
export interface WarningTerms {
  readonly programmeId: ProgrammeId;
  readonly days: readonly number[];
  readonly timeZone: string;
}

/** A warning that is due: points of a member that expire together. */
export interface DueWarning {
  readonly memberId: MemberId;
  readonly expiresAt: Date;
  readonly days: number;
}

/**
 * Warnings due after the instant up to which all were given, and by $4. $1 programme, $2 days, $3 zone. A day of the zone may
 * have 25 hours, so the index is asked for a day more on either side. Points that live shorter than a warning's days are
 * warned of by the shorter ones alone. Stopped accounts are told when they are allowed again.
 */
const DUE = `/* ledger.warning.due */
  select o.wallet, o.expires_at, s.days, w.warn_at
    from programme_clock c
    cross join unnest($2::int[]) as s(days)
    join open_lot o on o.programme_id = c.programme_id and o.expires_at < 'infinity'
     and o.expires_at > c.warned_to + make_interval(days => s.days - 1)
     and o.expires_at < $4::timestamptz + make_interval(days => s.days + 1)
    cross join lateral (
      select ((o.expires_at at time zone $3) - make_interval(days => s.days)) at time zone $3 as warn_at) w
   where c.programme_id = $1 and w.warn_at > c.warned_to and w.warn_at <= $4 and w.warn_at > o.earned_at
     and o.wallet not in ${STOPPED_WALLETS}`;

const valuesOf = ({ programmeId, days, timeZone }: WarningTerms, by: Date): unknown[] => [
  uuidOf(programmeId),
  days,
  timeZone,
  by,
];

const NEXT = `/* ledger.warning.next */ select min(d.warn_at) as due from (${DUE}) d`;

/** The earliest instant up to `upTo` at which somebody is to be warned; null when nobody is. */
export async function nextWarning(pool: Pool, terms: WarningTerms, upTo: Date): Promise<Date | null> {
  const { rows } = await pool.query<{ due: Date | null }>(NEXT, valuesOf(terms, upTo));
  return rows[0]?.due ?? null;
}

const LOAD = `/* ledger.warning.load */
select d.wallet, d.expires_at, min(d.days) as days from (${DUE}) d
 where (d.wallet, d.expires_at) > ($5::uuid, $6::timestamptz)
 group by d.wallet, d.expires_at order by d.wallet, d.expires_at limit $7`;

/** Warnings due by `now`, by member; of several for the same points only the last. Begins after one of them. */
export async function loadWarnings(
  pool: Pool,
  terms: WarningTerms,
  { now, after, limit }: { now: Date; after: DueWarning | null; limit: number },
): Promise<DueWarning[]> {
  const place = after === null ? [NO_WALLET, '-infinity'] : [uuidOf(after.memberId), after.expiresAt];
  const values = [...valuesOf(terms, now), ...place, limit];
  const { rows } = await pool.query<{ wallet: string; expires_at: Date; days: number }>(LOAD, values);
  return rows.map(({ wallet, expires_at: expiresAt, days }) => ({
    memberId: idFromUuid('mem', wallet),
    expiresAt,
    days,
  }));
}

const NO_WALLET = '00000000-0000-0000-0000-000000000000';

const WARNED_TO = `/* ledger.warning.loadWarnedTo */
select warned_to::text as mark from programme_clock where programme_id = $1`;

/** Up to when all were warned, as the database writes it. */
export async function loadWarnedTo(pool: Pool, programmeId: ProgrammeId): Promise<string | null> {
  const { rows } = await pool.query<{ mark: string }>(WARNED_TO, [uuidOf(programmeId)]);
  return rows[0]?.mark ?? null;
}

/** Notes that all were warned up to an instant; nothing when that is earlier, or the note is not the one the run began with. */
export async function saveWarnedTo(
  pool: Pool,
  programmeId: ProgrammeId,
  { from, to }: { from: string | null; to: Date },
): Promise<void> {
  await pool.query(
    `/* ledger.warning.saveWarnedTo */
     update programme_clock set warned_to = $2 where programme_id = $1 and warned_to < $2 and warned_to = $3::timestamptz`,
    [uuidOf(programmeId), to, from],
  );
}

const WARN_AGAIN = sql`/* ledger.warning.warnAgain */
update programme_clock c
   set warned_to = least(warned_to, case when test_now is null then $4 else (
         select recorded_at from journal_transaction where bucket = $2 and wallet = $3 order by seq desc limit 1) end)
 where programme_id = $1`;

/**
 * Has warnings looked at again since an account was stopped, by the programme's clock: a test clock's time of the stop is not known, and
 * the account's last line is before it. Who was told is not told again.
 */
export async function warnAgain(
  tx: Tx,
  { programmeId, memberId, frozenAt }: { programmeId: ProgrammeId; memberId: MemberId; frozenAt: Date },
): Promise<void> {
  const { bucket, wallet } = walletKeyOf(memberId);
  await tx.query(WARN_AGAIN, [uuidOf(programmeId), bucket, wallet, frozenAt]);
}
