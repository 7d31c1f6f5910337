import type { Principal } from '../../../../kernel/context/principal';
import { inTransaction } from '../../../../kernel/db/transaction';
import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import { forbidden } from '../../../../kernel/errors/shared-refusals';
import type { ProgrammeId } from '../../../../kernel/values/id';
import { refuse } from '../../core/refusals';
import { loadTestClock, lockProgramme, moveTestClock } from '../../data/programme.store';
import { currentBook } from '../current-book';
import type { Ledger } from '../ledger';
import { doDueWork, nextDueInstant } from './due-work';

/**
 * Moves a sandbox programme's clock forward and does all that falls due on the way, in due order, each recorded at its
 * due instant. Interrupted, it stands at the last due instant reached and goes on when called again.
 */
export async function setTestClock(
  ledger: Ledger,
  principal: Principal,
  { now }: { now: Date },
): Promise<{ now: Date } | Refusal> {
  if (principal.kind !== 'admin') return forbidden('Only a programme’s admin may move its test clock.');
  const { programmeId } = principal;
  const book = await currentBook(ledger, programmeId);
  if (isRefusal(book)) return book;
  if (!book.isSandbox) return refuse('LEDGER_CLOCK_NOT_MOVABLE', 'A live programme runs on wall time.');
  // What falls due is done as it is done behind all requests.
  const behind = { ...ledger, database: ledger.whole };
  const standing = await loadTestClock(ledger.database.pool, programmeId);
  if (standing instanceof Date && standing > now) return movesBack(standing);
  // Still on wall time: what fell due by it belongs to it, recorded where it stands; else what was posted since would be later.
  if (!(standing instanceof Date)) await doDueWork(behind, programmeId, { now: ledger.clock.now() });
  for (;;) {
    const due = await nextDueInstant(ledger, programmeId, now);
    if (due === null) break;
    const clock = await loadTestClock(ledger.database.pool, programmeId);
    // What was due before the clock stood where it stands is recorded at the clock: it never moves back.
    const at = clock instanceof Date && clock > due ? clock : due;
    if (!(await move(ledger, programmeId, at))) return movesBack(at);
    await doDueWork(behind, programmeId, { now: at });
  }
  return (await move(ledger, programmeId, now)) ? { now } : movesBack(now);
}

/** Under the programme's lock, so that no posting straddles two times. */
function move(ledger: Ledger, programmeId: ProgrammeId, to: Date): Promise<boolean> {
  return inTransaction(ledger.database, async (tx) => {
    await lockProgramme(tx, programmeId);
    return moveTestClock(tx, programmeId, to);
  });
}

function movesBack(clockNow: Date): Refusal {
  return refuse('LEDGER_CLOCK_MOVES_BACK', `The clock stands at ${clockNow.toISOString()} or later.`, { clockNow });
}
