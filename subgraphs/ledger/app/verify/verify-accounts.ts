import { join } from 'node:path';
import type { PoolClient } from 'pg';
import { projectRoot } from '../../../../kernel/config/project-root';
import { borrowed } from '../../../../kernel/db/borrow';
import type { Database } from '../../../../kernel/db/database';
import { readSqlFolder } from '../../../../kernel/db/invariants';
import type { WalletKey } from '../../core/points/wallet';
import { changedRows, linkOf, type ChangedRow } from '../../data/points/chain';
import { findChangedPassed } from '../../data/points/passed.store';
import { findChangedTerms } from '../../data/points/terms.store';
import { walletText } from '../../data/points/wallet-request';
import { checkOfWallets, OF_ONE_WALLET } from '../../data/verify/of-wallets.store';
import { checkStanding } from '../../data/verify/standing.store';
import { checkSeals } from '../../data/verify/seal.store';
import {
  loadWritten,
  namedWallets,
  pageWallets,
  walletsWrittenBetween,
  type ChainedWallet,
  type StoredTransaction,
} from '../../data/verify/written.store';

/** What is wrong with one account. */
export interface AccountFinding {
  readonly key: WalletKey;
  readonly programmeId: string;
  /** The invariant that is broken, or `chain`. */
  readonly found: string;
  /** For `chain`: the version whose rows are not those that were posted. */
  readonly seq: bigint | null;
  /** For `chain`: which of that version's rows, as far as its marks tell. */
  readonly rows: readonly ChangedRow[];
}

/** What a verification came to. */
export interface Verification {
  readonly accounts: number;
  readonly findings: readonly AccountFinding[];
}

/** Where the invariants of the whole book are. */
export const INVARIANTS = join(projectRoot(), 'subgraphs/ledger/invariants');
/** Accounts read at a time: a few thousand rows. */
const AT_ONCE = 200;
const FIRST: WalletKey = { bucket: -1, wallet: '00000000-0000-0000-0000-000000000000' };

/**
 * Verifies the accounts posted to in a stretch of time: their chains, that row, lots and journal agree, and each invariant that is
 * about one wallet.
 */
export function verifyWindow(database: Database, from: Date, to: Date): Promise<Verification> {
  return reading(database, async (client) => {
    const keys = await walletsWrittenBetween(client, from, to);
    const findings: AccountFinding[] = [];
    const invariants = readSqlFolder(INVARIANTS).filter(({ name }) => OF_ONE_WALLET.has(name));
    for (let n = 0; n < keys.length; n += AT_ONCE) {
      const some = keys.slice(n, n + AT_ONCE);
      const wallets = await namedWallets(client, some);
      findings.push(...(await findWrong(client, wallets)));
      const programmes = new Map(wallets.map(({ key, programmeId }) => [walletText(key), programmeId]));
      for (const { key, found } of await checkOfWallets(client, invariants, some))
        findings.push({ key, programmeId: programmes.get(walletText(key)) ?? '', found, seq: null, rows: [] });
    }
    return { accounts: keys.length, findings };
  });
}

/**
 * Verifies every account, page by page, each page over one view of the book; tills post meanwhile.
 *
 * @param tell told how many accounts have been read, now and then
 */
export async function verifyAccounts(database: Database, tell?: (accounts: number) => void): Promise<Verification> {
  const findings: AccountFinding[] = [];
  let accounts = 0;
  for (let after = FIRST; ;) {
    const page = await reading(database, async (client) => {
      const wallets = await pageWallets(client, after, AT_ONCE);
      findings.push(...(await findWrong(client, wallets)));
      return wallets;
    });
    accounts += page.length;
    tell?.(accounts);
    const last = page.at(-1);
    if (last === undefined || page.length < AT_ONCE) return { accounts, findings };
    after = last.key;
  }
}

/** Every seal, made again from the links as they stand. @returns the numbers of those that differ */
export function checkBookSeals(database: Database): Promise<bigint[]> {
  return reading(database, checkSeals);
}

/** Rows that accounts share, so that no chain holds them, and that no longer are what their id says. */
export function checkSharedRows(database: Database): Promise<{ table: string; id: string }[]> {
  return reading(database, async (client) => {
    const terms = (await findChangedTerms(client)).map((id) => ({ table: 'lot_terms', id }));
    const passed = (await findChangedPassed(client)).map((id) => ({ table: 'passed_rules', id }));
    return [...terms, ...passed];
  });
}

async function findWrong(client: PoolClient, wallets: readonly ChainedWallet[]): Promise<AccountFinding[]> {
  if (wallets.length === 0) return [];
  const keys = wallets.map(({ key }) => key);
  const written = await loadWritten(client, keys);
  const standing = await checkStanding(client, keys);
  return [
    ...wallets.flatMap((wallet) => brokenChain(wallet, written.get(walletText(wallet.key)) ?? [])),
    ...standing.flatMap(({ key, programmeId, broken }) =>
      broken.map((found): AccountFinding => ({ key, programmeId, found, seq: null, rows: [] })),
    ),
  ];
}

/**
 * The first version of a wallet whose rows do not give the link kept with it. Versions after it are not looked at: their links
 * follow from one that is wrong. A newest link that is not the wallet's own shows rows that were taken away at the end.
 */
export function brokenChain(wallet: ChainedWallet, transactions: readonly StoredTransaction[]): AccountFinding[] {
  const { key, programmeId } = wallet;
  const at = (seq: bigint, changed: readonly ChangedRow[] = []): AccountFinding[] => [
    { key, programmeId, found: 'chain', seq, rows: changed },
  ];
  let previous: string | null = null;
  let version = 0n;
  for (const { seq, chain, marks, rows } of transactions) {
    version += 1n;
    if (seq !== version) return at(version);
    const link = linkOf(previous, key.wallet, rows);
    if (link.chain !== chain) return at(seq, changedRows(rows, marks));
    if (marks !== null && marks !== link.marks) return at(seq, [{ table: 'journal_transaction', names: 'marks' }]);
    previous = chain;
  }
  return previous === wallet.chain && version === wallet.seq ? [] : at(version + 1n);
}

/** A transaction of its own over one view of the book, in which nothing can be written. */
async function reading<Result>(database: Database, read: (client: PoolClient) => Promise<Result>): Promise<Result> {
  return borrowed(database.pool, async (client) => {
    await client.query('begin isolation level repeatable read read only');
    await client.query('set local statement_timeout = 0');
    const result = await read(client);
    await client.query('rollback');
    return result;
  });
}
