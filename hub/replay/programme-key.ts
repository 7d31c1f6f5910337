import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPLAY_FILES } from './rows';

/** What changes the outcome of a replay, and so its programme. */
export interface ReplayTerms {
  /** Points are spendable through this many days after the day they were earned; null: for ever. */
  readonly expireAfterDays: number | null;
}

/**
 * The programme a folder is replayed into unless told otherwise: the same folder under the same terms always meets the
 * same programme, so an interrupted replay finds what it has already posted.
 */
export function programmeKeyOf(folder: string, terms: ReplayTerms): string {
  const hash = createHash('sha256').update(JSON.stringify(terms));
  for (const file of REPLAY_FILES) {
    // Each file by its own hash: moving a line from one file's end to the next one's beginning is another folder.
    hash.update(
      createHash('sha256')
        .update(readFileSync(join(folder, file)))
        .digest(),
    );
  }
  return `replay-${hash.digest('hex').slice(0, 16)}`;
}
