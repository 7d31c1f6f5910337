import { programmeOf, type Principal } from '../../../../kernel/context/principal';
import type { ResultStream } from '../../../../kernel/graph/stream';
import type { MemberId } from '../../../../kernel/values/id';
import type { Ledger } from '../ledger';
import type { LiveChange, WatchRequest } from './live-accounts';
import { mayRead } from './read-account';

/**
 * A member's account, live, for whoever may read it; null for all others, exactly as where there is none. A partner's right follows
 * the member's consent and is asked for again while the stream lasts; that of others ends with their credential.
 */
export async function watchAccount(
  ledger: Ledger,
  principal: Principal,
  wanted: { readonly memberId: MemberId } & Pick<WatchRequest, 'after' | 'epoch' | 'only'>,
): Promise<ResultStream<LiveChange> | null> {
  const programmeId = programmeOf(principal);
  const { memberId } = wanted;
  if (programmeId === null || !(await mayRead(ledger, principal, memberId))) return null;
  const mayStillRead = principal.kind === 'partner' ? () => mayRead(ledger, principal, memberId) : null;
  return ledger.live.watch({ ...wanted, programmeId, mayStillRead });
}
