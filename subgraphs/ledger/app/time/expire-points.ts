import type { ProgrammeId } from '../../../../kernel/values/id';
import { planExpiry } from '../../core/movements/expiry';
import { membersWithDueLots } from '../../data/points/due-lots.store';
import type { Ledger } from '../ledger';
import { NO_NEEDS, walletOf } from '../points/posting-command';

/** Wallets swept at a time: a till that comes meanwhile waits for one batch at the most. */
const SWEEP = 500;

/**
 * Expires what is due at an instant, member by member. It may stop anywhere and come again: what has expired is not due
 * any more.
 *
 * @param now the programme's clock must have reached it: the postings are recorded at the clock
 */
export async function expirePoints(
  ledger: Pick<Ledger, 'database' | 'lanes'>,
  programmeId: ProgrammeId,
  now: Date,
): Promise<void> {
  for (;;) {
    const members = await membersWithDueLots(ledger.database.pool, programmeId, { now, limit: SWEEP });
    if (members.length === 0) return;
    const outcomes = await Promise.all(
      members.map((memberId) =>
        ledger.lanes.post({
          ...walletOf(memberId),
          programmeId,
          caller: 'ledger',
          intent: null,
          document: null,
          needs: { ...NO_NEEDS, lots: true },
          others: [],
          opensWallet: false,
          plan: planExpiry,
        }),
      ),
    );
    // A sweep that moves nothing would come again for ever: the clock behind the due instant is the composition's bug.
    if (outcomes.every(({ kind }) => kind !== 'posted')) throw new Error('expirePoints: lots are due but none expired');
  }
}
