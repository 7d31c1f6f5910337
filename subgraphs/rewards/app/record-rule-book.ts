import type { Tx } from '../../../kernel/db/transaction';
import type { ProgrammeId } from '../../../kernel/values/id';
import type { PartnerStanding } from '../core/reward';
import { writeRuleBook } from '../data/partner-standing.store';

/** Takes over which partners accept points, unless a newer rule book is known already. */
export async function recordRuleBook(
  tx: Tx,
  programmeId: ProgrammeId,
  book: { version: bigint; partners: readonly PartnerStanding[] },
): Promise<void> {
  await writeRuleBook(tx, programmeId, book);
}
