import type { Tx } from '../../../kernel/db/transaction';
import { saveRuleBook } from '../data/programme.store';
import { readRuleBook } from './read-rule-book';

/** Takes over a version of a programme's rules; the first one opens its first settlement cycle and starts its clock. */
export async function acceptRuleBook(tx: Tx, announcement: unknown): Promise<void> {
  const { programmeId, version, isSandbox, currency, opensAt } = readRuleBook(announcement);
  await saveRuleBook(tx, { programmeId, version, isSandbox, currency, opensAt, payload: announcement });
}
