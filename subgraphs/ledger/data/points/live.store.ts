import type { Pool } from 'pg';
import { uuidOf, type ProgrammeId } from '../../../../kernel/values/id';
import type { WalletKey } from '../../core/points/wallet';
import { LINE_COLUMNS, lineFrom, type JournalLine, type JournalLineRow } from './transaction.store';

/** A member's account in a programme, and the version a reader of it has. */
export interface ReaderPlace {
  readonly key: WalletKey;
  readonly programmeId: ProgrammeId;
  readonly after: bigint;
}

const LOAD_AFTER = `/* ledger.live.loadAfter */
select k.n, ${LINE_COLUMNS}
  from unnest($1::smallint[], $2::uuid[], $3::uuid[], $4::bigint[]) with ordinality as k(bucket, wallet, programme_id, after, n)
 cross join lateral (
       select ${LINE_COLUMNS} from journal_transaction t
        where t.bucket = k.bucket and t.wallet = k.wallet and t.programme_id = k.programme_id and t.seq > k.after
        order by t.seq limit $5) t
 order by k.n, t.seq`;

const LOAD_NEWEST = `/* ledger.live.loadNewest */
select k.n, ${LINE_COLUMNS}
  from unnest($1::smallint[], $2::uuid[], $3::uuid[]) with ordinality as k(bucket, wallet, programme_id, n)
 cross join lateral (
       select ${LINE_COLUMNS} from journal_transaction t
        where t.bucket = k.bucket and t.wallet = k.wallet and t.programme_id = k.programme_id
        order by t.seq desc limit 1) t`;

type NumberedRow = JournalLineRow & { readonly n: string };

/** For each of many readers, the lines after its version, oldest first, at most `limit`. */
export async function loadAfter(pool: Pool, places: readonly ReaderPlace[], limit: number): Promise<JournalLine[][]> {
  const after = places.map((place) => place.after.toString());
  const { rows } = await pool.query<NumberedRow>(LOAD_AFTER, [...columnsOf(places), after, limit]);
  const found: JournalLine[][] = places.map(() => []);
  for (const row of rows) found[Number(row.n) - 1]?.push(lineFrom(row));
  return found;
}

/** For each of many accounts the newest line; null where there is none. */
export async function loadNewest(
  pool: Pool,
  accounts: readonly Omit<ReaderPlace, 'after'>[],
): Promise<(JournalLine | null)[]> {
  const { rows } = await pool.query<NumberedRow>(LOAD_NEWEST, columnsOf(accounts));
  const found = accounts.map((): JournalLine | null => null);
  for (const row of rows) found[Number(row.n) - 1] = lineFrom(row);
  return found;
}

function columnsOf(accounts: readonly Omit<ReaderPlace, 'after'>[]): unknown[] {
  return [
    accounts.map(({ key }) => key.bucket),
    accounts.map(({ key }) => key.wallet),
    accounts.map(({ programmeId }) => uuidOf(programmeId)),
  ];
}
