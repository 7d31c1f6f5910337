import type { ProgrammeId } from '../../../../kernel/values/id';
import { planExpiryWarning } from '../../core/movements/expiry-warning';
import type { RuleBook } from '../../core/rule-book';
import {
  loadWarnedTo,
  loadWarnings,
  nextWarning,
  saveWarnedTo,
  type DueWarning,
  type WarningTerms,
} from '../../data/time/warning.store';
import type { Ledger } from '../ledger';
import { intentOf, NO_NEEDS, walletOf, type PostingCommand } from '../points/posting-command';

type WarningLedger = Pick<Ledger, 'database' | 'lanes'>;

const termsOf = ({ programmeId, timeZone, expiry }: RuleBook): WarningTerms => ({
  programmeId,
  timeZone,
  days: expiry.warningDays.filter((days) => days > 0),
});

/** The earliest instant up to `upTo` at which a member is to be told of points about to expire; null when none is. */
export async function nextWarningDue(ledger: WarningLedger, book: RuleBook, upTo: Date): Promise<Date | null> {
  const terms = termsOf(book);
  return terms.days.length === 0 ? null : nextWarning(ledger.database.pool, terms, upTo);
}

/** How warnings are given. */
export interface WarningRun {
  readonly now: Date;
  readonly batch: number;
  readonly stopping?: AbortSignal | undefined;
  /** Told of a warning that failed; without it the first failure is thrown. */
  readonly onFailed?: ((warning: DueWarning, error: unknown) => void) | undefined;
}

/**
 * Tells members of points that expire in some days, once for each day the rule book names. Every warning is posted under a
 * name of its own, so that an interrupted run, or two at once, tells nobody twice.
 *
 * @returns how many were told now
 */
export async function warnOfExpiry(ledger: WarningLedger, book: RuleBook, run: WarningRun): Promise<number> {
  const { pool } = ledger.database;
  const terms = termsOf(book);
  if (terms.days.length === 0) return 0;
  const from = await loadWarnedTo(pool, book.programmeId);
  let told = 0;
  let failed = 0;
  let after: DueWarning | null = null;
  while (!run.stopping?.aborted) {
    const due: DueWarning[] = await loadWarnings(pool, terms, { now: run.now, after, limit: run.batch });
    const outcomes = await Promise.all(
      due.map(async (warning) => {
        const posting = ledger.lanes.post(commandOf(book.programmeId, warning));
        if (run.onFailed === undefined) return posting;
        return posting.catch((error: unknown) => run.onFailed?.(warning, error));
      }),
    );
    told += outcomes.filter((outcome) => outcome?.kind === 'posted').length;
    failed += outcomes.filter((outcome) => outcome === undefined).length;
    if (due.length === run.batch) {
      after = due.at(-1) ?? null;
      continue;
    }
    // Who failed is to be found again, and who was told is not told again; where nobody was due nothing needs a note.
    if (failed === 0 && (after !== null || due.length > 0)) {
      await saveWarnedTo(pool, book.programmeId, { from, to: run.now });
    }
    return told;
  }
  return told;
}

function commandOf(programmeId: ProgrammeId, { memberId, expiresAt, days }: DueWarning): PostingCommand {
  const name = `${days} days before ${expiresAt.toISOString()}`;
  return {
    ...walletOf(memberId),
    programmeId,
    caller: 'ledger',
    intent: intentOf('ledger', { operation: 'warnOfExpiry', idempotencyKey: name, body: name }),
    document: null,
    needs: { ...NO_NEEDS, lots: true },
    others: [],
    opensWallet: false,
    plan: (wallet, facts) => planExpiryWarning(wallet, { expiresAt, days }, facts),
  };
}
