import type { Database } from '../../../../kernel/db/database';
import type { InvariantFinding } from '../../../../kernel/db/invariants';
import type { ChangedRow } from '../../data/points/chain';
import { checkBookSeals, checkSharedRows, verifyAccounts, verifyWindow, type Verification } from './verify-accounts';

const TOLD_EVERY = 20_000;
const ROWS_KEPT = 20;

/**
 * The chains of all accounts, or of those posted to since an instant; every seal over them; the terms of all lots: as findings
 * that name the row. Tells how far it is.
 */
export async function verifyChains(
  database: Database,
  tell: (line: string) => void,
  since?: Date,
): Promise<InvariantFinding[]> {
  const { findings } =
    since === undefined
      ? await verifyAccounts(database, every(TOLD_EVERY, tell))
      : await verifySince(database, since, tell);
  const chains = findings
    .filter(({ found }) => found === 'chain')
    .map(({ key, seq, rows }) => ({ ...key, seq, changed: rows.map(nameOf).join('; ') }));
  return [
    { name: 'chain-names-no-changed-row', total: chains.length, rows: chains.slice(0, ROWS_KEPT) },
    ...(await checkShared(database)),
  ];
}

/** A row in words: its table, and what tells it apart there. */
export function nameOf({ table, names }: ChangedRow): string {
  if (names === null) return `${table}: a row is missing`;
  return names === '' ? table : `${table} ${names}`;
}

async function verifySince(database: Database, since: Date, tell: (line: string) => void): Promise<Verification> {
  const verification = await verifyWindow(database, since, NEVER);
  tell(`${verification.accounts.toLocaleString('en')} accounts posted to since ${since.toISOString()} verified`);
  return verification;
}

/** After every instant a row can be stamped with. */
const NEVER = new Date('9999-01-01T00:00:00Z');

function every(step: number, tell: (line: string) => void): (accounts: number) => void {
  let told = 0;
  return (accounts) => {
    if (accounts - told < step) return;
    told = accounts;
    tell(`${accounts.toLocaleString('en')} accounts verified`);
  };
}

/** What no chain of one account holds: the terms of lots, the lists of rules that gave nothing, and the seals over all chains. */
export async function checkShared(database: Database): Promise<InvariantFinding[]> {
  const shared = await checkSharedRows(database);
  const seals = (await checkBookSeals(database)).map((n) => ({ seal: n }));
  return [
    { name: 'shared-rows-are-what-their-id-says', total: shared.length, rows: shared.slice(0, ROWS_KEPT) },
    { name: 'seals-hold', total: seals.length, rows: seals.slice(0, ROWS_KEPT) },
  ];
}
