import type { Client, PoolClient } from 'pg';
import type { WalletKey } from '../../core/points/wallet';
import { PROOF } from '../points/chain';
import { JOURNAL_TABLE_NAMES, JOURNAL_TABLES, noRows, type JournalTable } from '../points/journal-tables';
import type { WrittenRows } from '../points/journal-rows';
import type { Cells, ColumnType } from '../points/cells';
import { keyArrays, walletText } from '../points/wallet-request';

/** One journal transaction as it stands in the tables. */
export interface StoredTransaction {
  readonly seq: bigint;
  /** The link kept with it, as hexadecimal digits. */
  readonly chain: string;
  /** The marks of its rows, as hexadecimal digits; null of one posted before there were any. */
  readonly marks: string | null;
  readonly rows: WrittenRows;
}

/** A wallet's row, as far as its chain goes. */
export interface ChainedWallet {
  readonly key: WalletKey;
  readonly programmeId: string;
  readonly seq: bigint;
  readonly chain: string | null;
}

const PAGE = `/* ledger.verify.pageWallets */
select w.bucket, w.wallet, w.programme_id, w.seq, encode(w.chain, 'hex') as chain
  from wallet w where (w.bucket, w.wallet) > ($1, $2) order by w.bucket, w.wallet limit $3`;
const NAMED = `/* ledger.verify.namedWallets */
select w.bucket, w.wallet, w.programme_id, w.seq, encode(w.chain, 'hex') as chain
  from wallet w join unnest($1::smallint[], $2::uuid[]) as k(bucket, wallet) on w.bucket = k.bucket and w.wallet = k.wallet`;

/** The next wallets by key. */
export async function pageWallets(client: PoolClient, after: WalletKey, limit: number): Promise<ChainedWallet[]> {
  return wallets(client, PAGE, [after.bucket, after.wallet, limit]);
}

/** Wallets by their keys. */
export async function namedWallets(client: PoolClient, keys: readonly WalletKey[]): Promise<ChainedWallet[]> {
  return wallets(client, NAMED, keyArrays(keys));
}

async function wallets(client: PoolClient, text: string, values: readonly unknown[]): Promise<ChainedWallet[]> {
  const { rows } = await client.query<WalletKey & { programme_id: string; seq: string; chain: string | null }>(text, [
    ...values,
  ]);
  return rows.map(({ bucket, wallet, programme_id: programmeId, seq, chain }) => {
    return { key: { bucket, wallet }, programmeId, seq: BigInt(seq), chain };
  });
}

const WRITTEN_SINCE = `/* ledger.verify.writtenSince */
select distinct bucket, wallet from journal_transaction where written_at >= $1 and written_at < $2`;

/** Wallets that were posted to in a stretch of time. */
export async function walletsWrittenBetween(client: PoolClient | Client, from: Date, to: Date): Promise<WalletKey[]> {
  const { rows } = await client.query<WalletKey>(WRITTEN_SINCE, [from, to]);
  return rows;
}

/** All that was written of the wallets' transactions, wallet by wallet in the order of versions. */
export async function loadWritten(
  client: PoolClient,
  keys: readonly WalletKey[],
): Promise<Map<string, StoredTransaction[]>> {
  const found = new Map<string, Map<string, Record<JournalTable, Cells[]> & Proof>>();
  for (const table of JOURNAL_TABLE_NAMES) {
    const { rows } = await client.query<WalletKey & { seq: string; cells: (string | null)[] } & Proof>({
      name: `verify.${table}`,
      text: TEXTS.get(table) ?? '',
      values: keyArrays(keys),
    });
    for (const row of rows) {
      const ofWallet = found.get(walletText(row)) ?? new Map();
      found.set(walletText(row), ofWallet);
      const whole = ofWallet.get(row.seq) ?? noRows();
      ofWallet.set(row.seq, whole);
      whole[table].push(row.cells);
      if (row.chain) Object.assign(whole, { chain: row.chain, marks: row.marks });
    }
  }
  return new Map([...found].map(([text, transactions]) => [text, ordered(transactions)]));
}

interface Proof {
  readonly chain?: string | null;
  readonly marks?: string | null;
}

function ordered(transactions: ReadonlyMap<string, WrittenRows & Proof>): StoredTransaction[] {
  return [...transactions]
    .map(([seq, { chain, marks, ...rows }]) => ({ seq: BigInt(seq), chain: chain ?? '', marks: marks ?? null, rows }))
    .sort((a, b) => (a.seq < b.seq ? -1 : 1));
}

/** Statements that read each table's cells in the form in which they are hashed. */
const TEXTS: ReadonlyMap<string, string> = new Map(
  Object.entries<Readonly<Record<string, ColumnType>>>(JOURNAL_TABLES).map(([table, columns]) => {
    const cells = Object.entries(columns).flatMap(([name, type]) => (PROOF.includes(name) ? [] : [cellOf(name, type)]));
    const proof = PROOF.map((name) => (name in columns ? `encode(t.${name}, 'hex') as ${name}` : `null as ${name}`));
    return [
      table,
      `/* ledger.verify.loadRows */
select t.bucket, t.wallet, t.seq, array[${cells.join(', ')}] as cells, ${proof.join(', ')}
  from ${table} t join unnest($1::smallint[], $2::uuid[]) as k(bucket, wallet) on t.bucket = k.bucket and t.wallet = k.wallet`,
    ];
  }),
);

function cellOf(name: string, type: ColumnType): string {
  if (type === 'instant') return `trim_scale(extract(epoch from t.${name}) * 1000)::text`;
  return type === 'bytea' ? `encode(t.${name}, 'hex')` : `t.${name}::text`;
}
