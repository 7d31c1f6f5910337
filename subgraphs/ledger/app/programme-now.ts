import type { ProgrammeId } from '../../../kernel/values/id';
import { loadTestClock } from '../data/programme.store';
import type { Ledger } from './ledger';

/** A programme's present: where its test clock stands, or wall time where it has none. */
export async function programmeNow(
  { database, clock }: Pick<Ledger, 'database' | 'clock'>,
  programmeId: ProgrammeId,
): Promise<Date> {
  return (await loadTestClock(database.pool, programmeId)) ?? clock.now();
}
