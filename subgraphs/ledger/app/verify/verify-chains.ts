import type { Database } from '../../../../kernel/db/database';
import type { InvariantFinding } from '../../../../kernel/db/invariants';
import { checkBookSeals, checkTerms, verifyAccounts } from './verify-accounts';

const TOLD_EVERY = 20_000;
const ROWS_KEPT = 20;

/** The chain of every account, every seal over them and the terms of all lots, as findings that name the row; tells how far it is. */
export async function verifyChains(database: Database, tell: (line: string) => void): Promise<InvariantFinding[]> {
  let told = 0;
  const { findings } = await verifyAccounts(database, (accounts) => {
    if (accounts - told < TOLD_EVERY) return;
    told = accounts;
    tell(`${accounts.toLocaleString('en')} accounts verified`);
  });
  const chains = findings.filter(({ found }) => found === 'chain').map(({ key, seq }) => ({ ...key, seq }));
  return [
    { name: 'chain-names-no-changed-row', total: chains.length, rows: chains.slice(0, ROWS_KEPT) },
    ...(await checkShared(database)),
  ];
}

/** What no chain of one account holds: the terms of lots, and the seals over all chains. */
export async function checkShared(database: Database): Promise<InvariantFinding[]> {
  const terms = (await checkTerms(database)).map((id) => ({ table: 'lot_terms', id }));
  const seals = (await checkBookSeals(database)).map((n) => ({ seal: n }));
  return [
    { name: 'terms-are-what-their-id-says', total: terms.length, rows: terms.slice(0, ROWS_KEPT) },
    { name: 'seals-hold', total: seals.length, rows: seals.slice(0, ROWS_KEPT) },
  ];
}
