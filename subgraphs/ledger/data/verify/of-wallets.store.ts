import type { PoolClient } from 'pg';
import type { SqlFile } from '../../../../kernel/db/invariants';
import type { WalletKey } from '../../core/points/wallet';
import { keyArrays } from '../points/wallet-request';

/**
 * Invariants whose rows follow from rows of the same wallet: of some wallets they say what they say of them in the whole book. Two more
 * are like that and take longer than all of these: `claims-rederive-from-entries` and `balances-follow-one-another`.
 */
export const OF_ONE_WALLET: ReadonlySet<string> = new Set([
  'claims-share-their-transactions-cycle',
  'entries-have-their-owners',
  'lots-are-never-overdrawn',
  'open-lots-rebuild-from-entries',
  'owed-points-equal-entries',
  'purchases-have-their-lots',
  'tiers-follow-the-journal',
  'what-came-back-was-there',
]);

/** Every table of wallets that these read. */
const TABLES = [
  'wallet',
  'journal_transaction',
  'entry',
  'lot',
  'lot_extension',
  'open_lot',
  'claim',
  'purchase',
  'purchase_return',
  'redemption_reversal',
  'earn_explanation',
];

const OF_THESE = TABLES.map(
  (table) => `${table} as (
  select t.* from public.${table} t join named n on t.bucket = n.bucket and t.wallet = n.wallet)`,
);

/** An invariant as it is, over tables in which there are no other wallets: within it their names mean these. */
const narrowed = (invariant: string): string => `/* ledger.verify.ofWallets */
with named as (select n.bucket, n.wallet from unnest($1::smallint[], $2::uuid[]) as n(bucket, wallet)),
${OF_THESE.join(',\n')}
select distinct bucket, wallet from (
${invariant}
) offending`;

/** Which of the wallets named offend against which of these invariants. */
export async function checkOfWallets(
  client: PoolClient,
  invariants: readonly SqlFile[],
  keys: readonly WalletKey[],
): Promise<{ key: WalletKey; found: string }[]> {
  const broken: { key: WalletKey; found: string }[] = [];
  for (const { name, sql } of invariants) {
    const { rows } = await client.query<WalletKey>(narrowed(sql), keyArrays(keys));
    broken.push(...rows.map((key) => ({ key, found: name })));
  }
  return broken;
}
