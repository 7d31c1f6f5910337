import { isRefusal } from '../../../../kernel/errors/refusal';
import type { ProgrammeId } from '../../../../kernel/values/id';
import { microsPerMinor } from '../../../../kernel/values/money';
import { divideHalfEven } from '../../../../kernel/values/rounding';
import type { RuleBook } from '../../core/rule-book';
import { bookAt } from '../../core/terms-in-force';
import { currentBook } from '../current-book';
import type { Ledger } from '../ledger';
import { programmeNow } from '../programme-now';
import type { AccountView } from './read-account';

/** A programme's present, and its rule book by the terms in force then. */
export interface Present {
  readonly now: Date;
  readonly book: RuleBook;
}

/** Null before the programme has reached the ledger. */
export async function presentOf(ledger: Ledger, programmeId: ProgrammeId): Promise<Present | null> {
  const book = await currentBook(ledger, programmeId);
  if (isRefusal(book)) return null;
  // Only a sandbox has a clock of its own.
  const now = book.isSandbox ? await programmeNow(ledger, programmeId) : ledger.clock.now();
  return { now, book: bookAt(book, now) };
}

/** What spendable points show as in money: their face value, half to even to the minor unit. It is no claim on anybody. */
export function valueOf({ available }: AccountView, book: RuleBook): { amountMinor: bigint; currency: string } {
  const { faceValueMicros, currency } = book;
  return { amountMinor: divideHalfEven(available * faceValueMicros, microsPerMinor(currency)), currency };
}
