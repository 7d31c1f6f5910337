import { createHash } from 'node:crypto';
import type { PoolClient } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import { digest, type Digest } from '../../../../kernel/values/canonical';

/** One seal: the hash of the newest links of all wallets posted to since the one before. */
export interface Seal {
  readonly n: bigint;
  readonly accounts: number;
  readonly hash: Digest;
}

const LAST = sql`/* ledger.seal.last */
select n, upto, encode(hash, 'hex') as hash from chain_seal order by n desc limit 1`;
const HEADS = sql`/* ledger.seal.heads */
select w.bucket, w.wallet, w.seq, encode(w.chain, 'hex') as chain
  from wallet w
 where w.chain is not null and exists (
   select from journal_transaction t where t.bucket = w.bucket and t.wallet = w.wallet and t.seq = w.seq
      and t.written_at >= $1)
 order by w.bucket, w.wallet`;
const RECENT_HEADS = sql`/* ledger.seal.recentHeads */
select w.bucket, w.wallet, w.seq, encode(w.chain, 'hex') as chain
  from (select distinct bucket, wallet from journal_transaction where written_at >= $1) t
  join wallet w on w.bucket = t.bucket and w.wallet = t.wallet
 order by w.bucket, w.wallet`;
const INSERT = sql`/* ledger.seal.insert */
insert into chain_seal (n, buckets, wallets, seqs, upto, hash) values ($1, $2, $3, $4, $5, decode($6, 'hex'))`;

/** Seals what was posted since the last seal; null when nothing was. The caller's transaction is repeatable read. */
export async function sealHeads(client: PoolClient): Promise<Seal | null> {
  const { rows: last } = await client.query<{ n: string; upto: Date; hash: string }>(LAST);
  const { rows: clock } = await client.query<{ now: Date }>('/* ledger.seal.now */ select now()');
  const [before] = last;
  const heads =
    before === undefined
      ? await client.query<Head>(HEADS, [new Date(0)])
      : await client.query<Head>(RECENT_HEADS, [new Date(before.upto.getTime() - OVERLAP_MS)]);
  if (heads.rows.length === 0) return null;
  const n = BigInt(before?.n ?? 0) + 1n;
  const hash = sealHash(before?.hash ?? '', heads.rows);
  await client.query(INSERT, [
    n.toString(),
    heads.rows.map(({ bucket }) => bucket),
    heads.rows.map(({ wallet }) => wallet),
    heads.rows.map(({ seq }) => seq),
    clock[0]?.now,
    hash,
  ]);
  return { n, accounts: heads.rows.length, hash };
}

/** Transactions under way when a seal was made are in the next one. */
const OVERLAP_MS = 60_000;

interface Head {
  bucket: number;
  wallet: string;
  seq: string;
  chain: string | null;
}

function sealHash(previous: Digest, heads: readonly Head[]): Digest {
  return digest([previous, ...heads.map(headText)].join('\n'));
}

function headText({ wallet, seq, chain }: Head): string {
  return `${wallet} ${seq} ${chain ?? ''}`;
}

const SEALS = sql`/* ledger.seal.list */
select n, encode(hash, 'hex') as hash from chain_seal where n > $1 order by n limit 1000`;
const SEALED = sql`/* ledger.seal.sealed */
declare sealed no scroll cursor for
select h.wallet, h.seq, encode(t.chain, 'hex') as chain
  from chain_seal s
 cross join lateral unnest(s.buckets, s.wallets, s.seqs) with ordinality as h(bucket, wallet, seq, place)
  left join journal_transaction t on t.bucket = h.bucket and t.wallet = h.wallet and t.seq = h.seq
 where s.n = $1 order by h.place`;
const NEXT_HEADS = 'fetch 10000 from sealed';

/**
 * Makes every seal again from the links as they stand. The first seal of a large book names all of its accounts, so heads are
 * read a page at a time. The caller's transaction is repeatable read.
 *
 * @returns the seals that differ, and the numbers at which one is missing
 */
export async function checkSeals(client: PoolClient): Promise<bigint[]> {
  const wrong: bigint[] = [];
  let previous: Digest = '';
  for (let last = 0n; ;) {
    const { rows: seals } = await client.query<{ n: string; hash: string }>(SEALS, [last.toString()]);
    if (seals.length === 0) return wrong;
    for (const { n, hash } of seals) {
      const number = BigInt(n);
      for (let missing = last + 1n; missing < number; missing += 1n) wrong.push(missing);
      if ((await sealedHash(client, n, previous)) !== hash) wrong.push(number);
      [last, previous] = [number, hash];
    }
  }
}

/** The hash of a seal, made again. */
async function sealedHash(client: PoolClient, n: string, previous: Digest): Promise<Digest> {
  const hash = createHash('sha256').update(previous);
  await client.query(SEALED, [n]);
  for (;;) {
    const { rows: heads } = await client.query<Head>(NEXT_HEADS);
    if (heads.length === 0) break;
    for (const head of heads) hash.update(`\n${headText(head)}`);
  }
  await client.query('close sealed');
  return hash.digest('hex');
}
