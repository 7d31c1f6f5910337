import type { Tx } from '../../../kernel/db/transaction';
import type { ProgrammeId } from '../../../kernel/values/id';
import type { AnnouncedTerms } from '../core/terms-notice';
import { closeGate, findLatestTerms, insertAnnouncedTerms } from '../data/terms-notice.store';

/** Keeps terms that were announced and not known yet; telling members of them follows by itself. */
export async function recordTerms(
  tx: Tx,
  programmeId: ProgrammeId,
  { changes, at }: { changes: readonly AnnouncedTerms[]; at: Date },
): Promise<void> {
  const latest = changes.at(-1);
  if (latest === undefined || (await findLatestTerms(tx, programmeId)) >= latest.version) return;
  await closeGate(tx, programmeId);
  for (const change of changes) await insertAnnouncedTerms(tx, programmeId, { ...change, at });
}
