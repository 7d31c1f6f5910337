import type { MemberId, ProgrammeId } from '../../../../kernel/values/id';
import { walletKeyOf } from '../../core/points/wallet';
import { loadReversed } from '../../data/points/transaction.store';
import type { Ledger } from '../ledger';
import { readPosted } from './post';
import type { PostedTransaction } from './posted';

/** A redemption and how many of its points have come back. */
export async function readRedemption(
  ledger: Pick<Ledger, 'database'>,
  of: { programmeId: ProgrammeId; memberId: MemberId },
  seq: bigint,
): Promise<{ redemption: PostedTransaction; reversed: bigint }> {
  const [redemption, reversed] = await Promise.all([
    readPosted(ledger, of, seq),
    loadReversed(ledger.database.pool, walletKeyOf(of.memberId), seq),
  ]);
  return { redemption, reversed };
}
