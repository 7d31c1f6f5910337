import { borrowed } from '../../../../kernel/db/borrow';
import type { Logger } from '../../../../kernel/telemetry/log';
import { idFromUuid } from '../../../../kernel/values/id';
import { freezeAccounts } from '../../data/verify/freeze.store';
import { sealHeads, type Seal } from '../../data/verify/seal.store';
import type { Ledger } from '../ledger';
import { nameOf } from './verify-chains';
import { verifyAccounts, verifyWindow, type AccountFinding, type Verification } from './verify-accounts';

/** What verifying needs of the ledger, and where it says what it found. */
export type VerifyingLedger = Pick<Ledger, 'database'> & { readonly log: Logger };

/** Verifies what was posted in a stretch of time, and stops posting on every account found wrong; the others go on. */
export async function guardWindow(ledger: VerifyingLedger, from: Date, to: Date): Promise<Verification> {
  return stopWrong(ledger, await verifyWindow(ledger.database, from, to));
}

/** Verifies every account, and stops posting on those found wrong. */
export async function guardAll(ledger: VerifyingLedger): Promise<Verification> {
  return stopWrong(ledger, await verifyAccounts(ledger.database));
}

async function stopWrong(ledger: VerifyingLedger, verification: Verification): Promise<Verification> {
  await stopAccounts(ledger, verification.findings);
  return verification;
}

/** Stops posting on accounts, each for the first that was found of it. */
export async function stopAccounts(
  { database, log }: VerifyingLedger,
  findings: readonly (Pick<AccountFinding, 'key' | 'found' | 'seq'> & Partial<Pick<AccountFinding, 'rows'>>)[],
): Promise<void> {
  const first = new Map<string, (typeof findings)[number]>();
  for (const finding of findings) {
    if (!first.has(finding.key.wallet)) first.set(finding.key.wallet, finding);
  }
  for (const wallet of await freezeAccounts(database.pool, [...first.values()])) {
    const { found, seq, rows = [] } = first.get(wallet) ?? { found: 'unknown', seq: null };
    const changed = rows.map(nameOf);
    const memberId = idFromUuid('mem', wallet);
    log.error({ event: 'account.frozen', memberId, found, seq: seq?.toString() ?? null, changed });
  }
}

/**
 * Seals the newest links of all accounts posted to since the last seal. The hash is logged as well, so that a copy of it stands
 * where whoever can change the database cannot reach.
 */
export async function sealBook({ database, log }: VerifyingLedger): Promise<Seal | null> {
  const seal = await borrowed(database.pool, async (client) => {
    await client.query('begin isolation level repeatable read');
    const made = await sealHeads(client);
    await client.query('commit');
    return made;
  });
  if (seal !== null) log.info({ event: 'book.sealed', n: seal.n.toString(), accounts: seal.accounts, hash: seal.hash });
  return seal;
}
