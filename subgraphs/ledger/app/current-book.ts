import type { Refusal } from '../../../kernel/errors/refusal';
import type { ProgrammeId } from '../../../kernel/values/id';
import type { RuleBook } from '../core/rule-book';
import { refuse } from '../core/refusals';
import type { Ledger } from './ledger';

/**
 * The programme's rules as they stand. When the ledger holds none, what partners has announced is read once.
 *
 * @returns LEDGER_PROGRAMME_NOT_READY when partners has announced none either
 */
export async function currentBook(
  ledger: Pick<Ledger, 'book' | 'catchUpRules'>,
  programmeId: ProgrammeId,
): Promise<RuleBook | Refusal> {
  const held = await ledger.book(programmeId);
  if (held !== null) return held;
  await ledger.catchUpRules();
  return (
    (await ledger.book(programmeId)) ??
    refuse('LEDGER_PROGRAMME_NOT_READY', 'The programme has not reached the ledger yet.')
  );
}
