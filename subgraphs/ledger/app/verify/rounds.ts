import { runInvariants, type InvariantFinding, type Offending } from '../../../../kernel/db/invariants';
import { addRound, aloneInRounds, lastRounds, type Pace, type VerificationRound } from '../../data/verify/round.store';
import { roundsDue, type DueRound } from './round-schedule';
import { guardAll, guardWindow, sealBook, stopAccounts, type VerifyingLedger } from './stop-wrong-accounts';
import { INVARIANTS, type AccountFinding, type Verification } from './verify-accounts';
import { checkShared } from './verify-chains';

const LOOKED_EVERY_MS = 15_000;

/** Does every round of a pace that is due; keeps and logs what was found. @returns false when another process is at it */
export async function verifyDue(ledger: VerifyingLedger, pace: Pace): Promise<boolean> {
  const { database, log } = ledger;
  return aloneInRounds(database.pool, pace, async () => {
    const { last, now } = await lastRounds(database.pool);
    for (const due of roundsDue(last, now).filter(({ kind }) => (kind === 'ALL') === (pace === 'NIGHTLY'))) {
      const round = { ...due, ...(await ROUNDS[due.kind](ledger, due)) };
      await addRound(database.pool, round);
      for (const { name, total } of round.findings)
        log.error({ event: 'book.wrong', round: due.kind, invariant: name, total });
    }
  });
}

type Found = Pick<VerificationRound, 'accounts' | 'findings'>;

const ROUNDS: Readonly<Record<DueRound['kind'], (ledger: VerifyingLedger, due: DueRound) => Promise<Found>>> = {
  WINDOW: async (ledger, { since, upto }) => foundIn(await guardWindow(ledger, since ?? new Date(0), upto)),
  SEAL: async (ledger) => ({ accounts: (await sealBook(ledger))?.accounts ?? 0, findings: [] }),
  ALL: async (ledger) => {
    const accounts = foundIn(await guardAll(ledger));
    const invariants = await runInvariants(ledger.database, INVARIANTS, (offending) =>
      stopAccounts(ledger, accountsNamed(offending)),
    );
    const book = [...invariants, ...(await checkShared(ledger.database))].filter(({ total }) => total > 0);
    return { accounts: accounts.accounts, findings: [...accounts.findings, ...book] };
  },
};

/** Findings of accounts by invariant, with the accounts as rows. */
function foundIn({ accounts, findings }: Verification): Found {
  const rows = new Map<string, InvariantFinding['rows'][number][]>();
  for (const { found, key, seq } of findings) rows.set(found, [...(rows.get(found) ?? []), { ...key, seq }]);
  return { accounts, findings: [...rows].map(([name, all]) => ({ name, total: all.length, rows: all.slice(0, 20) })) };
}

/** The accounts that an invariant's rows name. Some invariants are about partners or cycles, and stop nobody. */
function accountsNamed({ name, rows }: Offending): Pick<AccountFinding, 'key' | 'found' | 'seq'>[] {
  return rows.flatMap(({ bucket, wallet }) =>
    typeof bucket === 'number' && typeof wallet === 'string'
      ? [{ key: { bucket, wallet }, found: name, seq: null }]
      : [],
  );
}

/** Looks now and then whether a round is due. */
export class VerificationRounds {
  private timer: NodeJS.Timeout | null = null;
  private readonly running = new Map<Pace, Promise<unknown>>();

  constructor(private readonly ledger: VerifyingLedger) {}

  start(): void {
    this.timer = setInterval(() => {
      this.look('FREQUENT');
      this.look('NIGHTLY');
    }, LOOKED_EVERY_MS).unref();
  }

  /** Ends after the rounds under way. */
  async stop(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    await Promise.all(this.running.values());
  }

  private look(pace: Pace): void {
    if (this.running.has(pace)) return;
    const round = verifyDue(this.ledger, pace)
      .catch((error: unknown) => this.ledger.log.error({ event: 'verification.failed', err: error }))
      .finally(() => this.running.delete(pace));
    this.running.set(pace, round);
  }
}
