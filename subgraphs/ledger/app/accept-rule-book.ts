import type { Tx } from '../../../kernel/db/transaction';
import type { RuleBook } from '../core/rule-book';
import { saveRuleBook } from '../data/programme.store';

/** Takes over a version of a programme's rules; the first one opens its first settlement cycle and starts its clock. */
export async function acceptRuleBook(tx: Tx, book: RuleBook, announcement: unknown): Promise<void> {
  const { programmeId, version, isSandbox, currency, opensAt } = book;
  await saveRuleBook(tx, { programmeId, version, isSandbox, currency, opensAt, payload: announcement });
}
